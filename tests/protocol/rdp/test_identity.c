/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

enum { DAY = 86400 };

/* A small public-key infrastructure, made on the spot. */
typedef struct {
    EVP_PKEY *ca_key, *stranger_key, *key;
    X509 *ca, *stranger;
} Authority;

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    g_assert(key != NULL);
    return key;
}

typedef struct {
    const char *subject;
    const char *san;     /* as OpenSSL's configuration writes it; NULL: none */
    const char *purpose; /* extended key usage; NULL: none */
    int from_days, to_days;
    bool is_ca;
} Wanted;

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);

    g_assert(extension != NULL);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(
    const Wanted *wanted, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, long serial)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);

    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), (long) wanted->from_days * DAY);
    X509_gmtime_adj(X509_getm_notAfter(certificate), (long) wanted->to_days * DAY);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(
        name, "CN", MBSTRING_UTF8, (const unsigned char *) wanted->subject, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer != NULL ? issuer : certificate));
    if (wanted->is_ca) {
        add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    }
    if (wanted->san != NULL) {
        add_extension(certificate, certificate, NID_subject_alt_name, wanted->san);
    }
    if (wanted->purpose != NULL) {
        add_extension(certificate, certificate, NID_ext_key_usage, wanted->purpose);
    }
    X509_sign(certificate, issuer_key, EVP_sha256());
    return certificate;
}

static void authority_make(Authority *authority)
{
    Wanted root = {"Test Root", NULL, NULL, -1, 30, true};

    authority->ca_key = make_key();
    authority->stranger_key = make_key();
    authority->key = make_key();
    authority->ca = make_certificate(&root, authority->ca_key, NULL, authority->ca_key, 1);
    authority->stranger =
        make_certificate(&root, authority->stranger_key, NULL, authority->stranger_key, 1);
}

static void authority_clear(Authority *authority)
{
    EVP_PKEY_free(authority->ca_key);
    EVP_PKEY_free(authority->stranger_key);
    EVP_PKEY_free(authority->key);
    X509_free(authority->ca);
    X509_free(authority->stranger);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Authority, authority_clear)

static GBytes *to_pem(X509 *certificate)
{
    BIO *text = BIO_new(BIO_s_mem());
    char *data = NULL;

    PEM_write_bio_X509(text, certificate);
    long size = BIO_get_mem_data(text, &data);
    GBytes *pem = g_bytes_new(data, (size_t) size);

    BIO_free_all(text);
    return pem;
}

