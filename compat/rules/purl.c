/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/purl.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* What a type asks, of those that we meet (the registered definitions). A type without a row asks
 * nothing, nor does generic. */
typedef struct {
    const char *type;
    bool needs_namespace, folds_namespace, folds_name; /* to fold: it has no case */
    const char *needs_qualifier;
} TypeRule;

static const TypeRule type_rules[] = {
    {"deb", true, true, true, NULL},
    {"rpm", true, true, false, NULL},
    {"alpm", true, true, true, NULL},
    {"apk", true, true, true, NULL},
    {"npm", false, true, true, NULL},
    {"github", true, true, true, NULL},
    {"bitbucket", true, true, true, NULL},
    {"swid", false, false, false, "tag_id"},
};

static const TypeRule *type_rule(const char *type)
{
    static const TypeRule other = {NULL, false, false, false, NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(type_rules); i++) {
        if (strcmp(type_rules[i].type, type) == 0) {
            return &type_rules[i];
        }
    }
    return &other;
}

static bool fail(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_PURL, what);
    return false;
}

/* `allow_slash`: a version and a qualifier's value may hold an encoded one, segments may not. */
static bool decode(const char *text, bool allow_slash, char **ret_text, GError **error)
{
    g_autofree char *decoded = g_uri_unescape_string(text, allow_slash ? NULL : "/");

    if (decoded == NULL || !g_utf8_validate(decoded, -1, NULL)) {
        return fail("a bad percent-encoding", error);
    }
    for (const char *c = decoded; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c)) {
            return fail("a control character", error);
        }
    }
    *ret_text = g_steal_pointer(&decoded);
    return true;
}

/* Segments parted by '/', each decoded. Empty ones say nothing, nor do `.` and `..` in a subpath.
 */
static bool read_segments(const char *text, bool is_subpath, char **ret_text, GError **error)
{
    g_auto(GStrv) segments = g_strsplit(text, "/", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; segments[i] != NULL; i++) {
        g_autofree char *segment = NULL;

        if (!decode(segments[i], false, &segment, error)) {
            return false;
        }
        bool is_dots = strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0;

        if (*segment != '\0' && !(is_subpath && is_dots)) {
            g_string_append_printf(out, "%s%s", out->len > 0 ? "/" : "", segment);
        }
    }
    if (out->len > 0) {
        *ret_text = g_string_free(g_steal_pointer(&out), false);
    }
    return true;
}

static bool is_key(const char *key)
{
    return g_ascii_isalpha(*key)
        && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(key);
}

/* Puts it where its name belongs and takes `value`. False: the name is there already. */
static bool add_qualifier(GPtrArray *qualifiers, const char *name, char *value)
{
    guint at = 0;

    while (at < qualifiers->len && strcmp(qualifiers->pdata[at], name) < 0) {
        at += 2;
    }
    if (at < qualifiers->len && strcmp(qualifiers->pdata[at], name) == 0) {
        return false;
    }
    g_ptr_array_insert(qualifiers, (int) at, g_strdup(name));
    g_ptr_array_insert(qualifiers, (int) at + 1, value);
    return true;
}

static bool read_qualifiers(const char *text, GStrv *ret_qualifiers, GError **error)
{
    g_auto(GStrv) pairs = g_strsplit(text, "&", -1);
    g_autoptr(GPtrArray) qualifiers = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; pairs[i] != NULL; i++) {
        char *equals = strchr(pairs[i], '=');
        g_autofree char *value = NULL;

        if (equals == NULL) {
            return fail("a qualifier without =", error);
        }
        g_autofree char *key = g_ascii_strdown(pairs[i], equals - pairs[i]);

        if (!is_key(key)) {
            return fail("a qualifier's name", error);
        }
        if (equals[1] == '\0') {
            continue; /* an empty value is as none */
        }
        if (!decode(equals + 1, true, &value, error)) {
            return false;
        }
        if (!add_qualifier(qualifiers, key, value)) {
            return fail("a qualifier is given twice", error);
        }
        value = NULL;
    }
    if (qualifiers->len > 0) {
        g_ptr_array_add(qualifiers, NULL);
        *ret_qualifiers = (GStrv) g_ptr_array_free(g_steal_pointer(&qualifiers), false);
    }
    return true;
}

/* What follows the last `mark`, cut off; NULL: there is none. */
static char *cut(char *text, char mark)
{
    char *at = strrchr(text, mark);

    if (at != NULL) {
        *at++ = '\0';
    }
    return at;
}

