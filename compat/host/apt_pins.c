/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/apt_pins.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/dpkg_status.h"

/* apt shows no explanation anywhere: this is for whoever opens the file. */
#define HEADER                                                                                     \
    "Explanation: Written by vdi-guard of Vigie, which replaces this file at each refresh.\n"      \
    "Explanation: What is held and why: vdi-guard status. To end it: vdi-guard release.\n"

static bool fail(const char *what, const char *text, GError **error)
{
    g_autofree char *shown = vdi_text_quote(text);

    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_HOLD, "%s: %s", what, shown);
    return false;
}

/* In a pin `*`, `?`, `[` and a leading `/` are patterns. */
static bool is_literal(const char *version)
{
    return vdi_dpkg_is_version(version) && strpbrk(version, "*?[]/") == NULL;
}

static bool print_hold(const VdiHold *hold, GString *text, GError **error)
{
    g_autofree char *until = vdi_text_time(hold->until);
    g_autofree char *reason = vdi_text_clean(hold->reason);

    if (!vdi_dpkg_is_name(hold->package) || !is_literal(hold->version)) {
        return fail("not a version of a package", hold->version, error);
    }
    if (strpbrk(hold->rule, " \n") != NULL || strpbrk(hold->organisation, " \n") != NULL) {
        return fail("not a rule's name", hold->rule, error);
    }
    g_string_append_printf(text,
        "Explanation: %s of %s until %s: %s\n"
        "Package: %s:any\n"
        "Pin: version %s\n"
        "Pin-Priority: -1\n",
        hold->rule, hold->organisation, until, reason, hold->package, hold->version);
    return true;
}

char *vdi_apt_pins_print(const GPtrArray *holds, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GString) text = g_string_new(holds->len > 0 ? HEADER : "");

    for (guint i = 0; i < holds->len; i++) {
        g_ptr_array_add(sorted, holds->pdata[i]);
    }
    g_ptr_array_sort(sorted, vdi_hold_compare);
    for (guint i = 0; i < sorted->len; i++) {
        if (i > 0) {
            g_string_append_c(text, '\n');
        }
        if (!print_hold(sorted->pdata[i], text, error)) {
            return NULL;
        }
    }
    return g_string_free(g_steal_pointer(&text), false);
}

/* "FIELD: VALUE" → VALUE; NULL when it is another field. */
static const char *value_of(const char *line, const char *field)
{
    return line != NULL && g_str_has_prefix(line, field) ? line + strlen(field) : NULL;
}

/* "RULE of ORGANISATION until TIME: REASON" */
static bool parse_explanation(const char *text, VdiHold *hold)
{
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", 6);

    if (g_strv_length(words) != 6 || strcmp(words[1], "of") != 0 || strcmp(words[3], "until") != 0
        || !g_str_has_suffix(words[4], ":")) {
        return false;
    }
    words[4][strlen(words[4]) - 1] = '\0';
    hold->rule = g_strdup(words[0]);
    hold->organisation = g_strdup(words[2]);
    hold->reason = g_strdup(words[5]);
    return vdi_text_read_time(words[4], &hold->until);
}

static VdiHold *parse_stanza(char *const *lines)
{
    g_autoptr(VdiHold) hold = g_new0(VdiHold, 1);

    if (g_strv_length((char **) lines) < 4
        || !parse_explanation(value_of(lines[0], "Explanation: "), hold)) {
        return NULL;
    }
    const char *package = value_of(lines[1], "Package: ");
    const char *version = value_of(lines[2], "Pin: version ");

    if (package == NULL || !g_str_has_suffix(package, ":any") || version == NULL
        || strcmp(lines[3], "Pin-Priority: -1") != 0 || (lines[4] != NULL && *lines[4] != '\0')) {
        return NULL;
    }
    hold->package = g_strndup(package, strlen(package) - strlen(":any"));
    hold->version = g_strdup(version);
    return vdi_dpkg_is_name(hold->package) && is_literal(version) ? g_steal_pointer(&hold) : NULL;
}

GPtrArray *vdi_apt_pins_parse(const char *text, GError **error)
{
    g_autoptr(GPtrArray) holds = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);

    if (*text == '\0') {
        return g_steal_pointer(&holds);
    }
    if (!g_str_has_prefix(text, HEADER)) {
        fail("not as vdi-guard writes it", text, error);
        return NULL;
    }
    g_auto(GStrv) stanzas = g_strsplit(text + strlen(HEADER), "\n\n", -1);

    for (size_t i = 0; stanzas[i] != NULL; i++) {
        g_auto(GStrv) lines = g_strsplit(stanzas[i], "\n", 6);
        VdiHold *hold = parse_stanza(lines);

        if (hold == NULL) {
            fail("not as vdi-guard writes it", stanzas[i], error);
            return NULL;
        }
        g_ptr_array_add(holds, hold);
    }
    return g_steal_pointer(&holds);
}

static char *read_file(const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_APT_PINS_MAX_BYTES, &local);

    if (bytes == NULL && g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return g_strdup("");
    }
    if (bytes == NULL) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_HOLD, "%s", local->message);
        return NULL;
    }
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);

    return g_strndup(data != NULL ? data : "", size);
}

bool vdi_apt_pins_write(const char *folder, const GPtrArray *holds, GError **error)
{
    g_autofree char *path = g_build_filename(folder, VDI_APT_PINS_NAME, NULL);
    g_autofree char *text = vdi_apt_pins_print(holds, error);
    g_autoptr(GPtrArray) again = text != NULL ? vdi_apt_pins_parse(text, error) : NULL;
    g_autofree char *old = read_file(path, NULL);
    g_autoptr(GError) local = NULL;

    if (again == NULL) {
        return false;
    }
    g_assert(again->len == holds->len);
    if (g_strcmp0(old, text) == 0) {
        return true;
    }
    /* apt reads the folder at any moment: the rename shows it the old file or the new. */
    if (holds->len == 0 ? !vdi_file_remove(path, &local)
                        : !vdi_file_write_text(path, text, 0644, &local)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_HOLD, "%s", local->message);
        return false;
    }
    return true;
}

GPtrArray *vdi_apt_pins_read(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, VDI_APT_PINS_NAME, NULL);
    g_autofree char *text = read_file(path, error);

    return text != NULL ? vdi_apt_pins_parse(text, error) : NULL;
}
