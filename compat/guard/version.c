/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/guard/command.h"
#include "compat/rules/purl.h"
#include "compat/rules/range.h"
#include "compat/rules/version.h"

/* How versions, ranges and package names are understood, for those who write rules. */

/* ---- version ---- */

enum { OUTSIDE = 1 }; /* the exit status when a range does not contain a version, as grep has it */

static bool check_version(const VdiVersionScheme *scheme, const char *version, GError **error)
{
    if (!vdi_version_is_valid(scheme, version)) {
        g_autofree char *shown = vdi_text_quote(version);

        g_set_error(
            error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_VERSION, "%s, scheme %s", shown, scheme->name);
        return false;
    }
    return true;
}

static bool fail_scheme(GError **error)
{
    g_autoptr(GString) detail = g_string_new("the schemes are");

    for (size_t i = 0; vdi_version_scheme_at(i) != NULL; i++) {
        g_string_append_printf(detail, "%s %s", i > 0 ? "," : "", vdi_version_scheme_at(i)->name);
    }
    return vdi_call_fail_usage(detail->str, error);
}

/* SCHEME A B */
static bool compare(VdiCall *call, char **words, GError **error)
{
    const VdiVersionScheme *scheme = vdi_version_scheme(words[0]);

    if (scheme == NULL) {
        return fail_scheme(error);
    }
    if (!check_version(scheme, words[1], error) || !check_version(scheme, words[2], error)) {
        return false;
    }
    int order = scheme->compare(words[1], words[2]);

    puts(order < 0 ? "<" : order > 0 ? ">" : "=");
    return true;
}

/* VERS VERSION */
static bool contains(VdiCall *call, char **words, GError **error)
{
    g_autoptr(VdiRange) range = vdi_range_parse(words[0], error);

    if (range == NULL || !check_version(vdi_range_scheme(range), words[1], error)) {
        return false;
    }
    bool is_inside = vdi_range_contains(range, words[1]) == VDI_TRUTH_TRUE;

    printf(
        is_inside ? _("%s is in %s.\n") : _("%s is not in %s.\n"), words[1], vdi_range_text(range));
    call->status = is_inside ? VDI_EXIT_OK : OUTSIDE;
    return true;
}

static const struct {
    const char *name, *usage;
    int n_words;
    bool (*run)(VdiCall *call, char **words, GError **error);
} verbs[] = {
    {"compare", "version compare SCHEME A B", 3, compare},
    {"contains", "version contains VERS VERSION", 2, contains},
};

bool vdi_guard_command_version(VdiCall *call, GError **error)
{
    if (!vdi_call_read(call, NULL, NULL, 1, 4, error)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(call->argv[1], verbs[i].name) == 0) {
            return call->argc == verbs[i].n_words + 2 ? verbs[i].run(call, call->argv + 2, error)
                                                      : vdi_call_fail_usage(verbs[i].usage, error);
        }
    }
    return vdi_call_fail_usage("version compare … or version contains …", error);
}

/* ---- purl ---- */

static void print_part(const char *name, const char *value)
{
    if (value != NULL) {
        g_autofree char *shown = vdi_text_clean(value);

        printf("%s: %s\n", name, shown);
    }
}

/* The parts have the specification's names in every language. */
bool vdi_guard_command_purl(VdiCall *call, GError **error)
{
    if (!vdi_call_read(call, NULL, NULL, 1, 1, error)) {
        return false;
    }
    g_autoptr(VdiPurl) purl = vdi_purl_parse(call->argv[1], error);

    if (purl == NULL) {
        return false;
    }
    g_autofree char *canonical = vdi_purl_print(purl);

    puts(canonical);
    print_part("type", purl->type);
    print_part("namespace", purl->namespace);
    print_part("name", purl->name);
    print_part("version", purl->version);
    for (size_t i = 0; purl->qualifiers != NULL && purl->qualifiers[i] != NULL; i += 2) {
        g_autofree char *name = g_strconcat("qualifier ", purl->qualifiers[i], NULL);

        print_part(name, purl->qualifiers[i + 1]);
    }
    print_part("subpath", purl->subpath);
    return true;
}
