/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/rule_draft.h"

#include <string.h>

#include "compat/manifest/rule_words.h"
#include "compat/rules/range.h"

static bool is_below(const VdiClientAsked *client)
{
    return strcmp(client->comparator, "<") == 0;
}

/* ---- ranges ---- */

static void add_range(VdiJson *fact, const char *scheme, const char *constraints)
{
    g_autofree char *range = g_strdup_printf("vers:%s/%s", scheme, constraints);

    vdi_json_add_text(fact, "version", range);
}

static char *closed_range(const char *from, const char *fixed)
{
    GString *range = g_string_new(NULL);

    vdi_range_append(range, ">=", from);
    g_string_append_c(range, '|');
    vdi_range_append(range, "<", fixed);
    return g_string_free(range, false);
}

/* ---- causes as conditions ---- */

static bool is_same_package(const VdiCause *a, const VdiCause *b)
{
    g_autofree char *left = a->purl != NULL ? vdi_purl_print(a->purl) : NULL;
    g_autofree char *right = b->purl != NULL ? vdi_purl_print(b->purl) : NULL;

    return left != NULL && g_strcmp0(left, right) == 0;
}

static int by_version(gconstpointer a, gconstpointer b)
{
    const VdiCause *left = *(const VdiCause *const *) a, *right = *(const VdiCause *const *) b;

    return left->scheme->compare(left->version, right->version);
}

/* All the bad versions of one package in one range: closed at the fix, or each by itself. */
static char *range_of(const GPtrArray *causes, const VdiCause *first)
{
    g_autoptr(GPtrArray) same = g_ptr_array_new();
    g_autoptr(GString) range = g_string_new(NULL);

    for (guint k = 0; k < causes->len; k++) {
        if (is_same_package(causes->pdata[k], first)) {
            g_ptr_array_add(same, causes->pdata[k]);
        }
    }
    g_ptr_array_sort(same, by_version);
    if (first->fixed != NULL) {
        return closed_range(((VdiCause *) same->pdata[0])->version, first->fixed);
    }
    for (guint k = 0; k < same->len; k++) {
        const VdiCause *cause = same->pdata[k], *before = k > 0 ? same->pdata[k - 1] : NULL;

        if (before == NULL || cause->scheme->compare(before->version, cause->version) != 0) {
            g_string_append(range, k > 0 ? "|" : "");
            vdi_range_append(range, "", cause->version);
        }
    }
    return g_string_free(g_steal_pointer(&range), false);
}

static void write_package(VdiJson *condition, const GPtrArray *causes, const VdiCause *cause)
{
    VdiJson *fact = vdi_json_add_object(condition, "package");
    g_autofree char *purl = vdi_purl_print(cause->purl);
    g_autofree char *range = range_of(causes, cause);

    vdi_json_add_text(fact, "purl", purl);
    add_range(fact, cause->scheme->name, range);
}

static void write_build(VdiJson *condition, const char *from, const char *fixed)
{
    g_autofree char *range = fixed != NULL ? closed_range(from, fixed) : g_strdup(from);

    add_range(vdi_json_add_object(condition, "build"), "generic", range);
}

/* An update's name stays when its fault is repaired: what repairs it is an exception. */
static void write_fixed_update(VdiJson *parts, const VdiCause *cause)
{
    vdi_json_add_text(vdi_json_add_object(parts, NULL), "update", cause->name);
    if (cause->fixed_update != NULL) {
        VdiJson *exception = vdi_json_add_object(vdi_json_add_object(parts, NULL), "not");

        vdi_json_add_text(exception, "update", cause->fixed_update);
    } else {
        g_autofree char *line = g_strndup(cause->fixed, strcspn(cause->fixed, "."));

        write_build(vdi_json_add_object(parts, NULL), line, cause->fixed);
    }
}

static void write_update(VdiJson *condition, const VdiCause *cause)
{
    if (vdi_cause_is_fixed(cause)) {
        write_fixed_update(vdi_json_add_array(condition, "all"), cause);
    } else {
        vdi_json_add_text(condition, "update", cause->name);
    }
}

/* Said already by an earlier one of the same package. */
static bool is_repeated(const GPtrArray *causes, guint k)
{
    for (guint i = 0; i < k; i++) {
        if (is_same_package(causes->pdata[i], causes->pdata[k])) {
            return true;
        }
    }
    return false;
}

