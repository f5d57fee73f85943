/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/ceremony.h"

#include "compat/trust/signing.h"

bool vdi_ceremony_collect(
    VdiKeyring *keyring, const VdiSigners *signers, GPtrArray *keys, GError **error)
{
    for (size_t i = 0; signers->keyids[i] != NULL; i++) {
        const VdiPrivateKey *key = NULL;

        if (!vdi_keyring_find(keyring, signers->keyids[i], &key, error)) {
            return false;
        }
        if (key != NULL && !g_ptr_array_find(keys, key, NULL)) {
            g_ptr_array_add(keys, (gpointer) key);
        }
    }
    return true;
}

static char *join_names(const VdiKeyring *keyring, char *const *keyids, GPtrArray *without)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; keyids[i] != NULL; i++) {
        g_autofree char *shown = vdi_keyring_show(keyring, keyids[i]);

        if (without == NULL || !g_ptr_array_find(without, keyids[i], NULL)) {
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", shown);
        }
    }
    return g_string_free(g_steal_pointer(&text), false);
}

void vdi_ceremony_say_missing(const VdiKeyring *keyring, const VdiMetadata *metadata,
    const VdiSigners *signers, const char *whose, GPtrArray *missing)
{
    g_autoptr(GPtrArray) by = vdi_envelope_signed_by(metadata->envelope, signers);
    g_autofree char *others = join_names(keyring, signers->keyids, by);

    if (by->len < signers->threshold) {
        g_ptr_array_add(missing,
            g_strdup_printf("%s %" G_GINT64_FORMAT " has %u of %" G_GINT64_FORMAT
                            " signatures%s; the others may be by %s",
                vdi_role_name(metadata->role), metadata->version, by->len, signers->threshold,
                whose, others));
    }
}

void vdi_ceremony_say_signed(const VdiKeyring *keyring, const VdiMetadata *metadata,
    const GPtrArray *keys, GPtrArray *signed_now)
{
    g_autoptr(GPtrArray) keyids = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < keys->len; i++) {
        g_autoptr(VdiJson) public_key = vdi_private_key_public(g_ptr_array_index(keys, i));

        g_ptr_array_add(keyids, vdi_key_id(public_key));
    }
    g_ptr_array_add(keyids, NULL);
    g_autofree char *names = join_names(keyring, (char *const *) keyids->pdata, NULL);

    g_ptr_array_add(signed_now,
        g_strdup_printf("%s %" G_GINT64_FORMAT ": signed by %s", vdi_role_name(metadata->role),
            metadata->version, names));
}

VdiMetadata *vdi_ceremony_sign(VdiRole role, GBytes *file, GPtrArray *keys, GError **error)
{
    g_ptr_array_add(keys, NULL);
    g_autoptr(GBytes) bytes =
        vdi_signing_add(file, (const VdiPrivateKey *const *) keys->pdata, error);

    g_ptr_array_set_size(keys, (int) keys->len - 1);
    g_autoptr(VdiEnvelope) envelope =
        bytes != NULL ? vdi_envelope_parse(bytes, vdi_metadata_max_bytes(role), error) : NULL;

    return envelope != NULL ? vdi_metadata_take(role, g_steal_pointer(&envelope), error) : NULL;
}

void vdi_ceremony_keep_new(GPtrArray *keys, const VdiMetadata *metadata)
{
    for (guint i = keys->len; i-- > 0;) {
        const VdiPrivateKey *key = g_ptr_array_index(keys, i);
        g_autoptr(VdiJson) public_key = vdi_private_key_public(key);
        g_autofree char *keyid = vdi_key_id(public_key);
        g_autoptr(GBytes) made =
            vdi_private_key_sign(key, vdi_envelope_canonical(metadata->envelope));

        if (vdi_envelope_has(metadata->envelope, keyid, made)) {
            g_ptr_array_remove_index(keys, i);
        }
    }
}

static void say_keys(const VdiKeyring *keyring, VdiRole role, const VdiSigners *of,
    const VdiSigners *without, const char *what, GPtrArray *changes)
{
    for (size_t i = 0; of->keyids[i] != NULL; i++) {
        g_autofree char *shown = vdi_keyring_show(keyring, of->keyids[i]);

        if (!g_strv_contains((const char *const *) without->keyids, of->keyids[i])) {
            g_ptr_array_add(
                changes, g_strdup_printf("%s: %s %s", vdi_role_name(role), what, shown));
        }
    }
}

GPtrArray *vdi_ceremony_changes(
    const VdiKeyring *keyring, const VdiMetadata *root, const VdiMetadata *next)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        const VdiSigners *was = &root->signers[role], *is = &next->signers[role];

        say_keys(keyring, role, was, is, "no longer", changes);
        say_keys(keyring, role, is, was, "new", changes);
        if (was->threshold != is->threshold) {
            g_ptr_array_add(changes,
                g_strdup_printf("%s: %" G_GINT64_FORMAT
                                " of its keys must sign, not %" G_GINT64_FORMAT,
                    vdi_role_name(role), is->threshold, was->threshold));
        }
    }
    return changes;
}
