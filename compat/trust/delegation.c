/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/delegation.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/hex.h"
#include "compat/trust/role.h"
#include "compat/trust/source.h"

enum { PATTERN_MAX_BYTES = 1024, HASH_PREFIX_MAX = 2 * VDI_SHA256_BYTES };

static bool fail(const char *what, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "%s", what);
    return false;
}

/* ---- reading ---- */

static bool is_top_level(const char *name)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (g_str_equal(name, vdi_role_name(role))) {
            return true;
        }
    }
    return false;
}

/* Its metadata must not be able to pass for that of a top-level role. */
static bool check_name(const char *name, GError **error)
{
    g_autofree char *file = vdi_trust_source_name(VDI_TRUST_METADATA, "x", name, error);

    if (file == NULL) {
        return false;
    }
    if (strlen(file) - strlen("x.") > VDI_DELEGATION_NAME_MAX || is_top_level(name)) {
        g_autofree char *shown = vdi_text_quote(name);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT,
            "delegations: %s cannot be the name of a delegated role", shown);
        return false;
    }
    return true;
}

static bool is_pattern(const char *text)
{
    return strlen(text) <= PATTERN_MAX_BYTES;
}

static bool is_hash_prefix(const char *text)
{
    size_t digits = strspn(text, "0123456789abcdefABCDEF");

    return digits == strlen(text) && digits >= 1 && digits <= HASH_PREFIX_MAX;
}

/* A null is how other authors leave out a list. */
static bool is_given(VdiJson *object, const char *name)
{
    VdiJson *value = NULL;

    return vdi_json_value(object, name, &value, NULL) && vdi_json_type(value) != VDI_JSON_NULL;
}

/* A list of texts that all pass `is_good`; an absent one is empty. */
static bool read_list(VdiJson *object, const char *name, bool (*is_good)(const char *text),
    GStrv *ret_list, GError **error)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    VdiJson *list = NULL;

    if (is_given(object, name) && !vdi_json_array(object, name, 0, G_MAXUINT, &list, error)) {
        return false;
    }
    for (size_t i = 0; list != NULL && i < vdi_json_length(list); i++) {
        VdiJson *element = vdi_json_element(list, i);

        if (vdi_json_type(element) != VDI_JSON_TEXT || !is_good(vdi_json_as_text(element))) {
            g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT,
                "%s: an element that cannot be one", name);
            return false;
        }
        g_strv_builder_add(texts, vdi_json_as_text(element));
    }
    *ret_list = g_strv_builder_end(texts);
    return true;
}

static void delegation_free(gpointer data)
{
    VdiDelegation *delegation = data;

    g_free(delegation->name);
    vdi_signers_clear(&delegation->signers);
    g_strfreev(delegation->paths);
    g_strfreev(delegation->hash_prefixes);
    g_free(delegation);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiDelegation, delegation_free)

static VdiDelegation *read_one(VdiJson *object, GHashTable *keys, GError **error)
{
    g_autoptr(VdiDelegation) draft = g_new0(VdiDelegation, 1);

    if (vdi_json_type(object) != VDI_JSON_OBJECT) {
        fail("roles: each must be an object", error);
        return NULL;
    }
    if (is_given(object, "paths") && is_given(object, "path_hash_prefixes")) {
        fail("roles: paths and path_hash_prefixes exclude each other", error);
        return NULL;
    }
    if (!vdi_json_text(object, "name", 1, PATTERN_MAX_BYTES, &draft->name, error)
        || !check_name(draft->name, error)
        || !vdi_signers_read(object, keys, &draft->signers, error)
        || !read_list(object, "paths", is_pattern, &draft->paths, error)
        || !read_list(object, "path_hash_prefixes", is_hash_prefix, &draft->hash_prefixes, error)
        || (vdi_json_has(object, "terminating")
            && !vdi_json_boolean(object, "terminating", &draft->is_terminating, error))) {
        return NULL;
    }
    vdi_json_ignore_rest(object);
    return g_steal_pointer(&draft);
}

VdiDelegations *vdi_delegations_read(VdiJson *object, GError **error)
{
    g_autoptr(VdiDelegations) draft = g_new0(VdiDelegations, 1);
    VdiJson *roles = NULL;

    draft->roles = g_ptr_array_new_with_free_func(delegation_free);
    draft->keys = vdi_signers_read_keys(object, error);
    if (draft->keys == NULL || !vdi_json_array(object, "roles", 0, G_MAXUINT, &roles, error)) {
        return NULL;
    }
    for (size_t i = 0; i < vdi_json_length(roles); i++) {
        VdiDelegation *role = read_one(vdi_json_element(roles, i), draft->keys, error);

        if (role == NULL) {
            return NULL;
        }
        bool is_known = vdi_delegations_find(draft, role->name) != NULL;

        g_ptr_array_add(draft->roles, role);
        if (is_known) {
            fail("roles: two have the same name", error);
            return NULL;
        }
    }
    vdi_json_ignore_rest(object);
    return g_steal_pointer(&draft);
}

void vdi_delegations_free(VdiDelegations *delegations)
{
    if (delegations != NULL) {
        g_clear_pointer(&delegations->roles, g_ptr_array_unref);
        g_clear_pointer(&delegations->keys, g_hash_table_unref);
        g_free(delegations);
    }
}

const VdiDelegation *vdi_delegations_find(const VdiDelegations *delegations, const char *name)
{
    for (guint i = 0; delegations != NULL && i < delegations->roles->len; i++) {
        const VdiDelegation *delegation = g_ptr_array_index(delegations->roles, i);

        if (g_str_equal(delegation->name, name)) {
            return delegation;
        }
    }
    return NULL;
}

/* ---- who is trusted for a path ---- */

/* The character behind the one at `text`, which is not the end. */
static const char *next(const char *text)
{
    do {
        text++;
    } while ((*text & 0xc0) == 0x80);
    return text;
}

/* Where the rest does not fit, the last star takes one character more. An earlier star need not be
 * tried again: what stands between the two was found as early as possible. */
bool vdi_delegation_fits(const char *pattern, const char *path)
{
    const char *after_star = NULL, *taken = NULL;

    while (*path != '\0') {
        if (*pattern == '*') {
            after_star = ++pattern;
            taken = path;
        } else if (*pattern == '?' && *path != '/') {
            pattern++;
            path = next(path);
        } else if (*pattern != '?' && *pattern == *path) {
            pattern++;
            path++;
        } else if (after_star != NULL && *taken != '/') {
            taken = next(taken);
            path = taken;
            pattern = after_star;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static bool fits_hash(char *const *prefixes, const char *path)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(path, strlen(path));
    uint8_t digest[VDI_SHA256_BYTES];

    vdi_key_sha256(bytes, digest);
    g_autofree char *hex = vdi_hex_write(digest, sizeof digest);

    for (size_t i = 0; prefixes[i] != NULL; i++) {
        if (g_ascii_strncasecmp(hex, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

bool vdi_delegation_covers(const VdiDelegation *delegation, const char *path)
{
    for (size_t i = 0; delegation->paths[i] != NULL; i++) {
        if (vdi_delegation_fits(delegation->paths[i], path)) {
            return true;
        }
    }
    return delegation->hash_prefixes[0] != NULL && fits_hash(delegation->hash_prefixes, path);
}
