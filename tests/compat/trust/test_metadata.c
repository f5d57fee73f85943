/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/metadata.h"

#include <string.h>

#include "base/error.h"
#include "compat/trust/canonical.h"
#include "compat/trust/envelope.h"
#include "compat/trust/hex.h"
#include "compat/trust/signing.h"
#include "tests/support/check.h"

enum { EXPIRES = 1800000000 };

/* One key that signs for all four roles. */
typedef struct {
    VdiPrivateKey *key;
    VdiMetadata *root;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
    vdi_private_key_free(fixture->key);
    vdi_metadata_free(fixture->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static VdiJson *root_of(const VdiPrivateKey *const *keys, int64_t threshold)
{
    VdiSigningRole roles[VDI_N_ROLES];

    for (int i = 0; i < VDI_N_ROLES; i++) {
        roles[i] = (VdiSigningRole){keys, threshold};
    }
    return vdi_signing_root(1, EXPIRES, roles);
}

static Fixture fixture_new(void)
{
    Fixture fixture = {.key = vdi_private_key_generate()};
    const VdiPrivateKey *keys[] = {fixture.key, NULL};
    g_autoptr(VdiJson) object = root_of(keys, 1);
    g_autoptr(GBytes) bytes = vdi_signing_write(object, keys);

    fixture.root = vdi_metadata_verify_root(bytes, NULL, NULL);
    return fixture;
}

static GBytes *bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

/* ---- what it says ---- */

/* A signed file around `text`, the "signed" part, by the fixture's key. */
static GBytes *sign_text(const Fixture *fixture, const char *text)
{
    g_autoptr(GBytes) raw = bytes_of(text);
    g_autoptr(VdiJson) part = vdi_json_parse(raw, 65536, NULL);
    const VdiPrivateKey *keys[] = {fixture->key, NULL};

    return part != NULL ? vdi_signing_write(part, keys) : NULL;
}

#define HEAD(type) "\"_type\":\"" type "\",\"spec_version\":\"1.0.0\","
#define END "\"version\":1,\"expires\":\"2030-01-01T00:00:00Z\"}"
#define HASHES_15                                                                                  \
    "\"sha256\":\"" HASH                                                                           \
    "\",\"1\":\"\",\"2\":\"\",\"3\":\"\",\"4\":\"\",\"5\":\"\",\"6\":\"\",\"7\":\"\",\"8\":\"\","  \
    "\"9\":\"\",\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\",\"e\":\"\""
#define A16 "aaaaaaaaaaaaaaaa"
#define A256 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16
#define A1024 A256 A256 A256 A256
#define HASH "0000000000000000000000000000000000000000000000000000000000000000"

typedef struct {
    const char *name;
    VdiRole role;
    const char *text;
    bool is_right;
} Row;

static const Row rows[] = {
    {"a timestamp", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1}}," END, true},
    {"unknown members", VDI_ROLE_TIMESTAMP,
        "{\"x\":{\"y\":[null]}," HEAD(
            "timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"z\":1}}," END,
        true},
    {"an older way to write the version", VDI_ROLE_TIMESTAMP,
        "{\"_type\":\"timestamp\",\"spec_version\":\"1.0\","
        "\"meta\":{\"snapshot.json\":{\"version\":1}}," END,
        true},
    {"another role", VDI_ROLE_TIMESTAMP,
        "{" HEAD("snapshot") "\"meta\":{\"snapshot.json\":{\"version\":1}}," END, false},
    {"no _type", VDI_ROLE_TIMESTAMP,
        "{\"spec_version\":\"1.0.0\",\"meta\":{\"snapshot.json\":{\"version\":1}}," END, false},
    {"version 2 of the specification", VDI_ROLE_TIMESTAMP,
        "{\"_type\":\"timestamp\",\"spec_version\":\"2.0.0\","
        "\"meta\":{\"snapshot.json\":{\"version\":1}}," END,
        false},
    {"version 10 of the specification", VDI_ROLE_TIMESTAMP,
        "{\"_type\":\"timestamp\",\"spec_version\":\"10.0\","
        "\"meta\":{\"snapshot.json\":{\"version\":1}}," END,
        false},
    {"version 0", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1}},\"version\":0,"
                              "\"expires\":\"2030-01-01T00:00:00Z\"}",
        false},
    {"a version in text", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1}},\"version\":\"1\","
                              "\"expires\":\"2030-01-01T00:00:00Z\"}",
        false},
    {"a date with an offset", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1}},\"version\":1,"
                              "\"expires\":\"2030-01-01T00:00:00+01:00\"}",
        false},
    {"a date with a fraction", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1}},\"version\":1,"
                              "\"expires\":\"2030-01-01T00:00:00.5Z\"}",
        false},
    {"a timestamp without a snapshot", VDI_ROLE_TIMESTAMP, "{" HEAD("timestamp") "\"meta\":{}," END,
        false},
    {"a timestamp about more", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1},"
                              "\"targets.json\":{\"version\":1}}," END,
        false},
    {"an empty list of hashes", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{}}}," END,
        false},
    {"a hash that is short", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,"
                              "\"hashes\":{\"sha256\":\"00\"}}}," END,
        false},
    {"a hash that is not hexadecimal", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha256\":"
                              "\"zz00000000000000000000000000000000000000000000000000000000000000"
                              "\"}}}," END,
        false},
    {"a hash whose second digit is none", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha256\":"
                              "\"0z00000000000000000000000000000000000000000000000000000000000000"
                              "\"}}}," END,
        false},
    {"a SHA-512 that is short", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{"
                              "\"sha256\":\"" HASH "\",\"sha512\":\"00\"}}}," END,
        false},
    {"as many hashes as there may be", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{" HASHES_15
                              ",\"f\":\"\"}}}," END,
        true},
    {"more hashes than there may be", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"hashes\":{" HASHES_15
                              ",\"f\":\"\",\"g\":\"\"}}}," END,
        false},
    {"a word for a version of the specification", VDI_ROLE_TIMESTAMP,
        "{\"_type\":\"timestamp\",\"spec_version\":\"1.x\","
        "\"meta\":{\"snapshot.json\":{\"version\":1}}," END,
        false},
    {"a length of nothing", VDI_ROLE_TIMESTAMP,
        "{" HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1,\"length\":0}}," END,
        false},
    {"a snapshot", VDI_ROLE_SNAPSHOT,
        "{" HEAD("snapshot") "\"meta\":{\"targets.json\":{\"version\":1},\"a.json\":"
                             "{\"version\":7,\"length\":5,\"hashes\":{\"sha256\":\"" HASH
                             "\"}}}," END,
        true},
    {"a snapshot without targets", VDI_ROLE_SNAPSHOT,
        "{" HEAD("snapshot") "\"meta\":{\"a.json\":{\"version\":1}}," END, false},
    {"targets", VDI_ROLE_TARGETS,
        "{" HEAD("targets") "\"targets\":{\"a/b\":{\"length\":0,\"hashes\":{\"sha256\":\"" HASH
                            "\"},\"custom\":{\"x\":1}}}," END,
        true},
    {"no targets at all", VDI_ROLE_TARGETS, "{" HEAD("targets") "\"targets\":{}," END, true},
    {"a target without hashes", VDI_ROLE_TARGETS,
        "{" HEAD("targets") "\"targets\":{\"a\":{\"length\":1}}," END, false},
    {"a target without a length", VDI_ROLE_TARGETS,
        "{" HEAD("targets") "\"targets\":{\"a\":{\"hashes\":{\"sha256\":\"" HASH "\"}}}," END,
        false},
    {"a target with the longest name", VDI_ROLE_TARGETS,
        "{" HEAD("targets") "\"targets\":{\"" A1024
                            "\":{\"length\":1,\"hashes\":{\"sha256\":\"" HASH "\"}}}," END,
        true},
    {"a target with a longer name", VDI_ROLE_TARGETS,
        "{" HEAD("targets") "\"targets\":{\"b" A1024
                            "\":{\"length\":1,\"hashes\":{\"sha256\":\"" HASH "\"}}}," END,
        false},
    {"a target without a name", VDI_ROLE_TARGETS,
        "{" HEAD("targets") "\"targets\":{\"\":{\"length\":1,\"hashes\":{\"sha256\":\"" HASH
                            "\"}}}," END,
        false},
};

static void reads_what_the_specification_allows(void)
{
    g_auto(Fixture) fixture = fixture_new();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GError *error = NULL;
        g_autoptr(GBytes) document = sign_text(&fixture, rows[i].text);

        CHECK_ROW(rows[i].name, document != NULL);
        g_autoptr(VdiMetadata) metadata =
            vdi_metadata_verify(rows[i].role, document, fixture.root, &error);

        CHECK_ROW(rows[i].name, (metadata != NULL) == rows[i].is_right);
        if (!rows[i].is_right) {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
        }
        g_clear_error(&error);
    }
}

