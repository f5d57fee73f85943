/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/key.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/trust/canonical.h"
#include "compat/trust/hex.h"
#include "tests/support/check.h"

static VdiJson *parse(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return vdi_json_parse(bytes, 65536, NULL);
}

/* ---- canonical JSON ---- */

static void writes_canonical_json(void)
{
    static const struct {
        const char *name, *document, *canonical;
    } rows[] = {
        {"members are sorted", "{\"b\": 1, \"a\" : 2, \"B\": 3}", "{\"B\":3,\"a\":2,\"b\":1}"},
        {"code points, not locale", "{\"é\": 1, \"z\": 2, \"\\ud83d\\ude00\": 3, \"\\uff5e\": 4}",
            "{\"z\":2,\"é\":1,\"～\":4,\"😀\":3}"},
        {"only two characters are escaped", "[\"\\\\ \\\" \\/ \\n \\t \\u0001 \\u00e9\"]",
            "[\"\\\\ \\\" / \n \t \001 é\"]"},
        {"words and numbers", "[true, false, null, 0, -5, 9007199254740991]",
            "[true,false,null,0,-5,9007199254740991]"},
        {"nothing in it", "{\"a\": {}, \"b\": []}", "{\"a\":{},\"b\":[]}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiJson) json = parse(rows[i].document);
        g_autoptr(GBytes) canonical = vdi_canonical_write(json);

        CHECK_ROW(rows[i].name,
            g_bytes_get_size(canonical) == strlen(rows[i].canonical)
                && memcmp(g_bytes_get_data(canonical, NULL), rows[i].canonical,
                       strlen(rows[i].canonical))
                    == 0);
    }
}

/* The keys of the example root in section 4.3 of the specification. */
static void computes_the_names_of_known_keys(void)
{
    static const struct {
        const char *keyid, *public_value;
    } rows[] = {
        {"1bf1c6e3cdd3d3a8420b19199e27511999850f4b376c4547b2f32fba7e80fca3",
            "72378e5bc588793e58f81c8533da64a2e8f1565c1fcc7f253496394ffc52542c"},
        {"135c2f50e57ff11e744d234a62cebad8c38daf399604a7655661cc9199c69164",
            "68ead6e54a43f8f36f9717b10669d1ef0ebb38cee6b05317669341309f1069cb"},
        {"cb3fbd83df4ba2471a736b065650878280964a98843ec13b457a99b2a21cc3b4",
            "66dd78c5c2a78abc6fc6b267ff1a8017ba0e8bfc853dd97af351949bba021275"},
        {"66676daa73bdfb4804b56070c8927ae491e2a6c2314f05b854dea94de8ff6bfc",
            "01c61f8dc7d77fcef973f4267927541e355e8ceda757e2c402818dad850f856e"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"scheme\": \"ed25519\", \"keytype\": \"ed25519\", \"keyval\": {\"public\": \"%s\"}}",
            rows[i].public_value);
        g_autoptr(VdiJson) object = parse(text);
        g_autofree char *keyid = vdi_key_id(object);

        CHECK_TEXT(keyid, rows[i].keyid);
    }
}

/* ---- the three kinds ---- */

static VdiJson *describe(const char *keytype, const char *scheme, EVP_PKEY *pair)
{
    VdiJson *object = vdi_json_new_object();
    BIO *memory = BIO_new(BIO_s_mem());
    char *pem = NULL;

    vdi_json_add_text(object, "keytype", keytype);
    vdi_json_add_text(object, "scheme", scheme);
    PEM_write_bio_PUBKEY(memory, pair);
    long size = BIO_get_mem_data(memory, &pem);
    g_autofree char *text = g_strndup(pem, (gsize) size);

    vdi_json_add_text(vdi_json_add_object(object, "keyval"), "public", text);
    BIO_free(memory);
    return object;
}

static VdiKey *read_key(VdiJson *object)
{
    g_autofree char *keyid = vdi_key_id(object);

    return vdi_key_read(keyid, object, NULL);
}

static GBytes *sign(EVP_PKEY *pair, GBytes *message, int padding, int salt)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    size_t size = 0, length = 0;
    const uint8_t *data = g_bytes_get_data(message, &size);

    EVP_DigestSignInit_ex(context, &options, "SHA256", NULL, NULL, pair, NULL);
    if (padding != 0) {
        EVP_PKEY_CTX_set_rsa_padding(options, padding);
    }
    if (padding == RSA_PKCS1_PSS_PADDING) {
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt);
    }
    EVP_DigestSign(context, NULL, &length, data, size);
    uint8_t *signature = g_malloc(length);

    EVP_DigestSign(context, signature, &length, data, size);
    EVP_MD_CTX_free(context);
    return g_bytes_new_take(signature, length);
}

