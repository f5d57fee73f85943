/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/compose.h"

#include <string.h>

#include "base/command.h"
#include "base/text.h"
#include "compat/manifest/advisory.h"
#include "compat/manifest/withdrawn.h"

enum {
    DAY = 86400,
    LIFE_FIXED = 90 * DAY,
    LIFE_UNFIXED = 30 * DAY, /* lint refuses more where nothing helps */
    NUMBER_MAX = 100000,     /* of ids of one year */
};

/* ---- the options ---- */

typedef struct {
    const char *name;
    GOptionArg type;
    size_t at;
    const char *help, *argument;
} Row;

#define OPTION(name, type, member, help, argument)                                                 \
    {                                                                                              \
        name, G_OPTION_ARG_##type, G_STRUCT_OFFSET(VdiComposeOptions, member), help, argument      \
    }

static const Row rows[] = {
    OPTION("bad", STRING_ARRAY, bad,
        "what breaks: NAME=VERSION, a package URL and its version, KB5074109, build=26100.7623; "
        "given again: each is enough by itself",
        "WHAT"),
    OPTION("fixed", STRING_ARRAY, fixed,
        "what works again: a version, an update or a build; once for all, or once for each --bad",
        "VERSION"),
    OPTION("client", STRING_ARRAY, clients,
        "only where that client is (older than V); given again: any of them", "ID[<V]"),
    OPTION("system", STRING, system,
        "whose packages bare names are: a system, or one release of it alone (fedora-42)",
        "debian|fedora|arch|…"),
    OPTION("advisory", STRING_ARRAY, advisories,
        "where it can be read: USN-…, DSA-…, RHSA-…, CVE-…, KB…, or an address; may be given again",
        "ID"),
    OPTION("verified", NONE, verified, "somebody has read what --advisory names", NULL),
    OPTION("effect", STRING, effect, "what the rule does (block)", "block|advise|info"),
    OPTION("expires", STRING, expires,
        "when the rule ends; 90 days from now, or 30 where no fix is known", "2026-12-31"),
    OPTION("id", STRING, id, "the rule's name; the next free one of this year", "ID"),
    OPTION("title-en", STRING, title_en, "what breaks, instead of our sentence", "TEXT"),
    OPTION("title-fr", STRING, title_fr, "the same in French", "TEXT"),
    OPTION("message-en", STRING, message_en,
        "what to do, instead of our sentence; {package}, {version}, {fixed}, {until} are filled in",
        "TEXT"),
    OPTION("message-fr", STRING, message_fr, "the same in French", "TEXT"),
    OPTION("from", FILENAME, from,
        "a broken machine: its vdi-guard inventory, or its check --json --with-machine", "FILE"),
    OPTION("before", FILENAME, before, "a machine before it broke", "FILE"),
    OPTION("after", FILENAME, after, "the same when it was broken: what differs is shown", "FILE"),
    OPTION("inventory", FILENAME_ARRAY, inventories,
        "shows what the rule would do there; may be given again", "FILE"),
    OPTION("limits", FILENAME, limits, "your machines' guard.conf, when it is not what is built in",
        "guard.conf"),
    OPTION("dry-run", NONE, dry_run, "shows the rule, and changes nothing", NULL),
};

GOptionEntry *vdi_compose_options_entries(VdiComposeOptions *options)
{
    GOptionEntry *entries = g_new0(GOptionEntry, G_N_ELEMENTS(rows) + 1);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        entries[i] = (GOptionEntry){.long_name = rows[i].name,
            .arg = rows[i].type,
            .arg_data = G_STRUCT_MEMBER_P(options, rows[i].at),
            .description = rows[i].help,
            .arg_description = rows[i].argument};
    }
    return entries;
}

void vdi_compose_options_clear(VdiComposeOptions *options)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char **slot = G_STRUCT_MEMBER_P(options, rows[i].at);

        if (rows[i].type == G_OPTION_ARG_STRING || rows[i].type == G_OPTION_ARG_FILENAME) {
            g_clear_pointer(slot, g_free);
        } else if (rows[i].type != G_OPTION_ARG_NONE) {
            g_clear_pointer((char ***) slot, g_strfreev);
        }
    }
}

/* ---- what they say ---- */

void vdi_composed_free(VdiComposed *composed)
{
    if (composed == NULL) {
        return;
    }
    g_clear_pointer(&composed->causes, g_ptr_array_unref);
    g_clear_pointer(&composed->clients, g_ptr_array_unref);
    g_clear_pointer(&composed->addresses, g_ptr_array_unref);
    g_clear_pointer(&composed->titles, g_ptr_array_unref);
    g_free(composed->id);
    g_free(composed);
}

static guint count(char *const *texts)
{
    return texts != NULL ? g_strv_length((char **) texts) : 0;
}

static bool is_of_windows(const VdiCause *cause)
{
    return cause->kind == VDI_CAUSE_BUILD
        || (cause->kind == VDI_CAUSE_UPDATE && g_str_has_prefix(cause->name, "KB"));
}