/* ---- what is not even JSON ---- */

static void refuses_broken_json(void)
{
    static const struct {
        const char *name, *text;
    } broken[] = {
        {"duplicate member", "{\"signed\":{},\"signed\":{},\"signatures\":[]}"},
        {"duplicate member inside", "{\"signed\":{\"a\":1,\"a\":2},\"signatures\":[]}"},
        {"NUL in a name", "{\"signed\":{\"a\\u0000b\":1},\"signatures\":[]}"},
        {"NaN", "{\"signed\":{\"a\":NaN},\"signatures\":[]}"},
        {"1e400", "{\"signed\":{\"a\":1e400},\"signatures\":[]}"},
        {"a fraction", "{\"signed\":{\"a\":1.5},\"signatures\":[]}"},
        {"a number that would saturate",
            "{\"signed\":{\"version\":99999999999999999999},\"signatures\":[]}"},
        {"2^63 - 1", "{\"signed\":{\"version\":9223372036854775807},\"signatures\":[]}"},
        {"overlong UTF-8", "{\"signed\":{\"a\":\"\xc0\xaf\"},\"signatures\":[]}"},
        {"single quotes", "{'signed':{},'signatures':[]}"},
        {"bytes after the end", "{\"signed\":{},\"signatures\":[]} x"},
        {"no signatures", "{\"signed\":{}}"},
        {"no signed part", "{\"signatures\":[]}"},
        {"an array", "[]"},
        {"signatures in an object", "{\"signed\":{},\"signatures\":{}}"},
        {"a signature without a key", "{\"signed\":{},\"signatures\":[{\"sig\":\"00\"}]}"},
        {"duplicate keyid in signatures",
            "{\"signed\":{},\"signatures\":[{\"keyid\":\"a\","
            "\"sig\":\"00\"},{\"keyid\":\"a\",\"sig\":\"11\"}]}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GBytes) document = bytes_of(broken[i].text);
        GError *error = NULL;
        g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(document, 65536, &error);

        CHECK_ROW(broken[i].name, envelope == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
    }
    g_autofree char *deep = g_strnfill(10000, '[');
    g_autoptr(GBytes) document = bytes_of(deep);
    g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(document, 65536, NULL);

    CHECK(envelope == NULL);
}

/* ---- whose it is ---- */

enum { KEYS = 3 };

/* How a row signs: whose name each signature bears, and whose it is. -1 ends. */
typedef struct {
    const char *name;
    int64_t threshold;
    struct {
        int named, by; /* by -1: empty; -2: no hexadecimal; -3: another message */
    } signatures[4];
    size_t n;
    bool is_verified;
} Signing;

static const Signing signings[] = {
    {"one of one", 1, {{0, 0}}, 1, true},
    {"none", 1, {{0, 0}}, 0, false},
    {"two of two", 2, {{0, 0}, {1, 1}}, 2, true},
    {"below the threshold", 2, {{0, 0}}, 1, false},
    {"a wrong signature does not count", 2, {{0, 0}, {1, 0}}, 2, false},
    {"a wrong signature does no harm", 1, {{1, 0}, {0, 0}}, 2, true},
    {"an empty signature does not count", 2, {{0, 0}, {1, -1}}, 2, false},
    {"an empty signature does no harm", 1, {{1, -1}, {0, 0}}, 2, true},
    {"no hexadecimal does not count", 2, {{0, 0}, {1, -2}}, 2, false},
    {"over another message", 1, {{0, -3}}, 1, false},
    {"a stranger's key does not count", 1, {{9, 9}}, 1, false},
    {"above the number of keys", 4, {{0, 0}, {1, 1}, {2, 2}}, 3, false},
};

static GBytes *sign_row(
    const Signing *row, VdiPrivateKey **keys, const VdiPrivateKey *stranger, VdiJson *part)
{
    g_autoptr(VdiJson) file = vdi_json_new_object();
    g_autoptr(GBytes) canonical = vdi_canonical_write(part);
    g_autoptr(GBytes) other = g_bytes_new_static("{}", 2);
    VdiJson *signatures = vdi_json_add_array(file, "signatures");

    for (size_t i = 0; i < row->n; i++) {
        int named = row->signatures[i].named, by = row->signatures[i].by;
        g_autoptr(VdiJson) object = vdi_private_key_public(named < KEYS ? keys[named] : stranger);
        g_autofree char *keyid = vdi_key_id(object);
        g_autoptr(GBytes) made = vdi_private_key_sign(by >= 0 && by < KEYS ? keys[by]
                : by == -3                                                 ? keys[0]
                                                                           : stranger,
            by == -3 ? other : canonical);
        g_autofree char *hex = vdi_hex_write(g_bytes_get_data(made, NULL), g_bytes_get_size(made));
        VdiJson *signature = vdi_json_add_object(signatures, NULL);

        vdi_json_add_text(signature, "keyid", keyid);
        vdi_json_add_text(signature, "sig", by == -1 ? "" : by == -2 ? "no hex" : hex);
    }
    vdi_json_add_copy(file, "signed", part);
    char *text = vdi_json_print(file);

    return g_bytes_new_take(text, strlen(text));
}

static void counts_signatures(void)
{
    VdiPrivateKey *keys[KEYS + 1] = {NULL};
    g_autoptr(VdiPrivateKey) stranger = vdi_private_key_generate();

    for (int i = 0; i < KEYS; i++) {
        keys[i] = vdi_private_key_generate();
    }
    for (size_t i = 0; i < G_N_ELEMENTS(signings); i++) {
        g_autoptr(VdiJson) part =
            root_of((const VdiPrivateKey *const *) keys, signings[i].threshold);
        g_autoptr(GBytes) document = sign_row(&signings[i], keys, stranger, part);
        GError *error = NULL;
        g_autoptr(VdiMetadata) root = vdi_metadata_verify_root(document, NULL, &error);

        CHECK_ROW(signings[i].name, (root != NULL) == signings[i].is_verified);
        if (!signings[i].is_verified) {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
        }
        g_clear_error(&error);
    }
    for (int i = 0; i < KEYS; i++) {
        vdi_private_key_free(keys[i]);
    }
}

/* A root in which one key stands under `n` names, each with a signature. `extra` makes the names
 * differ. */
static GBytes *one_key_often(VdiPrivateKey *key, int n, int64_t threshold, bool is_unknown)
{
    g_autoptr(VdiJson) file = vdi_json_new_object(), part = vdi_json_new_object();
    VdiJson *signatures = vdi_json_add_array(file, "signatures");
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    vdi_json_add_text(part, "_type", "root");
    vdi_json_add_text(part, "spec_version", "1.0.0");
    vdi_json_add_integer(part, "version", 1);
    vdi_json_add_time(part, "expires", EXPIRES);
    VdiJson *keys = vdi_json_add_object(part, "keys");

    for (int i = 0; i < n; i++) {
        g_autoptr(VdiJson) object = vdi_private_key_public(key);

        vdi_json_add_integer(object, is_unknown ? "scheme-number" : "x-number", i);
        char *id = vdi_key_id(object);

        vdi_json_add_copy(keys, id, object);
        g_ptr_array_add(ids, id);
    }
    VdiJson *roles = vdi_json_add_object(part, "roles");

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        VdiJson *entry = vdi_json_add_object(roles, vdi_role_name(role));
        VdiJson *list = vdi_json_add_array(entry, "keyids");

        for (guint i = 0; i < ids->len; i++) {
            vdi_json_add_text(list, NULL, g_ptr_array_index(ids, i));
            vdi_json_add_text(list, NULL, g_ptr_array_index(ids, i)); /* listed twice */
        }
        vdi_json_add_integer(entry, "threshold", threshold);
    }
    g_autoptr(GBytes) canonical = vdi_canonical_write(part);
    g_autoptr(GBytes) made = vdi_private_key_sign(key, canonical);
    g_autofree char *hex = vdi_hex_write(g_bytes_get_data(made, NULL), g_bytes_get_size(made));

    for (guint i = 0; i < ids->len; i++) {
        VdiJson *signature = vdi_json_add_object(signatures, NULL);

        vdi_json_add_text(signature, "keyid", g_ptr_array_index(ids, i));
        vdi_json_add_text(signature, "sig", hex);
    }
    vdi_json_add_copy(file, "signed", part);
    char *text = vdi_json_print(file);

    return g_bytes_new_take(text, strlen(text));
}

static void counts_one_key_under_nine_names_once(void)
{
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    g_autoptr(GBytes) enough = one_key_often(key, 9, 1, false);
    g_autoptr(GBytes) pretended = one_key_often(key, 9, 2, false);
    GError *error = NULL;
    g_autoptr(VdiMetadata) root = vdi_metadata_verify_root(enough, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(root != NULL && !root->consistent_snapshot);
    g_autoptr(VdiMetadata) none = vdi_metadata_verify_root(pretended, NULL, &error);

    CHECK(none == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
}

static void never_counts_an_unusable_key(void)
{
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    g_autoptr(GBytes) document = one_key_often(key, 1, 1, false);
    size_t size = 0;
    const char *data = g_bytes_get_data(document, &size);
    g_autofree char *text = g_strndup(data, size);
    g_auto(GStrv) parts = g_strsplit(text, "\"scheme\":\"ed25519\"", -1);
    g_autofree char *unknown = g_strjoinv("\"scheme\":\"ed25520\"", parts);
    g_autoptr(GBytes) changed = bytes_of(unknown);
    GError *error = NULL;
    g_autoptr(VdiMetadata) root = vdi_metadata_verify_root(changed, NULL, &error);

    CHECK(g_strv_length(parts) > 1);
    CHECK(root == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
}

static void refuses_a_root_that_lacks_a_member(void)
{
    static const char *const members[] = {
        "_type", "spec_version", "version", "expires", "keys", "roles"};
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    const VdiPrivateKey *keys[] = {key, NULL};
    g_autoptr(VdiJson) whole = root_of(keys, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autoptr(VdiJson) part = vdi_json_new_object();

        for (size_t at = 0; at < vdi_json_length(whole); at++) {
            if (!g_str_equal(vdi_json_name(whole, at), members[i])) {
                vdi_json_add_copy(part, vdi_json_name(whole, at), vdi_json_element(whole, at));
            }
        }
        g_autoptr(GBytes) document = vdi_signing_write(part, keys);
        GError *error = NULL;
        g_autoptr(VdiMetadata) root = vdi_metadata_verify_root(document, NULL, &error);

        CHECK_ROW(members[i], root == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
    }
}

/* The text of a root in which `from` became `to`, signed by its key. */
static VdiMetadata *read_edited_root(const char *from, const char *to, GError **error)
{
    g_auto(Fixture) fixture = fixture_new();
    const VdiPrivateKey *keys[] = {fixture.key, NULL};
    g_autoptr(VdiJson) whole = root_of(keys, 1);
    g_autofree char *text = vdi_json_print(whole);
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    g_autofree char *edited = g_strjoinv(to, parts);
    g_autoptr(GBytes) document = sign_text(&fixture, edited);

    CHECK(g_strv_length(parts) == 2 && document != NULL);
    return vdi_metadata_verify_root(document, NULL, error);
}

/* It may be a link in the middle of a chain. */
static void a_root_with_an_odd_date_has_no_date(void)
{
    GError *error = NULL;
    g_autoptr(VdiMetadata) odd =
        read_edited_root("2027-01-15T08:00:00Z", "2027-01-15T08:00:00.5Z", &error);
    g_autoptr(VdiMetadata) words = read_edited_root("2027-01-15T08:00:00Z", "some day", &error);

    CHECK_NO_ERROR(error);
    CHECK(odd != NULL && odd->expires_at == VDI_METADATA_EXPIRES_UNKNOWN);
    CHECK(words != NULL && words->expires_at == VDI_METADATA_EXPIRES_UNKNOWN);
}

static void the_name_of_a_key_is_a_short_text(void)
{
    static const struct {
        const char *name, *first;
        bool is_right;
    } rows_of_names[] = {
        {"of no key at all", "[\"a\",\"", true},
        {"of 128 characters", "[\"" A16 A16 A16 A16 A16 A16 A16 A16 "\",\"", true},
        {"of 129 characters", "[\"b" A16 A16 A16 A16 A16 A16 A16 A16 "\",\"", false},
        {"a number", "[7,\"", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows_of_names); i++) {
        GError *error = NULL;
        g_autoptr(VdiMetadata) root = read_edited_root("[\"", rows_of_names[i].first, &error);

        CHECK_ROW(rows_of_names[i].name, (root != NULL) == rows_of_names[i].is_right);
        if (!rows_of_names[i].is_right) {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
        }
    }
}

/* No file can say it: vdi_signers_read refuses it. */
static void a_threshold_of_nobody_is_never_reached(void)
{
    g_auto(Fixture) fixture = fixture_new();
    g_autoptr(GBytes) document = sign_text(&fixture, "{}");
    g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(document, 65536, NULL);
    VdiSigners signers = fixture.root->signers[VDI_ROLE_TARGETS];
    GError *error = NULL;

    CHECK(envelope != NULL);
    CHECK(vdi_envelope_verify(envelope, &signers, &error) == VDI_VERIFIED);
    CHECK_NO_ERROR(error);
    signers.threshold = 0;
    CHECK(vdi_envelope_verify(envelope, &signers, &error) == VDI_NOT_VERIFIED);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
}

static void a_key_that_could_not_sign_is_not_taken_away(void)
{
    static const struct {
        const char *name, *listed, *usable; /* after; before, "a" and "b" are listed, "a" usable */
        bool are_kept;
    } changes[] = {
        {"the same", "a b", "a", true},
        {"one more", "a b c", "a b c", true},
        {"the unusable one is gone", "a", "a", true},
        {"the usable one is gone", "b", "b", false},
        {"it is listed, and of no use any more", "a b", "b", false},
    };
    char *both[] = {(char *) "a", (char *) "b", NULL};
    g_autoptr(GHashTable) one = g_hash_table_new(g_str_hash, g_str_equal);
    const VdiSigners before = {.keys = one, .keyids = both, .threshold = 1};

    g_hash_table_add(one, (char *) "a");
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_auto(GStrv) listed = g_strsplit(changes[i].listed, " ", -1);
        g_auto(GStrv) usable = g_strsplit(changes[i].usable, " ", -1);
        g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
        const VdiSigners after = {.keys = keys, .keyids = listed, .threshold = 1};

        for (size_t k = 0; usable[k] != NULL; k++) {
            g_hash_table_add(keys, usable[k]);
        }
        CHECK_ROW(changes[i].name, vdi_signers_are_kept(&before, &after) == changes[i].are_kept);
    }
}

const Test tests[] = {
    {"reads what the specification allows", reads_what_the_specification_allows},
    {"refuses broken JSON", refuses_broken_json},
    {"counts signatures", counts_signatures},
    {"counts one key under nine names once", counts_one_key_under_nine_names_once},
    {"never counts an unusable key", never_counts_an_unusable_key},
    {"refuses a root that lacks a member", refuses_a_root_that_lacks_a_member},
    {"a root with an odd date has no date", a_root_with_an_odd_date_has_no_date},
    {"the name of a key is a short text", the_name_of_a_key_is_a_short_text},
    {"a threshold of nobody is never reached", a_threshold_of_nobody_is_never_reached},
    {"a key that could not sign is not taken away", a_key_that_could_not_sign_is_not_taken_away},
    TEST_END,
};