static void write_cause(VdiJson *condition, const GPtrArray *causes, const VdiCause *cause)
{
    switch (cause->kind) {
    case VDI_CAUSE_PACKAGE:
        write_package(condition, causes, cause);
        break;
    case VDI_CAUSE_UPDATE:
        write_update(condition, cause);
        break;
    case VDI_CAUSE_BUILD:
        write_build(condition, cause->version, cause->fixed);
        break;
    }
}

static void write_causes(VdiJson *condition, const GPtrArray *causes)
{
    guint n = 0;

    for (guint k = 0; k < causes->len; k++) {
        n += !is_repeated(causes, k);
    }
    VdiJson *parts = n > 1 ? vdi_json_add_array(condition, "any") : NULL;

    for (guint k = 0; k < causes->len; k++) {
        if (!is_repeated(causes, k)) {
            write_cause(parts != NULL ? vdi_json_add_object(parts, NULL) : condition, causes,
                causes->pdata[k]);
        }
    }
}

static void write_clients(VdiJson *condition, const GPtrArray *clients)
{
    VdiJson *parts = clients->len > 1 ? vdi_json_add_array(condition, "any") : NULL;

    for (guint k = 0; k < clients->len; k++) {
        const VdiClientAsked *client = clients->pdata[k];
        VdiJson *holder = parts != NULL ? vdi_json_add_object(parts, NULL) : condition;
        VdiJson *fact = vdi_json_add_object(holder, "client");
        g_autoptr(GString) range = g_string_new(NULL);

        if (client->version == NULL) {
            g_string_append_c(range, '*');
        } else {
            vdi_range_append(range, strcmp(client->comparator, "=") == 0 ? "" : client->comparator,
                client->version);
        }
        vdi_json_add_text(fact, "id", client->id);
        add_range(fact, "generic", range->str);
    }
}

static void write_when(VdiJson *rule, const VdiRuleDraft *draft)
{
    const VdiCause *first = draft->causes->pdata[0];
    bool is_windows = first->kind != VDI_CAUSE_PACKAGE
        && (first->kind == VDI_CAUSE_BUILD || g_str_has_prefix(first->name, "KB"));
    VdiJson *when = vdi_json_add_object(rule, "when");

    if (!is_windows && draft->clients->len == 0) {
        write_causes(when, draft->causes);
        return;
    }
    VdiJson *parts = vdi_json_add_array(when, "all");

    if (is_windows) {
        VdiJson *os = vdi_json_add_object(vdi_json_add_object(parts, NULL), "os");

        vdi_json_add_text(os, "id", "windows");
    }
    if (draft->causes->len == 1 && first->kind == VDI_CAUSE_UPDATE && vdi_cause_is_fixed(first)) {
        write_fixed_update(parts, first); /* an `all` within an `all` says nothing more */
    } else {
        write_causes(vdi_json_add_object(parts, NULL), draft->causes);
    }
    /* Behind what is to blame, whose versions the sentences name. */
    if (draft->clients->len > 0) {
        write_clients(vdi_json_add_object(parts, NULL), draft->clients);
    }
}

/* ---- remedies ---- */

static VdiJson *add_remedy(VdiJson *remedies, const char *category, const char *action)
{
    VdiJson *remedy = vdi_json_add_object(remedies, NULL);

    vdi_json_add_text(remedy, "category", category);
    if (action != NULL) {
        vdi_json_add_text(remedy, "action", action);
    }
    return remedy;
}

static void write_fix(VdiJson *remedies, const VdiCause *cause)
{
    bool is_package = cause->kind == VDI_CAUSE_PACKAGE;
    VdiJson *remedy =
        add_remedy(remedies, "vendor_fix", is_package ? "upgrade-package" : "install-update");

    if (is_package) {
        g_autofree char *purl = vdi_purl_print(cause->purl);

        vdi_json_add_text(remedy, "package", purl);
    }
    if (cause->fixed_update != NULL) {
        vdi_json_add_text(remedy, "update", cause->fixed_update);
    }
    if (cause->fixed != NULL) {
        vdi_json_add_text(remedy, "version", cause->fixed);
    }
}

