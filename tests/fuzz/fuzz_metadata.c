/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/canonical.h"
#include "compat/trust/metadata.h"
#include "compat/trust/signing.h"

/* Whatever is read as an envelope keeps its bytes, verifies without a key never, and signed anew
 * always; and what is written then is read as the same: the same canonical form, and in each role
 * the same meaning or none. */

enum { READ_MAX = 1 << 16, WRITTEN_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static VdiVerification verify(const VdiEnvelope *envelope, GHashTable *keys, const char *keyid)
{
    char *names[] = {(char *) keyid, NULL};
    const VdiSigners signers = {keys, names, 1};

    return vdi_envelope_verify(envelope, &signers, NULL);
}

/* By a key that this run made. */
static VdiEnvelope *sign_anew(const VdiEnvelope *envelope)
{
    g_autoptr(VdiPrivateKey) pair = vdi_private_key_generate();
    const VdiPrivateKey *const pairs[] = {pair, NULL};
    g_autoptr(GBytes) written = vdi_signing_write(vdi_envelope_signed(envelope), pairs);
    g_autoptr(VdiEnvelope) again = vdi_envelope_parse(written, WRITTEN_MAX, NULL);
    g_autoptr(GHashTable) keys =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) vdi_key_free);
    g_autoptr(VdiJson) object = vdi_private_key_public(pair);
    g_autofree char *keyid = vdi_key_id(object);

    g_assert(again != NULL);
    g_assert(g_bytes_equal(vdi_envelope_canonical(envelope), vdi_envelope_canonical(again)));
    g_assert(verify(again, keys, keyid) == VDI_NOT_VERIFIED);
    g_hash_table_insert(keys, keyid, vdi_key_read(keyid, object, NULL));
    g_assert(verify(again, keys, keyid) == VDI_VERIFIED);
    g_assert(verify(envelope, keys, keyid) == VDI_NOT_VERIFIED);
    return g_steal_pointer(&again);
}

static bool same_table(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    gpointer name = NULL;

    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (!g_hash_table_contains(b, name)) {
            return false;
        }
    }
    return g_hash_table_size(a) == g_hash_table_size(b);
}

static void check_same(const VdiMetadata *a, const VdiMetadata *b)
{
    g_assert(a->version == b->version && a->expires_at == b->expires_at);
    g_assert(a->version >= 1 && a->version <= VDI_JSON_INTEGER_MAX);
    g_assert(a->consistent_snapshot == b->consistent_snapshot);
    g_assert(same_table(a->keys, b->keys) && same_table(a->files, b->files)
        && same_table(a->targets, b->targets));
    for (VdiRole role = VDI_ROLE_ROOT; a->role == VDI_ROLE_ROOT && role < VDI_N_ROLES; role++) {
        g_assert(a->signers[role].threshold == b->signers[role].threshold);
        g_assert(g_strv_equal((const char *const *) a->signers[role].keyids,
            (const char *const *) b->signers[role].keyids));
        g_assert(vdi_signers_are_kept(&a->signers[role], &b->signers[role]));
    }
}

static VdiMetadata *read_as(VdiRole role, GBytes *document)
{
    VdiEnvelope *envelope = vdi_envelope_parse(document, WRITTEN_MAX, NULL);

    g_assert(envelope != NULL);
    return vdi_metadata_take(role, envelope, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(document, READ_MAX, NULL);

    if (envelope == NULL) {
        return 0;
    }
    g_assert(g_bytes_equal(vdi_envelope_bytes(envelope), document));
    g_autoptr(VdiEnvelope) again = sign_anew(envelope);

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_autoptr(VdiMetadata) one = read_as(role, document);
        g_autoptr(VdiMetadata) two = read_as(role, vdi_envelope_bytes(again));

        g_assert((one == NULL) == (two == NULL));
        if (one != NULL) {
            check_same(one, two);
        }
    }
    return 0;
}
