/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/trust/foreign.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#include "compat/trust/envelope.h"
#include "compat/trust/hex.h"

struct Foreign {
    ForeignKind kind;
    EVP_PKEY *pair;
    char *object, *keyid; /* as it stands in metadata */
};

static EVP_PKEY *generate(ForeignKind kind)
{
    switch (kind) {
    case FOREIGN_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case FOREIGN_P256:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case FOREIGN_RSA:
        break;
    }
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t) 2048);
}

static char *public_value(const Foreign *foreign)
{
    uint8_t raw[32];
    size_t size = sizeof raw;

    if (foreign->kind == FOREIGN_ED25519) {
        g_assert(EVP_PKEY_get_raw_public_key(foreign->pair, raw, &size) == 1);
        return vdi_hex_write(raw, size);
    }
    BIO *memory = BIO_new(BIO_s_mem());
    char *text = NULL;

    g_assert(PEM_write_bio_PUBKEY(memory, foreign->pair) == 1);
    long length = BIO_get_mem_data(memory, &text);
    char *pem = g_strndup(text, (gsize) length);

    BIO_free(memory);
    return pem;
}

Foreign *foreign_new(ForeignKind kind)
{
    static const char *const types[][2] = {
        {"ed25519", "ed25519"}, {"ecdsa", "ecdsa-sha2-nistp256"}, {"rsa", "rsassa-pss-sha256"}};
    Foreign *foreign = g_new0(Foreign, 1);
    g_autoptr(VdiJson) object = vdi_json_new_object();

    foreign->kind = kind;
    foreign->pair = generate(kind);
    g_assert(foreign->pair != NULL);
    g_autofree char *value = public_value(foreign);

    vdi_json_add_text(object, "keytype", types[kind][0]);
    vdi_json_add_text(object, "scheme", types[kind][1]);
    vdi_json_add_text(vdi_json_add_object(object, "keyval"), "public", value);
    foreign->object = vdi_json_print(object);
    foreign->keyid = vdi_key_id(object);
    return foreign;
}

void foreign_free(Foreign *foreign)
{
    EVP_PKEY_free(foreign->pair);
    g_free(foreign->object);
    g_free(foreign->keyid);
    g_free(foreign);
}

/* The key takes the place of the scene's own for timestamp. */
void foreign_publish_root(Scene *scene, int version, const Foreign *key)
{
    g_autofree char *file = g_strdup_printf("%d.root.json", version);
    g_autoptr(VdiJson) old = vdi_private_key_public(scene->keys[1]);
    g_autofree char *old_id = vdi_key_id(old);
    g_autofree char *entry = g_strdup_printf("\"keys\":{\"%s\":%s,", key->keyid, key->object);
    g_autofree char *old_role = g_strdup_printf("\"timestamp\":{\"keyids\":[\"%s\"]", old_id);
    g_autofree char *role = g_strdup_printf("\"timestamp\":{\"keyids\":[\"%s\"]", key->keyid);

    scene_root(scene, version, SCENE_LATER, scene_roles, (const int[]){0, -1});
    scene_edit(scene, file, "\"keys\":{", entry, 0);
    scene_edit(scene, file, old_role, role, 0);
}

static char *sign(const Foreign *key, GBytes *message)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    size_t size = 0, length = 0;
    const uint8_t *data = g_bytes_get_data(message, &size);
    const char *digest = key->kind == FOREIGN_ED25519 ? NULL : "SHA256";

    g_assert(EVP_DigestSignInit_ex(context, &options, digest, NULL, NULL, key->pair, NULL) == 1);
    if (key->kind == FOREIGN_RSA) {
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    g_assert(EVP_DigestSign(context, NULL, &length, data, size) == 1);
    g_autofree uint8_t *signature = g_malloc(length);

    g_assert(EVP_DigestSign(context, signature, &length, data, size) == 1);
    EVP_MD_CTX_free(context);
    return vdi_hex_write(signature, length);
}

void foreign_sign(Scene *scene, const char *file, const Foreign *named, const Foreign *by)
{
    g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(scene_get(scene, file), 1 << 20, NULL);

    g_assert(envelope != NULL);
    g_autofree char *part = vdi_json_print(vdi_envelope_signed(envelope));
    g_autofree char *signature = sign(by, vdi_envelope_canonical(envelope));
    g_autofree char *text =
        g_strdup_printf("{\"signed\":%s,\"signatures\":[{\"keyid\":\"%s\",\"sig\":\"%s\"}]}", part,
            named->keyid, signature);

    scene_put_text(scene, file, text);
}
