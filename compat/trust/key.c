/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "compat/trust/canonical.h"
#include "compat/trust/hex.h"

enum {
    ED25519_BYTES = 32,
    ED25519_SIGNATURE_BYTES = 64,
    RSA_MIN_BITS = 2048,
    RSA_MAX_BITS = 16384,
    TYPE_MAX = 64,
    PUBLIC_MAX = 8192,
    KEY_FILE_MAX = 16384,
    SCRYPT_N = 16384, /* 16 MiB of memory, which is all that OpenSSL takes when it reads */
    SCRYPT_R = 8,
    SCRYPT_P = 1,
    SALT_BYTES = 16,
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_SIG, X509_SIG_free)

typedef struct {
    const char *keytype, *scheme;
    EVP_PKEY *(*read)(const char *public_value);
    const char *digest;        /* NULL: the algorithm has its own */
    const OSSL_PARAM *options; /* NULL: as OpenSSL does it by itself */
} Kind;

struct VdiKey {
    const Kind *kind;
    EVP_PKEY *public_key;
};

struct VdiPrivateKey {
    EVP_PKEY *key;
};

static void *made(void *made_by_openssl)
{
    if (made_by_openssl == NULL) {
        g_error("out of memory");
    }
    return made_by_openssl;
}

/* What fails for want of memory alone, or of an algorithm that OpenSSL always has. */
static void must(bool made_by_openssl)
{
    if (!made_by_openssl) {
        g_error("this computer's OpenSSL cannot do what it always can");
    }
}

/* No public key has one, and no prompt may appear out of a library. */
static int refuse_passphrase(char *buffer, int size, int writing, void *user)
{
    return -1;
}

static EVP_PKEY *read_pem(const char *text)
{
    g_autoptr(BIO) memory = made(BIO_new_mem_buf(text, (int) strlen(text)));

    return PEM_read_bio_PUBKEY(memory, NULL, refuse_passphrase, NULL);
}

static EVP_PKEY *read_ed25519(const char *hex)
{
    uint8_t raw[ED25519_BYTES];

    if (!vdi_hex_read(hex, raw, sizeof raw)) {
        return NULL;
    }
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, sizeof raw);
}

static EVP_PKEY *read_p256(const char *pem)
{
    g_autoptr(EVP_PKEY) key = read_pem(pem);
    char group[32] = "";

    if (key == NULL || !EVP_PKEY_is_a(key, "EC")) {
        return NULL;
    }
    EVP_PKEY_get_group_name(key, group, sizeof group, NULL); /* a curve without one: "" */
    return strcmp(group, "prime256v1") == 0 ? g_steal_pointer(&key) : NULL;
}

static EVP_PKEY *read_rsa(const char *pem)
{
    g_autoptr(EVP_PKEY) key = read_pem(pem);

    if (key == NULL || !EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) < RSA_MIN_BITS
        || EVP_PKEY_get_bits(key) > RSA_MAX_BITS) {
        return NULL;
    }
    return g_steal_pointer(&key);
}

static const OSSL_PARAM pss[] = {
    OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, (char *) OSSL_PKEY_RSA_PAD_MODE_PSS,
        sizeof OSSL_PKEY_RSA_PAD_MODE_PSS - 1),
    OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN,
        (char *) OSSL_PKEY_RSA_PSS_SALT_LEN_AUTO, sizeof OSSL_PKEY_RSA_PSS_SALT_LEN_AUTO - 1),
    OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, (char *) "SHA256", 6),
    OSSL_PARAM_END,
};

/* The last row is the older spelling of the one before. */
static const Kind kinds[] = {
    {"ed25519", "ed25519", read_ed25519, NULL, NULL},
    {"rsa", "rsassa-pss-sha256", read_rsa, "SHA256", pss},
    {"ecdsa", "ecdsa-sha2-nistp256", read_p256, "SHA256", NULL},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", read_p256, "SHA256", NULL},
};

static const Kind *find_kind(const char *keytype, const char *scheme)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].keytype, keytype) == 0 && strcmp(kinds[i].scheme, scheme) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static bool fail(const char *what, const char *shown, GError **error)
{
    g_autofree char *quoted = vdi_text_quote(shown);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY, "%s: %s", quoted, what);
    return false;
}

static bool read_members(
    VdiJson *object, char **ret_keytype, char **ret_scheme, char **ret_public, GError **error)
{
    VdiJson *keyval = NULL;

    return vdi_json_text(object, "keytype", 1, TYPE_MAX, ret_keytype, error)
        && vdi_json_text(object, "scheme", 1, TYPE_MAX, ret_scheme, error)
        && vdi_json_object(object, "keyval", &keyval, error)
        && vdi_json_text(keyval, "public", 1, PUBLIC_MAX, ret_public, error);
}

/* The specification names a key by "the hash of the canonical form of the key". That is read in two
 * ways: the object with all its members, or the three that make a key (section 4.2.2), to which
 * others were added later. Both bind the name to the public value and the scheme. The object has
 * the three. */
