/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/purl.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* What each type asks (purl-types): a namespace, and which parts have no case. */
typedef struct {
    const char *type;
    bool needs_namespace, folds_namespace, folds_name;
} TypeRule;

static const TypeRule type_rules[] = {
    {"deb", true, true, true},
    {"rpm", true, true, false},
    {"alpm", true, true, true},
};

static const TypeRule *type_rule(const char *type)
{
    static const TypeRule other = {NULL, false, false, false};

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

/* `allow_slash`: subpath and version may hold an encoded one, segments of a namespace may not. */
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

/* Segments parted by '/', each decoded; empty ones at the ends are left out. */
static bool read_segments(const char *text, char **ret_text, GError **error)
{
    if (strchr(text, '/') == NULL && *text != '\0') {
        return decode(text, false, ret_text, error);
    }
    g_auto(GStrv) segments = g_strsplit(text, "/", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; segments[i] != NULL; i++) {
        g_autofree char *segment = NULL;

        if (*segments[i] == '\0') {
            continue;
        }
        if (!decode(segments[i], false, &segment, error)) {
            return false;
        }
        g_string_append_printf(out, "%s%s", out->len > 0 ? "/" : "", segment);
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

static bool read_qualifiers(const char *text, GHashTable **ret_qualifiers, GError **error)
{
    g_auto(GStrv) pairs = g_strsplit(text, "&", -1);
    g_autoptr(GHashTable) qualifiers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (size_t i = 0; pairs[i] != NULL; i++) {
        char *equals = strchr(pairs[i], '=');
        char *value = NULL;

        if (equals == NULL) {
            return fail("a qualifier without =", error);
        }
        if (equals[1] == '\0') {
            continue; /* an empty value is as none */
        }
        g_autofree char *key = g_ascii_strdown(pairs[i], equals - pairs[i]);

        if (!is_key(key)) {
            return fail("a qualifier's name", error);
        }
        if (g_hash_table_contains(qualifiers, key)) {
            return fail("a qualifier is given twice", error);
        }
        if (!decode(equals + 1, true, &value, error)) {
            return false;
        }
        g_hash_table_insert(qualifiers, g_steal_pointer(&key), value);
    }
    if (g_hash_table_size(qualifiers) > 0) {
        *ret_qualifiers = g_steal_pointer(&qualifiers);
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

    if (slash == NULL || slash == rest) {
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
    return decode(name, true, &purl->name, error)
        && (slash == NULL || read_segments(path, &purl->namespace, error));
}

static void fold(char **text)
{
    const char *at = *text != NULL ? *text : "";

    while (*at != '\0' && (unsigned char) *at < 0x80 && !g_ascii_isupper(*at)) {
        at++;
    }
    if (*at != '\0') {
        char *folded = g_utf8_strdown(*text, -1);

        g_free(*text);
        *text = folded;
    }
}

static bool apply_type_rule(VdiPurl *purl, GError **error)
{
    const TypeRule *rule = type_rule(purl->type);

    if (rule->needs_namespace && purl->namespace == NULL) {
        return fail("its type needs a distributor: pkg:deb/debian/NAME", error);
    }
    if (rule->folds_namespace) {
        fold(&purl->namespace);
    }
    if (rule->folds_name) {
        fold(&purl->name);
    }
    return true;
}

VdiPurl *vdi_purl_parse(const char *text, GError **error)
{
    g_autoptr(VdiPurl) purl = g_new0(VdiPurl, 1);

    if (strlen(text) > VDI_PURL_MAX_BYTES) {
        (void) fail("it is longer than 512 bytes", error);
        return NULL;
    }
    if (g_ascii_strncasecmp(text, "pkg:", 4) != 0) {
        (void) fail("it does not begin with pkg:", error);
        return NULL;
    }
    g_autofree char *copy = g_strdup(text + 4);
    char *subpath = cut(copy, '#');
    char *qualifiers = cut(copy, '?');
    char *rest = NULL;

    if ((subpath != NULL && !read_segments(subpath, &purl->subpath, error))
        || (qualifiers != NULL && !read_qualifiers(qualifiers, &purl->qualifiers, error))
        || !read_type(copy, purl, &rest, error)) {
        return NULL;
    }
    /* An @ before the last slash belongs to a namespace: npm's scopes. */
    char *slash = strrchr(rest, '/');
    char *version = cut(slash != NULL ? slash : rest, '@');

    if ((version != NULL && !decode(version, true, &purl->version, error))
        || !read_name(rest, purl, error) || !apply_type_rule(purl, error)) {
        return NULL;
    }
    if (purl->version != NULL && *purl->version == '\0') {
        g_clear_pointer(&purl->version, g_free);
    }
    return g_steal_pointer(&purl);
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
    g_clear_pointer(&purl->qualifiers, g_hash_table_unref);
    g_free(purl->subpath);
    g_free(purl);
}

const char *vdi_purl_qualifier(const VdiPurl *purl, const char *key)
{
    return purl->qualifiers != NULL ? g_hash_table_lookup(purl->qualifiers, key) : NULL;
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

static void append_qualifiers(GString *out, GHashTable *qualifiers)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(qualifiers), (GCompareFunc) strcmp);
    char mark = '?';

    for (const GList *key = keys; key != NULL; key = key->next) {
        g_string_append_printf(out, "%c%s=", mark, (const char *) key->data);
        append_encoded(out, g_hash_table_lookup(qualifiers, key->data), "/");
        mark = '&';
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
