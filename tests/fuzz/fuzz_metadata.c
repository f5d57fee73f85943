/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

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

    if (a == NULL || b == NULL) {
        return a == b;
    }
    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (!g_hash_table_contains(b, name)) {
            return false;
        }
    }
    return g_hash_table_size(a) == g_hash_table_size(b);
}

static void check_signers(const VdiSigners *a, const VdiSigners *b)
{
    g_assert(a->threshold == b->threshold);
    g_assert(g_strv_equal((const char *const *) a->keyids, (const char *const *) b->keyids));
    g_assert(vdi_signers_are_kept(a, b) && vdi_signers_are_kept(b, a));
}

/* The names of the delegated roles serve as paths too. */
static void check_delegations(const VdiDelegations *a, const VdiDelegations *b)
{
    g_assert((a == NULL) == (b == NULL) && (a == NULL || a->roles->len == b->roles->len));
    for (guint i = 0; a != NULL && i < a->roles->len; i++) {
        const VdiDelegation *one = g_ptr_array_index(a->roles, i);
        const VdiDelegation *two = vdi_delegations_find(b, one->name);

        g_assert(two != NULL && one->is_terminating == two->is_terminating);
        check_signers(&one->signers, &two->signers);
        for (guint k = 0; k < a->roles->len; k++) {
            const char *path = ((const VdiDelegation *) g_ptr_array_index(b->roles, k))->name;

            g_assert(vdi_delegation_covers(one, path) == vdi_delegation_covers(two, path));
        }
        for (size_t k = 0; one->paths[k] != NULL; k++) {
            bool is_plain = strpbrk(one->paths[k], "*?") == NULL;

            g_assert(!is_plain || vdi_delegation_covers(two, one->paths[k]));
        }
    }
}

static void check_same(const VdiMetadata *a, const VdiMetadata *b)
{
    g_assert(a->version == b->version && a->expires_at == b->expires_at);
    g_assert(a->version >= 1 && a->version <= VDI_JSON_INTEGER_MAX);
    g_assert(a->consistent_snapshot == b->consistent_snapshot);
    g_assert(same_table(a->keys, b->keys) && same_table(a->files, b->files)
        && same_table(a->targets, b->targets));
    check_delegations(a->delegations, b->delegations);
    for (VdiRole role = VDI_ROLE_ROOT; a->role == VDI_ROLE_ROOT && role < VDI_N_ROLES; role++) {
        check_signers(&a->signers[role], &b->signers[role]);
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