static bool read_causes(VdiComposed *composed, const VdiComposeOptions *options,
    const VdiFacts *machine, GError **error)
{
    guint n_bad = count(options->bad), n_fixed = count(options->fixed);

    if (n_bad == 0) {
        return vdi_call_fail_usage(
            "--bad is missing: what breaks? NAME=VERSION, KB5074109 or build=26100.7623", error);
    }
    if (n_fixed > 1 && n_fixed != n_bad) {
        return vdi_call_fail_usage("--fixed is due once for all, or once for each --bad", error);
    }
    for (guint k = 0; k < n_bad; k++) {
        g_autoptr(VdiCause) cause =
            vdi_cause_read(options->bad[k], options->system, machine, error);

        if (cause == NULL
            || (n_fixed > 0 && !vdi_cause_fix(cause, options->fixed[n_fixed > 1 ? k : 0], error))) {
            return false;
        }
        if (k > 0 && is_of_windows(cause) != is_of_windows(composed->causes->pdata[0])) {
            return vdi_call_fail_value(
                "--bad: Windows and another system are no one rule; draft two", error);
        }
        g_ptr_array_add(composed->causes, g_steal_pointer(&cause));
    }
    return true;
}

static bool read_clients(VdiComposed *composed, const VdiComposeOptions *options, GError **error)
{
    for (guint k = 0; k < count(options->clients); k++) {
        VdiClientAsked *client = vdi_client_asked_read(options->clients[k], error);

        if (client == NULL) {
            return false;
        }
        g_ptr_array_add(composed->clients, client);
    }
    return true;
}

static bool read_advisories(VdiComposed *composed, const VdiComposeOptions *options, GError **error)
{
    for (guint k = 0; k < count(options->advisories); k++) {
        char *address = vdi_advisory_address(options->advisories[k], error);

        if (address == NULL) {
            return false;
        }
        g_ptr_array_add(composed->addresses, address);
        g_ptr_array_add(composed->titles, options->advisories[k]);
    }
    g_ptr_array_add(composed->addresses, NULL);
    return true;
}

static bool read_effect(const char *word, VdiEffect *ret_effect, GError **error)
{
    for (VdiEffect effect = VDI_EFFECT_INFO; effect <= VDI_EFFECT_BLOCK; effect++) {
        if (strcmp(word != NULL ? word : "block", vdi_effect_name(effect)) == 0) {
            *ret_effect = effect;
            return true;
        }
    }
    g_autofree char *shown = vdi_text_quote(word);
    g_autofree char *detail = g_strdup_printf("--effect %s: block, advise or info is due", shown);

    return vdi_call_fail_value(detail, error);
}

/* A day means its end: the rule is still in force on it. */
static bool read_expires(const char *text, int64_t now, int64_t *ret_at, GError **error)
{
    g_autofree char *whole = strlen(text) == strlen("2026-12-31")
        ? g_strconcat(text, "T23:59:59Z", NULL)
        : g_strdup(text);
    bool is_time = vdi_text_read_time(whole, ret_at);

    if (is_time && *ret_at > now) {
        return true;
    }
    g_autofree char *shown = vdi_text_quote(text);
    g_autofree char *detail = g_strdup_printf("--expires %s: %s", shown,
        is_time ? "that is past" : "write 2026-12-31 or 2026-12-31T18:00:00Z");

    return vdi_call_fail_value(detail, error);
}

/* ---- its name ---- */

static bool is_taken(const VdiManifest *manifest, const char *folder, const char *id)
{
    g_autoptr(VdiManifest) withdrawn = vdi_withdrawn_recall(folder, id, NULL);

    return vdi_manifest_find(manifest, id) != NULL || withdrawn != NULL;
}

/* VDI-2026-001, the first of this year that nobody has or had. */
static char *make_id(const VdiManifest *manifest, const char *folder, int64_t now)
{
    g_autofree char *time = vdi_text_time(now);

    for (int number = 1; number < NUMBER_MAX; number++) {
        g_autofree char *id = g_strdup_printf("VDI-%.4s-%03d", time, number);

        if (!is_taken(manifest, folder, id)) {
            return g_steal_pointer(&id);
        }
    }
    return g_strdup_printf("VDI-%.4s-%" G_GINT64_FORMAT, time, now);
}

/* ---- all of it ---- */

static bool settle(
    VdiComposed *composed, const VdiComposeOptions *options, int64_t now, GError **error)
{
    VdiRuleDraft *draft = &composed->draft;

    *draft = (VdiRuleDraft){.id = composed->id,
        .causes = composed->causes,
        .clients = composed->clients,
        .references = (const char *const *) composed->addresses->pdata,
        .reference_titles = (const char *const *) composed->titles->pdata,
        .is_verified = options->verified,
        .title_en = options->title_en,
        .title_fr = options->title_fr,
        .message_en = options->message_en,
        .message_fr = options->message_fr};
    if (options->expires == NULL) {
        draft->expires_at = now + (vdi_rule_draft_is_fixed(draft) ? LIFE_FIXED : LIFE_UNFIXED);
    } else if (!read_expires(options->expires, now, &draft->expires_at, error)) {
        return false;
    }
    return read_effect(options->effect, &draft->effect, error);
}

VdiComposed *vdi_compose(const VdiComposeOptions *options, const VdiManifest *manifest,
    const char *folder, const VdiFacts *machine, int64_t now, GError **error)
{
    g_autoptr(VdiComposed) composed = g_new0(VdiComposed, 1);

    composed->causes = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_cause_free);
    composed->clients = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_client_asked_free);
    composed->addresses = g_ptr_array_new_with_free_func(g_free);
    composed->titles = g_ptr_array_new();
    composed->id = options->id != NULL ? g_strdup(options->id) : make_id(manifest, folder, now);
    return read_causes(composed, options, machine, error) && read_clients(composed, options, error)
            && read_advisories(composed, options, error) && settle(composed, options, now, error)
        ? g_steal_pointer(&composed)
        : NULL;
}