static bool read_type(char *rest, VdiPurl *purl, char **ret_rest, GError **error)
{
    while (*rest == '/') {
        rest++; /* pkg://deb/… is accepted by the specification */
    }
    char *slash = strchr(rest, '/');

    if (slash == NULL) {
        return fail("it needs a type and a name", error);
    }
    purl->type = g_ascii_strdown(rest, slash - rest);
    if (!g_ascii_isalpha(*purl->type)
        || strspn(purl->type, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(purl->type)) {
        return fail("its type has a character that no type has", error);
    }
    *ret_rest = slash + 1;
    return true;
}

/* NAMESPACE/NAME; slashes at either end say nothing. Cuts `path`. */
static bool read_name(char *path, VdiPurl *purl, GError **error)
{
    size_t length = strlen(path);

    while (length > 0 && path[length - 1] == '/') {
        path[--length] = '\0';
    }
    char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    if (slash != NULL) {
        *slash = '\0';
    }
    if (*name == '\0') {
        return fail("it has no name", error);
    }
    return decode(name, false, &purl->name, error)
        && (slash == NULL || read_segments(path, false, &purl->namespace, error));
}

/* Not by the locale: in some, the small letter of I is another. */
static void fold(char **text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (*text == NULL) {
        return;
    }
    for (const char *at = *text; *at != '\0'; at = g_utf8_next_char(at)) {
        g_string_append_unichar(out, g_unichar_tolower(g_utf8_get_char(at)));
    }
    g_free(*text);
    *text = g_string_free(g_steal_pointer(&out), false);
}

static bool apply_type_rule(VdiPurl *purl, GError **error)
{
    const TypeRule *rule = type_rule(purl->type);

    if (rule->needs_namespace && purl->namespace == NULL) {
        return fail("its type needs a distributor or owner: pkg:deb/debian/NAME", error);
    }
    if (rule->needs_qualifier != NULL && vdi_purl_qualifier(purl, rule->needs_qualifier) == NULL) {
        return fail("its type needs a qualifier that is not there: pkg:swid/NAME?tag_id=…", error);
    }
    if (rule->folds_namespace) {
        fold(&purl->namespace);
    }
    if (rule->folds_name) {
        fold(&purl->name);
    }
    return true;
}

void vdi_purl_free(VdiPurl *purl)
{
    if (purl == NULL) {
        return;
    }
    g_free(purl->type);
    g_free(purl->namespace);
    g_free(purl->name);
    g_free(purl->version);
    g_strfreev(purl->qualifiers);
    g_free(purl->subpath);
    g_free(purl);
}

const char *vdi_purl_qualifier(const VdiPurl *purl, const char *key)
{
    for (size_t i = 0; purl->qualifiers != NULL && purl->qualifiers[i] != NULL; i += 2) {
        if (strcmp(purl->qualifiers[i], key) == 0) {
            return purl->qualifiers[i + 1];
        }
    }
    return NULL;
}

/* Unreserved characters and `:` stand as they are; `keep` as well. */
static void append_encoded(GString *out, const char *text, const char *keep)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isalnum(*c) || strchr("-._~:", *c) != NULL || strchr(keep, *c) != NULL) {
            g_string_append_c(out, *c);
        } else {
            g_string_append_printf(out, "%%%02X", (unsigned char) *c);
        }
    }
}

static void append_qualifiers(GString *out, char *const *qualifiers)
{
    for (size_t i = 0; qualifiers[i] != NULL; i += 2) {
        g_string_append_printf(out, "%c%s=", i == 0 ? '?' : '&', qualifiers[i]);
        append_encoded(out, qualifiers[i + 1], "/");
    }
}

char *vdi_purl_print(const VdiPurl *purl)
{
    GString *out = g_string_new("pkg:");

    g_string_append_printf(out, "%s/", purl->type);
    if (purl->namespace != NULL) {
        append_encoded(out, purl->namespace, "/");
        g_string_append_c(out, '/');
    }
    append_encoded(out, purl->name, "");
    if (purl->version != NULL) {
        g_string_append_c(out, '@');
        append_encoded(out, purl->version, "");
    }
    if (purl->qualifiers != NULL) {
        append_qualifiers(out, purl->qualifiers);
    }
    if (purl->subpath != NULL) {
        g_string_append_c(out, '#');
        append_encoded(out, purl->subpath, "/");
    }
    return g_string_free(out, false);
}

/* @VERSION, cut off. An @ at the very beginning is no version's, but of a scope: npm/@scope/name.
 */
static bool read_version(char *rest, VdiPurl *purl, GError **error)
{
    char *at = strrchr(rest, '@');

    if (at == NULL || (at == rest && strchr(rest, '/') != NULL)) {
        return true;
    }
    *at++ = '\0';
    return *at == '\0' || decode(at, true, &purl->version, error);
}

/* From right to left, as the specification says. Cuts `copy`. */
static bool read_purl(char *copy, VdiPurl *purl, GError **error)
{
    char *subpath = cut(copy, '#');
    char *qualifiers = cut(copy, '?');
    char *rest = NULL;

    return (subpath == NULL || read_segments(subpath, true, &purl->subpath, error))
        && (qualifiers == NULL || read_qualifiers(qualifiers, &purl->qualifiers, error))
        && read_type(copy, purl, &rest, error) && read_version(rest, purl, error)
        && read_name(rest, purl, error) && apply_type_rule(purl, error);
}

/* Printing may encode what was written plainly: it has to fit all the same. */
static bool check_canonical(const VdiPurl *purl, GError **error)
{
    g_autofree char *printed = vdi_purl_print(purl);

    return strlen(printed) <= VDI_PURL_MAX_BYTES
        || fail("it is longer than 512 bytes when all is encoded", error);
}

VdiPurl *vdi_purl_parse(const char *text, GError **error)
{
    g_autoptr(VdiPurl) purl = g_new0(VdiPurl, 1);

    if (strnlen(text, VDI_PURL_MAX_BYTES + 1) > VDI_PURL_MAX_BYTES) {
        (void) fail("it is longer than 512 bytes", error);
        return NULL;
    }
    if (g_ascii_strncasecmp(text, "pkg:", 4) != 0) {
        (void) fail("it does not begin with pkg:", error);
        return NULL;
    }
    g_autofree char *copy = g_strdup(text + 4);

    return read_purl(copy, purl, error) && check_canonical(purl, error) ? g_steal_pointer(&purl)
                                                                        : NULL;
}