static void write_workaround(VdiJson *remedies, const VdiCause *cause)
{
    const char *tag = NULL, *text = NULL;

    if (cause->kind != VDI_CAUSE_PACKAGE) {
        VdiJson *remedy = add_remedy(remedies, "workaround", "remove-update");

        if (cause->kind == VDI_CAUSE_UPDATE) {
            vdi_json_add_text(remedy, "update", cause->name);
        }
        return;
    }
    VdiJson *remedy = add_remedy(remedies, "workaround", NULL);
    g_autofree char *purl = vdi_purl_print(cause->purl);
    VdiJson *texts = NULL;

    vdi_json_add_text(remedy, "package", purl);
    texts = vdi_json_add_object(remedy, "text");
    for (size_t i = 0; (text = vdi_rule_words_keep_away(i, &tag)) != NULL; i++) {
        vdi_json_add_text(texts, tag, text);
    }
}

static void write_remedies(VdiJson *rule, const VdiRuleDraft *draft)
{
    VdiJson *remedies = vdi_json_add_array(rule, "remedies");

    for (guint k = 0; k < draft->causes->len; k++) {
        const VdiCause *cause = draft->causes->pdata[k];

        if (!is_repeated(draft->causes, k) && vdi_cause_is_fixed(cause)) {
            write_fix(remedies, cause);
        }
    }
    for (guint k = 0; k < draft->clients->len; k++) {
        const VdiClientAsked *client = draft->clients->pdata[k];

        if (is_below(client)) {
            vdi_json_add_text(
                add_remedy(remedies, "vendor_fix", "upgrade-client"), "version", client->version);
        }
    }
    for (guint k = 0; k < draft->causes->len; k++) {
        const VdiCause *cause = draft->causes->pdata[k];

        if (!is_repeated(draft->causes, k) && !vdi_cause_is_fixed(cause)) {
            write_workaround(remedies, cause);
        }
    }
    if (!vdi_rule_draft_is_fixed(draft)) {
        (void) add_remedy(remedies, "none_available", NULL);
    }
}

/* ---- the rule ---- */

bool vdi_rule_draft_is_fixed(const VdiRuleDraft *draft)
{
    for (guint k = 0; k < draft->clients->len; k++) {
        if (is_below(draft->clients->pdata[k])) {
            return true;
        }
    }
    for (guint k = 0; k < draft->causes->len; k++) {
        if (vdi_cause_is_fixed(draft->causes->pdata[k])) {
            return true;
        }
    }
    return false;
}

static void write_texts(VdiJson *rule, const VdiRuleDraft *draft)
{
    VdiJson *title = vdi_json_add_object(rule, "title");
    VdiJson *message = vdi_json_add_object(rule, "message");

    for (size_t i = 0;; i++) {
        g_auto(VdiRuleWords) words = {0};

        if (!vdi_rule_words(draft, i, &words)) {
            return;
        }
        if (words.title != NULL) {
            vdi_json_add_text(title, words.tag, words.title);
        }
        if (words.message != NULL) {
            vdi_json_add_text(message, words.tag, words.message);
        }
    }
}

static void write_references(VdiJson *rule, const VdiRuleDraft *draft)
{
    VdiJson *references = NULL;

    for (size_t k = 0; draft->references != NULL && draft->references[k] != NULL; k++) {
        references = references != NULL ? references : vdi_json_add_array(rule, "references");
        VdiJson *reference = vdi_json_add_object(references, NULL);

        vdi_json_add_text(reference, "url", draft->references[k]);
        vdi_json_add_text(reference, "title", draft->reference_titles[k]);
        vdi_json_add_boolean(reference, "x-verified", draft->is_verified);
    }
}

VdiJson *vdi_rule_draft_write(const VdiRuleDraft *draft)
{
    VdiJson *rule = vdi_json_new_object();

    vdi_json_add_text(rule, "id", draft->id);
    vdi_json_add_text(rule, "effect", vdi_effect_name(draft->effect));
    write_texts(rule, draft);
    write_when(rule, draft);
    write_remedies(rule, draft);
    vdi_json_add_time(rule, "expires", draft->expires_at);
    write_references(rule, draft);
    return rule;
}