static GBytes *flipped(GBytes *bytes)
{
    size_t size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    uint8_t *copy = g_memdup2(data, size);

    copy[size - 1] ^= 1;
    return g_bytes_new_take(copy, size);
}

/* Right over the message; wrong over another, with a bit flipped, cut, or empty. */
static void check_signature(const char *name, const VdiKey *key, GBytes *message, GBytes *signature)
{
    g_autoptr(GBytes) other = g_bytes_new_static("other", 5);
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    g_autoptr(GBytes) flip = flipped(signature);
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(signature, 0, g_bytes_get_size(signature) - 1);

    CHECK_ROW(name, vdi_key_verify(key, message, signature));
    CHECK_ROW(name, !vdi_key_verify(key, other, signature));
    CHECK_ROW(name, !vdi_key_verify(key, message, flip));
    CHECK_ROW(name, !vdi_key_verify(key, message, cut));
    CHECK_ROW(name, !vdi_key_verify(key, message, empty));
}

static void verifies_ecdsa(void)
{
    g_autoptr(GBytes) message = g_bytes_new_static("message", 7);
    EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    static const char *const keytypes[] = {"ecdsa", "ecdsa-sha2-nistp256"};

    for (size_t i = 0; i < G_N_ELEMENTS(keytypes); i++) {
        g_autoptr(VdiJson) object = describe(keytypes[i], "ecdsa-sha2-nistp256", pair);
        g_autoptr(VdiKey) key = read_key(object);
        g_autoptr(GBytes) signature = sign(pair, message, 0, 0);

        CHECK(key != NULL);
        check_signature(keytypes[i], key, message, signature);
    }
    EVP_PKEY_free(pair);
}

static void verifies_rsa_pss_with_any_salt(void)
{
    g_autoptr(GBytes) message = g_bytes_new_static("message", 7);
    EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t) 2048);
    g_autoptr(VdiJson) object = describe("rsa", "rsassa-pss-sha256", pair);
    g_autoptr(VdiKey) key = read_key(object);
    g_autoptr(GBytes) usual = sign(pair, message, RSA_PKCS1_PSS_PADDING, 32);
    g_autoptr(GBytes) longest = sign(pair, message, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_MAX);
    g_autoptr(GBytes) older = sign(pair, message, RSA_PKCS1_PADDING, 0);

    CHECK(key != NULL);
    check_signature("salt of 32 bytes", key, message, usual);
    check_signature("longest salt", key, message, longest);
    CHECK(!vdi_key_verify(key, message, older));
    EVP_PKEY_free(pair);
}

/* RFC 8032, section 7.1, test 2. */
static void verifies_ed25519(void)
{
    static const char public_value[] =
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    static const char hex[] = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    uint8_t raw[64];
    g_autoptr(VdiJson) object = vdi_json_new_object();

    vdi_json_add_text(object, "keytype", "ed25519");
    vdi_json_add_text(object, "scheme", "ed25519");
    vdi_json_add_text(vdi_json_add_object(object, "keyval"), "public", public_value);
    g_autoptr(VdiKey) key = read_key(object);
    g_autoptr(GBytes) message = g_bytes_new_static("\x72", 1);

    CHECK(key != NULL && vdi_hex_read(hex, raw, sizeof raw));
    g_autoptr(GBytes) signature = g_bytes_new(raw, sizeof raw);

    check_signature("ed25519", key, message, signature);
}