static const struct {
    const char *name;
    Wanted wanted;
    bool by_stranger;
    const char *host;
    VdiIdentityVerdict verdict;
    uint32_t problem;
} rows[] = {
    {"a certificate of the site's authority is good",
        {"desk", "DNS:desk.example.com", "serverAuth", -1, 10, false}, false, "desk.example.com",
        VDI_IDENTITY_GOOD, 0},
    {"one without a stated purpose is good", {"desk", "DNS:desk.example.com", NULL, -1, 10, false},
        false, "desk.example.com", VDI_IDENTITY_GOOD, 0},
    {"an address in it is good", {"desk", "IP:127.0.0.1", "serverAuth", -1, 10, false}, false,
        "127.0.0.1", VDI_IDENTITY_GOOD, 0},
    {"an address of six is good", {"desk", "IP:::1", "serverAuth", -1, 10, false}, false, "[::1]",
        VDI_IDENTITY_GOOD, 0},
    {"a wildcard stands for one label", {"desk", "DNS:*.example.com", NULL, -1, 10, false}, false,
        "desk.example.com", VDI_IDENTITY_GOOD, 0},
    {"a wildcard does not stand for two", {"desk", "DNS:*.example.com", NULL, -1, 10, false}, false,
        "a.desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_WRONG_NAME},
    {"a part of a label is no wildcard", {"desk", "DNS:d*.example.com", NULL, -1, 10, false}, false,
        "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_WRONG_NAME},
    {"another name is asked about", {"desk", "DNS:other.example.com", NULL, -1, 10, false}, false,
        "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_WRONG_NAME},
    {"the common name does not help where other names are",
        {"desk.example.com", "DNS:other.example.com", NULL, -1, 10, false}, false,
        "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_WRONG_NAME},
    {"an address is no name", {"127.0.0.1", "DNS:127.0.0.1", NULL, -1, 10, false}, false,
        "127.0.0.1", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_WRONG_NAME},
    {"an expired one is asked about", {"desk", "DNS:desk.example.com", NULL, -10, -1, false}, false,
        "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_DATES},
    {"one of next week is asked about", {"desk", "DNS:desk.example.com", NULL, 7, 10, false}, false,
        "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_DATES},
    {"a client's is asked about", {"desk", "DNS:desk.example.com", "clientAuth", -1, 10, false},
        false, "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_PURPOSE},
    {"a stranger's is asked about", {"desk", "DNS:desk.example.com", NULL, -1, 10, false}, true,
        "desk.example.com", VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_UNKNOWN_ISSUER},
    {"a stranger's wrong name is told as a stranger's",
        {"desk", "DNS:other.example.com", NULL, -10, -1, false}, true, "desk.example.com",
        VDI_IDENTITY_DOUBTFUL, VDI_IDENTITY_UNKNOWN_ISSUER},
};

static VdiIdentityVerdict judge(Authority *authority, const Wanted *wanted, bool by_stranger,
    const char *host, const char *pin, VdiMessageIdentity *ret_question)
{
    g_autoptr(VdiIdentity) identity = vdi_identity_new();
    g_autoptr(GBytes) ca = to_pem(authority->ca);
    g_autoptr(GError) error = NULL;
    X509 *leaf =
        make_certificate(wanted, authority->key, by_stranger ? authority->stranger : authority->ca,
            by_stranger ? authority->stranger_key : authority->ca_key, 2);
    g_autoptr(GBytes) pem = to_pem(leaf);
    size_t size = 0;
    const void *data = g_bytes_get_data(pem, &size);

    CHECK(vdi_identity_trust_only(identity, ca, &error));
    VdiIdentityVerdict verdict = vdi_identity_judge(identity, data, size, host, pin, ret_question);

    X509_free(leaf);
    return verdict;
}

static void judges_chain_name_purpose_and_dates(void)
{
    g_auto(Authority) authority = {0};

    authority_make(&authority);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        VdiMessageIdentity question = {0};

        CHECK_ROW(rows[i].name,
            judge(&authority, &rows[i].wanted, rows[i].by_stranger, rows[i].host, "", &question)
                == rows[i].verdict);
        CHECK_ROW(rows[i].name, question.problem == rows[i].problem);
    }
}

static void a_pinned_key_is_good_whatever_else_and_another_is_bad(void)
{
    g_auto(Authority) authority = {0};
    Wanted wanted = {"desk", "DNS:other.example.com", NULL, -10, -1, false};
    VdiMessageIdentity first = {0};
    VdiMessageIdentity second = {0};

    authority_make(&authority);
    CHECK_INT(
        judge(&authority, &wanted, true, "desk.example.com", "", &first), VDI_IDENTITY_DOUBTFUL);
    CHECK_INT(strlen(first.key_sha256), 64);
    CHECK_INT(judge(&authority, &wanted, true, "desk.example.com", first.key_sha256, &second),
        VDI_IDENTITY_GOOD);
    EVP_PKEY_free(authority.key);
    authority.key = make_key();
    CHECK_INT(judge(&authority, &wanted, false, "other.example.com", first.key_sha256, &second),
        VDI_IDENTITY_BAD);
    CHECK_INT(second.problem, VDI_IDENTITY_PIN);
}

static void the_question_says_who_and_until_when(void)
{
    g_auto(Authority) authority = {0};
    Wanted wanted = {"desk\033[2J", "DNS:desk.example.com", NULL, -1, 10, false};
    VdiMessageIdentity question = {0};

    authority_make(&authority);
    judge(&authority, &wanted, true, "desk.example.com", "", &question);
    CHECK(g_str_has_prefix(question.subject, "CN=desk"));
    CHECK(strchr(question.subject, '\033') == NULL);
    CHECK_TEXT(question.issuer, "CN=Test Root");
    CHECK_INT(question.not_after - question.not_before, 11 * DAY);
}

static void what_is_no_certificate_is_bad(void)
{
    g_autoptr(VdiIdentity) identity = vdi_identity_new();
    VdiMessageIdentity question = {0};

    CHECK_INT(vdi_identity_judge(identity, "", 0, "desk", "", &question), VDI_IDENTITY_BAD);
    CHECK_INT(
        vdi_identity_judge(identity, "-----BEGIN", 10, "desk", "", &question), VDI_IDENTITY_BAD);
}

static void an_authority_that_is_none_is_refused(void)
{
    g_autoptr(VdiIdentity) identity = vdi_identity_new();
    g_autoptr(GBytes) nonsense = g_bytes_new_static("nonsense", 8);
    g_autoptr(GError) error = NULL;

    CHECK(!vdi_identity_trust_only(identity, nonsense, &error));
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_CERTIFICATE);
}

const Test tests[] = {
    {"judges chain, name, purpose and dates", judges_chain_name_purpose_and_dates},
    {"a pinned key is good whatever else, and another is bad",
        a_pinned_key_is_good_whatever_else_and_another_is_bad},
    {"the question says who and until when", the_question_says_who_and_until_when},
    {"what is no certificate is bad", what_is_no_certificate_is_bad},
    {"an authority that is none is refused", an_authority_that_is_none_is_refused},
    TEST_END,
};
