/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/audit.h"

#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static const char *const event_names[] = {
    [VDI_AUDIT_REFRESHED] = "refreshed",
    [VDI_AUDIT_REFUSED] = "refused",
    [VDI_AUDIT_HELD] = "held",
    [VDI_AUDIT_RELEASED] = "released",
    [VDI_AUDIT_LIMIT] = "limit",
    [VDI_AUDIT_ALL_ADVICE] = "all-advice",
    [VDI_AUDIT_RELEASE] = "release",
    [VDI_AUDIT_OVERRIDE] = "override",
    [VDI_AUDIT_STOPPED] = "stopped",
    [VDI_AUDIT_ENROLLED] = "enrolled",
    [VDI_AUDIT_LEFT] = "left",
    [VDI_AUDIT_PROBLEM] = "problem",
};

/* Written by hand, because vdi-hook contains no JSON: after vdi_text_clean only `"` and `\` are
 * left to be escaped. */
static void add_text(GString *line, const char *name, const char *value)
{
    if (value == NULL) {
        return;
    }
    g_autofree char *clean = vdi_text_clean(value);

    g_string_append_printf(line, "%s\"%s\":\"", line->len > 1 ? "," : "", name);
    for (const char *at = clean; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            g_string_append_c(line, '\\');
        }
        g_string_append_c(line, *at);
    }
    g_string_append_c(line, '"');
}

bool vdi_audit_record(
    const VdiPaths *paths, int64_t now, const VdiAuditEntry *entry, GError **error)
{
    g_autofree char *path = g_build_filename(paths->state, "audit.jsonl", NULL);
    g_autofree char *at = vdi_text_time(now);
    g_autofree char *until = entry->until > 0 ? vdi_text_time(entry->until) : NULL;
    g_autoptr(GString) line = g_string_new("{");

    add_text(line, "at", at);
    add_text(line, "event", event_names[entry->event]);
    add_text(line, "organisation", entry->organisation);
    add_text(line, "rule", entry->rule);
    add_text(line, "package", entry->package);
    add_text(line, "version", entry->version);
    add_text(line, "text", entry->text);
    add_text(line, "until", until);
    if (entry->manifest > 0) {
        g_string_append_printf(line, ",\"manifest\":%" G_GINT64_FORMAT, entry->manifest);
    }
    g_string_append_printf(line, ",\"uid\":%u}", (unsigned) getuid());
    return vdi_file_append_line(path, line->str, 0644, error);
}