/* A modulus of that many bits and 65537; nobody has its private half. */
static EVP_PKEY *huge_rsa(int bits)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_new();
    EVP_PKEY *key = NULL;

    BN_set_bit(modulus, bits - 1);
    BN_set_bit(modulus, 0);
    OSSL_PARAM_BLD_push_BN(builder, "n", modulus);
    OSSL_PARAM_BLD_push_ulong(builder, "e", 65537);
    OSSL_PARAM *values = OSSL_PARAM_BLD_to_param(builder);

    EVP_PKEY_fromdata_init(context);
    CHECK(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, values) == 1);
    OSSL_PARAM_free(values);
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* What is announced as PEM and is none. */
static void refuses_public_values_that_are_no_keys(void)
{
    static const struct {
        const char *keytype, *scheme;
        size_t digits;
    } rows[] = {
        {"rsa", "rsassa-pss-sha256", 64},
        {"ecdsa", "ecdsa-sha2-nistp256", 64},
        {"ed25519", "ed25519", 63},
        {"ed25519", "ed25519", 66},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiJson) object = vdi_json_new_object();
        g_autofree char *digits = g_strnfill(rows[i].digits, 'a');

        vdi_json_add_text(object, "keytype", rows[i].keytype);
        vdi_json_add_text(object, "scheme", rows[i].scheme);
        vdi_json_add_text(vdi_json_add_object(object, "keyval"), "public", digits);
        g_autofree char *keyid = vdi_key_id(object);
        GError *error = NULL;

        CHECK_ROW(rows[i].keytype, vdi_key_read(keyid, object, &error) == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY);
    }
}

static void refuses_keys_that_are_not_what_they_say(void)
{
    EVP_PKEY *huge = huge_rsa(16392);
    EVP_PKEY *p384 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    EVP_PKEY *p256 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY *small = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t) 1024);
    const struct {
        const char *name, *keytype, *scheme;
        EVP_PKEY *pair;
    } rows[] = {
        {"another curve", "ecdsa", "ecdsa-sha2-nistp256", p384},
        {"RSA of 1024 bits", "rsa", "rsassa-pss-sha256", small},
        {"RSA of more bits than are worth it", "rsa", "rsassa-pss-sha256", huge},
        {"a curve called RSA", "rsa", "rsassa-pss-sha256", p256},
        {"RSA called a curve", "ecdsa", "ecdsa-sha2-nistp256", small},
        {"PEM where hex is due", "ed25519", "ed25519", p256},
        {"an unknown scheme", "ecdsa", "ecdsa-sha2-nistp521", p256},
        {"an unknown type", "sphincs", "ed25519", p256},
        {"a type with another's scheme", "rsa", "ed25519", p256},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiJson) object = describe(rows[i].keytype, rows[i].scheme, rows[i].pair);
        g_autoptr(VdiKey) key = read_key(object);

        CHECK_ROW(rows[i].name, key == NULL);
    }
    g_autoptr(VdiJson) right = describe("ecdsa", "ecdsa-sha2-nistp256", p256);
    GError *error = NULL;
    VdiKey *misnamed = vdi_key_read("00", right, &error);

    CHECK(misnamed == NULL);
    vdi_key_free(misnamed); /* nothing: every free takes that */
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY);
    EVP_PKEY_free(huge);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(small);
}

static void a_key_is_named_with_or_without_the_members_added_to_it(void)
{
#define ED25519                                                                                    \
    "\"keytype\":\"ed25519\",\"keyval\":{\"public\":"                                              \
    "\"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\"},"                       \
    "\"scheme\":\"ed25519\""
    static const char text[] = "{" ED25519 ",\"x\":[1],\"keyid_hash_algorithms\":[\"sha256\"]}";
    static const struct {
        const char *name, *hashed;
        bool is_right;
    } rows[] = {
        {"the whole object", "{\"keyid_hash_algorithms\":[\"sha256\"]," ED25519 ",\"x\":[1]}",
            true},
        {"the three members", "{" ED25519 "}", true},
        {"some of the others", "{" ED25519 ",\"x\":[1]}", false},
        {"another value", "{\"keyid_hash_algorithms\":[\"md5\"]," ED25519 ",\"x\":[1]}", false},
        {"another key", "{}", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiJson) object = parse(text);
        g_autofree char *keyid =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, rows[i].hashed, -1);
        g_autofree char *upper = g_ascii_strup(keyid, -1);
        GError *error = NULL;
        g_autoptr(VdiKey) key = vdi_key_read(keyid, object, &error);

        CHECK_ROW(rows[i].name, (key != NULL) == rows[i].is_right);
        if (rows[i].is_right) {
            CHECK_NO_ERROR(error);
        } else {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY);
        }
        CHECK_ROW(rows[i].name, vdi_key_read(upper, object, NULL) == NULL);
    }
}

