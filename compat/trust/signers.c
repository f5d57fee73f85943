/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/signers.h"

#include <string.h>

#include "base/error.h"

enum { KEYID_MAX = 128 };

static bool fail(const char *what, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "%s", what);
    return false;
}

void vdi_signers_clear(VdiSigners *signers)
{
    g_clear_pointer(&signers->keyids, g_strfreev);
}

GHashTable *vdi_signers_read_keys(VdiJson *object, GError **error)
{
    g_autoptr(GHashTable) usable =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) vdi_key_free);
    VdiJson *keys = NULL;

    if (!vdi_json_object(object, "keys", &keys, error)) {
        return NULL;
    }
    if (vdi_json_length(keys) > VDI_SIGNERS_KEYS_MAX) {
        fail("keys: too many", error);
        return NULL;
    }
    for (size_t i = 0; i < vdi_json_length(keys); i++) {
        const char *keyid = vdi_json_name(keys, i);
        VdiKey *key = vdi_key_read(keyid, vdi_json_element(keys, i), NULL);

        if (key != NULL) {
            g_hash_table_insert(usable, g_strdup(keyid), key);
        }
    }
    return g_steal_pointer(&usable);
}

static GStrv read_keyids(VdiJson *object, GError **error)
{
    g_autoptr(GStrvBuilder) keyids = g_strv_builder_new();
    VdiJson *list = NULL;

    if (!vdi_json_array(object, "keyids", 0, VDI_SIGNERS_KEYS_MAX, &list, error)) {
        return NULL;
    }
    for (size_t i = 0; i < vdi_json_length(list); i++) {
        VdiJson *keyid = vdi_json_element(list, i);

        if (vdi_json_type(keyid) != VDI_JSON_TEXT || strlen(vdi_json_as_text(keyid)) > KEYID_MAX) {
            fail("keyids: each must be a string", error);
            return NULL;
        }
        g_strv_builder_add(keyids, vdi_json_as_text(keyid));
    }
    return g_strv_builder_end(keyids);
}

bool vdi_signers_read(VdiJson *object, GHashTable *keys, VdiSigners *ret_signers, GError **error)
{
    ret_signers->keys = keys;
    ret_signers->keyids = read_keyids(object, error);
    return ret_signers->keyids != NULL
        && vdi_json_integer(
            object, "threshold", 1, VDI_JSON_INTEGER_MAX, &ret_signers->threshold, error);
}

static bool has_signer(const VdiSigners *signers, const char *keyid)
{
    return g_strv_contains((const char *const *) signers->keyids, keyid)
        && g_hash_table_contains(signers->keys, keyid);
}

bool vdi_signers_are_kept(const VdiSigners *before, const VdiSigners *after)
{
    for (size_t i = 0; before->keyids[i] != NULL; i++) {
        if (has_signer(before, before->keyids[i]) && !has_signer(after, before->keyids[i])) {
            return false;
        }
    }
    return true;
}
