/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/rule_options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum { DEFAULT_LIFE_SECONDS = 90 * 86400 };

/* One row an option; `is_needed`: a rule cannot be without it. */
typedef struct {
    const char *name;
    size_t at;
    bool is_needed;
    const char *help, *argument;
} Row;

#define OPTION(name, member, is_needed, help, argument)                                            \
    {                                                                                              \
        name, G_STRUCT_OFFSET(VdiRuleOptions, member), is_needed, help, argument                   \
    }

static const Row rows[] = {
    OPTION("id", id, true, N_("the rule's name"), N_("ID")),
    OPTION("bad", bad, true, N_("the package that breaks the desktop"), N_("pkg:deb/debian/NAME")),
    OPTION("versions", versions, true, N_("those of its versions that do"), N_("vers:deb/…")),
    OPTION("title-en", title_en, true, N_("what breaks, in English"), N_("TEXT")),
    OPTION("title-fr", title_fr, false, N_("the same in French"), N_("TEXT")),
    OPTION("message-en", message_en, true,
        N_("what to do, in English; {fixed} and {package} "
           "are filled in"),
        N_("TEXT")),
    OPTION("message-fr", message_fr, false, N_("the same in French"), N_("TEXT")),
    OPTION("fixed", fixed, false, N_("the version that works again"), N_("VERSION")),
    OPTION("effect", effect, false, N_("block (default), advise or info"), N_("EFFECT")),
    OPTION("expires", expires, false,
        N_("end of the rule: 2026-12-31 or a whole time; "
           "by default in 90 days"),
        N_("DATE")),
};

static char **value_of(const VdiRuleOptions *options, const Row *row)
{
    return (char **) G_STRUCT_MEMBER_P(options, row->at);
}

void vdi_rule_options_clear(VdiRuleOptions *options)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_clear_pointer(value_of(options, &rows[i]), g_free);
    }
}

GOptionEntry *vdi_rule_options_entries(VdiRuleOptions *options)
{
    GOptionEntry *entries = g_new0(GOptionEntry, G_N_ELEMENTS(rows) + 1);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        entries[i] = (GOptionEntry){.long_name = rows[i].name,
            .arg = G_OPTION_ARG_STRING,
            .arg_data = value_of(options, &rows[i]),
            .description = rows[i].help,
            .arg_description = rows[i].argument};
    }
    return entries;
}

bool vdi_rule_options_are_given(const VdiRuleOptions *options)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (*value_of(options, &rows[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A day means its end: the rule is still in force on it. */
static bool read_expires(const char *text, int64_t now, int64_t *ret_at, GError **error)
{
    g_autofree char *whole = NULL;

    if (text == NULL) {
        *ret_at = now + DEFAULT_LIFE_SECONDS;
        return true;
    }
    whole = strlen(text) == strlen("2026-12-31") ? g_strconcat(text, "T23:59:59Z", NULL)
                                                 : g_strdup(text);
    if (!vdi_text_read_time(whole, ret_at)) {
        g_autofree char *shown = vdi_text_quote(text);

        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--expires: %s; write 2026-12-31 or 2026-12-31T18:00:00Z", shown);
        return false;
    }
    return true;
}

static void write_texts(VdiJson *rule, const char *name, const char *en, const char *fr)
{
    VdiJson *texts = vdi_json_add_object(rule, name);

    vdi_json_add_text(texts, "en", en);
    if (fr != NULL) {
        vdi_json_add_text(texts, "fr", fr);
    }
}

static void write_remedy(VdiJson *rule, const VdiRuleOptions *options)
{
    VdiJson *remedy = NULL;

    if (options->fixed == NULL) {
        return;
    }
    remedy = vdi_json_add_object(vdi_json_add_array(rule, "remedies"), NULL);
    vdi_json_add_text(remedy, "category", "vendor_fix");
    vdi_json_add_text(remedy, "action", "upgrade-package");
    vdi_json_add_text(remedy, "package", options->bad);
    vdi_json_add_text(remedy, "version", options->fixed);
}

VdiJson *vdi_rule_options_write(const VdiRuleOptions *options, int64_t now, GError **error)
{
    g_autoptr(VdiJson) rule = vdi_json_new_object();
    int64_t expires_at = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].is_needed && *value_of(options, &rows[i]) == NULL) {
            g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "--%s %s is missing",
                rows[i].name, rows[i].argument);
            return NULL;
        }
    }
    if (!read_expires(options->expires, now, &expires_at, error)) {
        return NULL;
    }
    vdi_json_add_text(rule, "id", options->id);
    vdi_json_add_text(rule, "effect", options->effect != NULL ? options->effect : "block");
    write_texts(rule, "title", options->title_en, options->title_fr);
    write_texts(rule, "message", options->message_en, options->message_fr);
    VdiJson *package = vdi_json_add_object(vdi_json_add_object(rule, "when"), "package");

    vdi_json_add_text(package, "purl", options->bad);
    vdi_json_add_text(package, "version", options->versions);
    write_remedy(rule, options);
    vdi_json_add_time(rule, "expires", expires_at);
    return g_steal_pointer(&rule);
}