static void knows_one_key_under_two_names(void)
{
    g_autoptr(VdiPrivateKey) pair = vdi_private_key_generate();
    g_autoptr(VdiPrivateKey) other = vdi_private_key_generate();
    g_autoptr(VdiJson) plain = vdi_private_key_public(pair);
    g_autoptr(VdiJson) renamed = vdi_private_key_public(pair);
    g_autoptr(VdiJson) stranger = vdi_private_key_public(other);

    vdi_json_add_text(renamed, "x-name", "another");
    g_autoptr(VdiKey) a = read_key(plain);
    g_autoptr(VdiKey) b = read_key(renamed);
    g_autoptr(VdiKey) c = read_key(stranger);

    CHECK(vdi_key_is_same(a, b));
    CHECK(!vdi_key_is_same(a, c));
}

/* ---- private keys ---- */

static void saves_a_private_key_for_its_owner_alone(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "keys", "root.pem", NULL);
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    g_autoptr(VdiPrivateKey) another = vdi_private_key_generate();
    GError *error = NULL;
    GStatBuf status;

    CHECK(vdi_private_key_save(key, path, NULL, &error));
    CHECK_NO_ERROR(error);
    CHECK(g_stat(path, &status) == 0 && (status.st_mode & 07777) == 0600);
    CHECK(!vdi_private_key_save(another, path, NULL, &error));
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
    g_autoptr(VdiPrivateKey) loaded = vdi_private_key_load(path, NULL, &error);

    CHECK_NO_ERROR(error);
    g_autoptr(VdiJson) before = vdi_private_key_public(key);
    g_autoptr(VdiJson) after = vdi_private_key_public(loaded);
    g_autofree char *one = vdi_json_print(before);
    g_autofree char *two = vdi_json_print(after);

    CHECK_TEXT(two, one);
    g_autoptr(GBytes) message = g_bytes_new_static("message", 7);
    g_autoptr(GBytes) signature = vdi_private_key_sign(loaded, message);
    g_autoptr(VdiKey) public_key = read_key(before);

    check_signature("saved and loaded", public_key, message, signature);
}

