/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/envelope.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/canonical.h"
#include "compat/trust/hex.h"

enum { KEYID_MAX = 128, SIGNATURE_MAX_BYTES = 2048 };

struct VdiEnvelope {
    GBytes *bytes, *canonical;
    VdiJson *root; /* owns what the next one points into */
    VdiJson *signed_part;
    GHashTable *signatures; /* keyid → GBytes */
};

/* Hex of any length; what is no hex is a signature that verifies nothing. */
static GBytes *read_signature(const char *hex)
{
    size_t size = strlen(hex) / 2;
    g_autofree uint8_t *raw = g_malloc(MAX(size, (size_t) 1));

    return g_bytes_new(raw, vdi_hex_read(hex, raw, size) ? size : 0);
}

static bool read_one(VdiEnvelope *envelope, VdiJson *object, GError **error)
{
    g_autofree char *keyid = NULL, *sig = NULL;

    if (!vdi_json_text(object, "keyid", 1, KEYID_MAX, &keyid, error)
        || !vdi_json_text(object, "sig", 0, 2 * SIGNATURE_MAX_BYTES, &sig, error)) {
        return false;
    }
    vdi_json_ignore_rest(object);
    if (g_hash_table_contains(envelope->signatures, keyid)) {
        g_autofree char *shown = vdi_text_quote(keyid);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT,
            "signatures: two are by the key %s", shown);
        return false;
    }
    g_hash_table_insert(envelope->signatures, g_steal_pointer(&keyid), read_signature(sig));
    return true;
}

static bool read_envelope(VdiEnvelope *envelope, GError **error)
{
    VdiJson *signatures = NULL;

    if (!vdi_json_object(envelope->root, "signed", &envelope->signed_part, error)
        || !vdi_json_array(
            envelope->root, "signatures", 0, VDI_ENVELOPE_SIGNATURES_MAX, &signatures, error)) {
        return false;
    }
    vdi_json_ignore_rest(envelope->root);
    for (size_t i = 0; i < vdi_json_length(signatures); i++) {
        if (!read_one(envelope, vdi_json_element(signatures, i), error)) {
            return false;
        }
    }
    return true;
}

/* What base/json found wrong is, to whoever reads metadata, its format. */
static void translate(GError **error)
{
    if (error != NULL && (*error)->domain == VDI_JSON_ERROR) {
        (*error)->domain = VDI_TRUST_ERROR;
        (*error)->code = VDI_TRUST_ERROR_FORMAT;
    }
}

VdiEnvelope *vdi_envelope_parse(GBytes *document, size_t max_bytes, GError **error)
{
    g_autoptr(VdiEnvelope) envelope = g_new0(VdiEnvelope, 1);

    envelope->bytes = g_bytes_ref(document);
    envelope->signatures =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
    envelope->root = vdi_json_parse(document, max_bytes, error);
    if (envelope->root == NULL || !read_envelope(envelope, error)) {
        translate(error);
        return NULL;
    }
    envelope->canonical = vdi_canonical_write(envelope->signed_part);
    return g_steal_pointer(&envelope);
}

void vdi_envelope_free(VdiEnvelope *envelope)
{
    if (envelope == NULL) {
        return;
    }
    g_clear_pointer(&envelope->bytes, g_bytes_unref);
    g_clear_pointer(&envelope->canonical, g_bytes_unref);
    g_clear_pointer(&envelope->signatures, g_hash_table_unref);
    vdi_json_free(envelope->root);
    g_free(envelope);
}

static bool is_counted(const GPtrArray *counted, const VdiSigners *signers, const VdiKey *key)
{
    for (guint i = 0; i < counted->len; i++) {
        if (vdi_key_is_same(
                g_hash_table_lookup(signers->keys, g_ptr_array_index(counted, i)), key)) {
            return true;
        }
    }
    return false;
}

GPtrArray *vdi_envelope_signed_by(const VdiEnvelope *envelope, const VdiSigners *signers)
{
    GPtrArray *counted = g_ptr_array_new();

    for (size_t i = 0; signers->keyids[i] != NULL; i++) {
        const VdiKey *key = g_hash_table_lookup(signers->keys, signers->keyids[i]);
        GBytes *signature = g_hash_table_lookup(envelope->signatures, signers->keyids[i]);

        if (key != NULL && signature != NULL && !is_counted(counted, signers, key)
            && vdi_key_verify(key, envelope->canonical, signature)) {
            g_ptr_array_add(counted, signers->keyids[i]);
        }
    }
    return counted;
}

VdiVerification vdi_envelope_verify(
    const VdiEnvelope *envelope, const VdiSigners *signers, GError **error)
{
    g_autoptr(GPtrArray) counted = vdi_envelope_signed_by(envelope, signers);

    if (signers->threshold < 1 || counted->len < signers->threshold) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE,
            "%u valid signatures, %" G_GINT64_FORMAT " are needed", counted->len,
            signers->threshold);
        return VDI_NOT_VERIFIED;
    }
    return VDI_VERIFIED;
}

bool vdi_envelope_has(const VdiEnvelope *envelope, const char *keyid, GBytes *signature)
{
    GBytes *there = g_hash_table_lookup(envelope->signatures, keyid);

    return there != NULL && g_bytes_equal(there, signature);
}

GBytes *vdi_envelope_bytes(const VdiEnvelope *envelope)
{
    return envelope->bytes;
}

GBytes *vdi_envelope_canonical(const VdiEnvelope *envelope)
{
    return envelope->canonical;
}

VdiJson *vdi_envelope_signed(const VdiEnvelope *envelope)
{
    return envelope->signed_part;
}