static bool is_its_name(const char *keyid, VdiJson *object)
{
    static const char *const members[] = {"keytype", "scheme", "keyval"};
    g_autoptr(VdiJson) bare = vdi_json_new_object();
    g_autofree char *whole_name = vdi_key_id(object);

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        VdiJson *member = NULL;
        bool has_member = vdi_json_value(object, members[i], &member, NULL);

        g_assert(has_member);
        vdi_json_add_copy(bare, members[i], member);
    }
    g_autofree char *bare_name = vdi_key_id(bare);

    return strcmp(keyid, whole_name) == 0 || strcmp(keyid, bare_name) == 0;
}

VdiKey *vdi_key_read(const char *keyid, VdiJson *object, GError **error)
{
    g_autofree char *keytype = NULL, *scheme = NULL, *public_value = NULL;
    g_autoptr(GError) local = NULL;
    g_autoptr(VdiKey) key = g_new0(VdiKey, 1);

    if (vdi_json_type(object) != VDI_JSON_OBJECT
        || !read_members(object, &keytype, &scheme, &public_value, &local)) {
        fail(local != NULL ? local->message : "not an object", keyid, error);
        return NULL;
    }
    if (!is_its_name(keyid, object)) {
        fail("a key is not the one that its name says", keyid, error);
        return NULL;
    }
    key->kind = find_kind(keytype, scheme);
    if (key->kind == NULL) {
        fail("a kind of key that is not known here", scheme, error);
        return NULL;
    }
    key->public_key = key->kind->read(public_value);
    if (key->public_key == NULL) {
        fail("it does not hold the kind of key that it announces", keyid, error);
        return NULL;
    }
    return g_steal_pointer(&key);
}

void vdi_key_free(VdiKey *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->public_key);
        g_free(key);
    }
}

bool vdi_key_verify(const VdiKey *key, GBytes *message, GBytes *signature)
{
    g_autoptr(EVP_MD_CTX) context = made(EVP_MD_CTX_new());
    size_t size = 0, signature_size = 0;
    const uint8_t *data = g_bytes_get_data(message, &size);
    const uint8_t *bytes = g_bytes_get_data(signature, &signature_size);

    if (signature_size == 0
        || EVP_DigestVerifyInit_ex(
               context, NULL, key->kind->digest, NULL, NULL, key->public_key, key->kind->options)
            != 1) {
        return false;
    }
    return EVP_DigestVerify(context, bytes, signature_size, data, size) == 1;
}

bool vdi_key_is_same(const VdiKey *a, const VdiKey *b)
{
    return EVP_PKEY_eq(a->public_key, b->public_key) == 1;
}

static void digest(const EVP_MD *algorithm, GBytes *bytes, uint8_t *ret_digest)
{
    size_t size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    if (EVP_Digest(data != NULL ? data : "", size, ret_digest, NULL, algorithm, NULL) != 1) {
        g_error("this computer's OpenSSL cannot compute SHA-2");
    }
}

void vdi_key_sha256(GBytes *bytes, uint8_t ret_digest[VDI_SHA256_BYTES])
{
    digest(EVP_sha256(), bytes, ret_digest);
}

void vdi_key_sha512(GBytes *bytes, uint8_t ret_digest[VDI_SHA512_BYTES])
{
    digest(EVP_sha512(), bytes, ret_digest);
}

char *vdi_key_id(VdiJson *object)
{
    g_autoptr(GBytes) canonical = vdi_canonical_write(object);
    uint8_t id[VDI_SHA256_BYTES];

    vdi_key_sha256(canonical, id);
    return vdi_hex_write(id, sizeof id);
}

/* ---- the author's half ---- */

VdiPrivateKey *vdi_private_key_generate(void)
{
    VdiPrivateKey *key = g_new0(VdiPrivateKey, 1);

    key->key = made(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
    return key;
}

void vdi_private_key_free(VdiPrivateKey *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->key); /* wipes it */
        g_free(key);
    }
}

static void write_sealed(BIO *out, EVP_PKEY *key, const VdiSecret *passphrase)
{
    const char *text = vdi_secret_text(passphrase);
    g_autoptr(PKCS8_PRIV_KEY_INFO) plain = made(EVP_PKEY2PKCS8(key));
    X509_ALGOR *how = made(PKCS5_pbe2_set_scrypt(
        EVP_aes_256_cbc(), NULL, SALT_BYTES, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P));
    g_autoptr(X509_SIG) sealed = made(PKCS8_set0_pbe(text, (int) strlen(text), plain, how));

    must(PEM_write_bio_PKCS8(out, sealed) == 1);
}

bool vdi_private_key_save(
    const VdiPrivateKey *key, const char *path, const VdiSecret *passphrase, GError **error)
{
    g_autoptr(BIO) memory = made(BIO_new(BIO_s_secmem()));
    char *text = NULL;

    if (passphrase != NULL) {
        write_sealed(memory, key->key, passphrase);
    } else {
        must(PEM_write_bio_PKCS8PrivateKey(memory, key->key, NULL, NULL, 0, NULL, NULL) == 1);
    }
    long size = BIO_get_mem_data(memory, &text);
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, (size_t) size);

    return vdi_file_create(path, bytes, 0600, error);
}