static void refuses_private_keys_that_it_should_not_use(void)
{
    g_autofree char *open = g_build_filename(test_folder(), "open.pem", NULL);
    g_autofree char *other = g_build_filename(test_folder(), "ec.pem", NULL);
    g_autofree char *none = g_build_filename(test_folder(), "none.pem", NULL);
    g_autofree char *garbage = g_build_filename(test_folder(), "garbage.pem", NULL);
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    FILE *file = fopen(other, "w");
    g_autofree char *large = g_build_filename(test_folder(), "large.pem", NULL);
    g_autofree char *blanks = g_strnfill(20000, ' ');
    const char *const paths[] = {
        open, other, none, garbage, large, test_folder(), "/proc/self/mem"}; /* the last: EIO */

    PEM_write_PKCS8PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    g_chmod(other, 0600);
    EVP_PKEY_free(pair);
    CHECK(vdi_private_key_save(key, open, NULL, NULL));
    g_chmod(open, 0640);
    CHECK(vdi_file_write_text(garbage, "not a key", 0600, NULL));
    CHECK(vdi_file_write_text(large, blanks, 0600, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        GError *error = NULL;
        g_autoptr(VdiPrivateKey) loaded = vdi_private_key_load(paths[i], NULL, &error);

        CHECK_ROW(paths[i], loaded == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY);
    }
}

static VdiSecret *secret(const char *text)
{
    return vdi_secret_new(text, strlen(text));
}

static void seals_a_private_key_with_a_passphrase(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "sealed.pem", NULL);
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    g_autofree char *longest = g_strnfill(VDI_SECRET_MAX, 'x');
    g_autofree char *other = g_build_filename(test_folder(), "longest.pem", NULL);
    g_autoptr(VdiSecret) right = secret("correct horse"), wrong = secret("battery staple");
    g_autoptr(VdiSecret) long_one = secret(longest);
    GError *error = NULL;

    CHECK(vdi_private_key_save(key, path, right, &error));
    g_autoptr(GBytes) bytes = vdi_file_read(path, 4096, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    CHECK(g_str_has_prefix(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    g_autoptr(VdiPrivateKey) unasked = vdi_private_key_load(path, NULL, &error);

    CHECK(unasked == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE);
    g_autoptr(VdiPrivateKey) guessed = vdi_private_key_load(path, wrong, &error);

    CHECK(guessed == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE);
    /* The longest that there is opens what it sealed, and nothing else. */
    CHECK(long_one != NULL && vdi_private_key_load(path, long_one, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE);
    CHECK(vdi_private_key_save(key, other, long_one, &error));
    g_autoptr(VdiPrivateKey) reopened = vdi_private_key_load(other, long_one, &error);

    CHECK_NO_ERROR(error);
    CHECK(reopened != NULL);
    g_autoptr(VdiPrivateKey) loaded = vdi_private_key_load(path, right, &error);

    CHECK_NO_ERROR(error);
    g_autoptr(VdiJson) before = vdi_private_key_public(key);
    g_autoptr(VdiJson) after = vdi_private_key_public(loaded);
    g_autofree char *one = vdi_key_id(before);
    g_autofree char *two = vdi_key_id(after);

    CHECK_TEXT(two, one);
}

static void reads_the_public_half_of_anothers_key(void)
{
    static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
                              "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
                              "-----END PUBLIC KEY-----\n";
    g_autofree char *path = g_build_filename(test_folder(), "anna.pub", NULL);
    GError *error = NULL;

    CHECK(vdi_file_write_text(path, pem, 0644, NULL));
    g_autoptr(VdiJson) object = vdi_public_key_load(path, &error);

    CHECK_NO_ERROR(error);
    g_autofree char *text = vdi_json_print(object);

    CHECK(strstr(text, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c") != NULL);
    CHECK(vdi_file_write_text(path, "none", 0644, NULL));
    CHECK(vdi_public_key_load(path, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY);
    EVP_PKEY *curve = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    FILE *file = fopen(path, "w");

    PEM_write_PUBKEY(file, curve);
    fclose(file);
    EVP_PKEY_free(curve);
    CHECK(vdi_public_key_load(path, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_KEY);
    CHECK(vdi_public_key_load("/nowhere", &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
}

const Test tests[] = {
    {"writes canonical JSON", writes_canonical_json},
    {"computes the names of known keys", computes_the_names_of_known_keys},
    {"verifies Ed25519", verifies_ed25519},
    {"verifies ECDSA over P-256", verifies_ecdsa},
    {"verifies RSA-PSS with any salt", verifies_rsa_pss_with_any_salt},
    {"refuses keys that are not what they say", refuses_keys_that_are_not_what_they_say},
    {"refuses public values that are no keys", refuses_public_values_that_are_no_keys},
    {"a key is named with or without the members added to it",
        a_key_is_named_with_or_without_the_members_added_to_it},
    {"knows one key under two names", knows_one_key_under_two_names},
    {"saves a private key for its owner alone", saves_a_private_key_for_its_owner_alone},
    {"refuses private keys that it should not use", refuses_private_keys_that_it_should_not_use},
    {"seals a private key with a passphrase", seals_a_private_key_with_a_passphrase},
    {"reads the public half of another's key", reads_the_public_half_of_anothers_key},
    TEST_END,
};
