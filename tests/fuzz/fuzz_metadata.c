/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/canonical.h"
#include "compat/trust/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is read as an envelope has a canonical form that is a fixed point wherever it is JSON
 * again; and nothing verifies without a key. */
static void check_envelope(GBytes *document)
{
    g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(document, 65536, NULL);
    g_autoptr(GHashTable) nobody = g_hash_table_new(g_str_hash, g_str_equal);
    char *names[] = {(char *) "a", NULL};
    const VdiSigners signers = {nobody, names, 1};

    if (envelope == NULL) {
        return;
    }
    GBytes *canonical = vdi_envelope_canonical(envelope);
    g_autoptr(VdiJson) again = vdi_json_parse(canonical, 65536, NULL);
    g_autoptr(GBytes) twice = again != NULL ? vdi_canonical_write(again) : NULL;

    g_assert(twice == NULL || g_bytes_equal(canonical, twice));
    g_assert(g_bytes_equal(vdi_envelope_bytes(envelope), document));
    g_assert(vdi_envelope_verify(envelope, &signers, NULL) == VDI_NOT_VERIFIED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);

    check_envelope(document);
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        VdiEnvelope *envelope = vdi_envelope_parse(document, 65536, NULL);
        g_autoptr(VdiMetadata) metadata =
            envelope != NULL ? vdi_metadata_take(role, envelope, NULL) : NULL;

        g_assert(metadata == NULL
            || (metadata->version >= 1 && metadata->version <= VDI_JSON_INTEGER_MAX));
    }
    return 0;
}