/* All of it into memory that is wiped. */
static BIO *read_secure(int fd, const char *path, GError **error)
{
    g_autoptr(BIO) memory = made(BIO_new(BIO_s_secmem()));
    char block[4096];
    ssize_t n = 0;
    size_t size = 0;

    while ((n = read(fd, block, sizeof block)) > 0 && size + (size_t) n <= KEY_FILE_MAX) {
        must(BIO_write(memory, block, (int) n) == n);
        size += (size_t) n;
    }
    vdi_secret_wipe(block, sizeof block);
    if (n != 0) {
        fail(n < 0 ? g_strerror(errno) : "larger than a key is", path, error);
        return NULL;
    }
    return g_steal_pointer(&memory);
}

static BIO *read_private_file(const char *path, GError **error)
{
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0) {
        fail(g_strerror(errno), path, error);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        fail("not a regular file", path, error);
        return NULL;
    }
    if ((status.st_mode & 077) != 0) {
        fail("others may read it; make it 0600", path, error);
        return NULL;
    }
    return read_secure(fd, path, error);
}

typedef struct {
    const VdiSecret *passphrase;
    bool is_asked;
} Unsealing;

static int hand_passphrase(char *buffer, int size, int writing, void *user)
{
    Unsealing *unsealing = user;
    const char *text =
        unsealing->passphrase != NULL ? vdi_secret_text(unsealing->passphrase) : NULL;
    size_t length = text != NULL ? strlen(text) : 0;

    unsealing->is_asked = true;
    if (text == NULL || length > (size_t) size) {
        return -1;
    }
    memcpy(buffer, text, length);
    return (int) length;
}

static void fail_unsealing(const Unsealing *unsealing, const char *path, GError **error)
{
    g_autofree char *quoted = vdi_text_quote(path);

    if (!unsealing->is_asked) {
        fail("not an Ed25519 private key in PEM", path, error);
        return;
    }
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE, "%s: %s", quoted,
        unsealing->passphrase != NULL ? "the passphrase is wrong" : "it has a passphrase");
}

VdiPrivateKey *vdi_private_key_load(const char *path, const VdiSecret *passphrase, GError **error)
{
    g_autoptr(BIO) memory = read_private_file(path, error);
    Unsealing unsealing = {.passphrase = passphrase};

    if (memory == NULL) {
        return NULL;
    }
    g_autoptr(VdiPrivateKey) key = g_new0(VdiPrivateKey, 1);

    key->key = PEM_read_bio_PrivateKey(memory, NULL, hand_passphrase, &unsealing);
    if (key->key == NULL) {
        fail_unsealing(&unsealing, path, error);
        return NULL;
    }
    if (!EVP_PKEY_is_a(key->key, "ED25519")) {
        fail("not an Ed25519 private key in PEM", path, error);
        return NULL;
    }
    return g_steal_pointer(&key);
}

GBytes *vdi_private_key_sign(const VdiPrivateKey *key, GBytes *message)
{
    g_autoptr(EVP_MD_CTX) context = made(EVP_MD_CTX_new());
    uint8_t signature[ED25519_SIGNATURE_BYTES];
    size_t size = 0, signature_size = sizeof signature;
    const uint8_t *data = g_bytes_get_data(message, &size);

    if (EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key->key, NULL) != 1
        || EVP_DigestSign(context, signature, &signature_size, data, size) != 1) {
        g_error("this computer's OpenSSL cannot sign with Ed25519");
    }
    return g_bytes_new(signature, signature_size);
}

static VdiJson *write_public(EVP_PKEY *key)
{
    uint8_t raw[ED25519_BYTES];
    size_t size = sizeof raw;

    must(EVP_PKEY_get_raw_public_key(key, raw, &size) == 1);
    g_autofree char *hex = vdi_hex_write(raw, size);
    VdiJson *object = vdi_json_new_object();

    vdi_json_add_text(object, "keytype", "ed25519");
    vdi_json_add_text(object, "scheme", "ed25519");
    vdi_json_add_text(vdi_json_add_object(object, "keyval"), "public", hex);
    return object;
}

VdiJson *vdi_private_key_public(const VdiPrivateKey *key)
{
    return write_public(key->key);
}

VdiJson *vdi_public_key_load(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, KEY_FILE_MAX, error);

    if (bytes == NULL) {
        return NULL;
    }
    g_autofree char *text =
        g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)); /* up to a NUL */
    g_autoptr(EVP_PKEY) key = read_pem(text);

    if (key == NULL || !EVP_PKEY_is_a(key, "ED25519")) {
        fail("not an Ed25519 public key in PEM", path, error);
        return NULL;
    }
    return write_public(key);
}
