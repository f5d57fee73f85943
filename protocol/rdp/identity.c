/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/identity.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"

enum {
    CHAIN_MAX = 10, /* certificates looked at */
    CHAIN_MAX_BYTES = 256 * 1024,
    AUTHORITIES_MAX = 512,
    AUTH_LEVEL = 2, /* as TlsSecLevel: no RSA below 2048 bits, no SHA-1 */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)

typedef STACK_OF(X509) CertificateStack;

static void stack_free(CertificateStack *stack)
{
    sk_X509_pop_free(stack, X509_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CertificateStack, stack_free)

struct VdiIdentity {
    X509_STORE *authorities;
};

VdiIdentity *vdi_identity_new(void)
{
    VdiIdentity *identity = g_new0(VdiIdentity, 1);

    identity->authorities = X509_STORE_new();
    if (identity->authorities == NULL) {
        g_error("out of memory");
    }
    /* A system without any is one where every certificate is doubtful. */
    (void) X509_STORE_set_default_paths(identity->authorities);
    return identity;
}

void vdi_identity_free(VdiIdentity *identity)
{
    if (identity != NULL) {
        X509_STORE_free(identity->authorities);
        g_free(identity);
    }
}

static X509 *read_next(BIO *pem)
{
    return PEM_read_bio_X509(pem, NULL, NULL, (void *) "");
}

bool vdi_identity_trust_only(VdiIdentity *identity, GBytes *pem, GError **error)
{
    g_autoptr(X509_STORE) only = X509_STORE_new();
    size_t size = 0;
    const void *data = g_bytes_get_data(pem, &size);
    g_autoptr(BIO) source = size <= INT_MAX ? BIO_new_mem_buf(data, (int) size) : NULL;
    unsigned n = 0;

    while (only != NULL && source != NULL && n < AUTHORITIES_MAX) {
        g_autoptr(X509) authority = read_next(source);

        if (authority == NULL || X509_STORE_add_cert(only, authority) != 1) {
            break;
        }
        n++;
    }
    if (n == 0) {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_CERTIFICATE,
            "the site's authority is not a certificate");
        return false;
    }
    X509_STORE_free(identity->authorities);
    identity->authorities = g_steal_pointer(&only);
    return true;
}

/* ---- one verdict ---- */

typedef struct {
    bool is_unknown, is_out_of_date, is_for_another_purpose;
} Findings;

/* Collects instead of ending at the first: which one is told is our choice. */
static int on_verified(int is_good, X509_STORE_CTX *context)
{
    Findings *findings = X509_STORE_CTX_get_app_data(context);

    if (is_good) {
        return 1;
    }
    switch (X509_STORE_CTX_get_error(context)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        findings->is_out_of_date = true;
        break;
    case X509_V_ERR_INVALID_PURPOSE:
        findings->is_for_another_purpose = true;
        break;
    default:
        findings->is_unknown = true;
        break;
    }
    return 1;
}

static bool verify(
    X509_STORE *authorities, X509 *leaf, CertificateStack *others, Findings *findings)
{
    g_autoptr(X509_STORE_CTX) context = X509_STORE_CTX_new();

    if (context == NULL || X509_STORE_CTX_init(context, authorities, leaf, others) != 1) {
        return false;
    }
    X509_STORE_CTX_set_app_data(context, findings);
    X509_STORE_CTX_set_verify_cb(context, on_verified);
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);

    X509_VERIFY_PARAM_set_auth_level(rules, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_depth(rules, CHAIN_MAX);
    if (X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER) != 1) {
        return false;
    }
    return X509_verify_cert(context) == 1;
}

static bool is_named(X509 *leaf, const char *host)
{
    g_autofree char *bare = g_strdup(host);
    unsigned char address[16];

    /* [::1] is how an address with a port is written, not how a certificate has it. */
    if (g_str_has_prefix(bare, "[") && g_str_has_suffix(bare, "]")) {
        memmove(bare, bare + 1, strlen(bare));
        bare[strlen(bare) - 1] = '\0';
    }
    ASN1_OCTET_STRING *parsed = a2i_IPADDRESS(bare);

    if (parsed != NULL) {
        size_t n = (size_t) ASN1_STRING_length(parsed);

        memcpy(address, ASN1_STRING_get0_data(parsed), MIN(n, sizeof address));
        ASN1_OCTET_STRING_free(parsed);
        return X509_check_ip(leaf, address, n, 0) == 1;
    }
    return X509_check_host(leaf, bare, strlen(bare), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL)
        == 1;
}

static bool digest_key(X509 *leaf, char *ret_hex, size_t room)
{
    unsigned char *der = NULL;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);

    if (size <= 0) {
        return false;
    }
    g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, (size_t) size);

    OPENSSL_free(der);
    return g_strlcpy(ret_hex, hex, room) < room;
}

/* As RFC 2253 writes it; what is no printable ASCII is escaped there. Cut to its field. */
static void write_name(X509_NAME *name, char *field, size_t room)
{
    g_autoptr(BIO) text = BIO_new(BIO_s_mem());

    if (text == NULL || X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253) < 0) {
        return;
    }
    int n = BIO_read(text, field, (int) room - 1);

    field[MAX(n, 0)] = '\0';
}

static int64_t read_time(const ASN1_TIME *time)
{
    struct tm parts;

    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return 0;
    }
    g_autoptr(GDateTime) at = g_date_time_new_utc(parts.tm_year + 1900, parts.tm_mon + 1,
        parts.tm_mday, parts.tm_hour, parts.tm_min, MIN(parts.tm_sec, 59));

    return at != NULL ? g_date_time_to_unix(at) : 0;
}

static bool describe(X509 *leaf, VdiMessageIdentity *question)
{
    memset(question, 0, sizeof *question);
    question->kind = VDI_MESSAGE_IDENTITY;
    question->not_before = read_time(X509_get0_notBefore(leaf));
    question->not_after = read_time(X509_get0_notAfter(leaf));
    write_name(X509_get_subject_name(leaf), question->subject, sizeof question->subject);
    write_name(X509_get_issuer_name(leaf), question->issuer, sizeof question->issuer);
    return digest_key(leaf, question->key_sha256, sizeof question->key_sha256);
}

VdiIdentityVerdict vdi_identity_judge(VdiIdentity *identity, const void *chain, size_t size,
    const char *host, const char *pin, VdiMessageIdentity *ret_question)
{
    g_autoptr(BIO) source = size <= CHAIN_MAX_BYTES ? BIO_new_mem_buf(chain, (int) size) : NULL;
    g_autoptr(X509) leaf = source != NULL ? read_next(source) : NULL;
    g_autoptr(CertificateStack) others = sk_X509_new_null();
    Findings findings = {0};

    if (leaf == NULL || others == NULL || !describe(leaf, ret_question)) {
        return VDI_IDENTITY_BAD;
    }
    if (*pin != '\0') {
        ret_question->problem = VDI_IDENTITY_PIN;
        return strcmp(pin, ret_question->key_sha256) == 0 ? VDI_IDENTITY_GOOD : VDI_IDENTITY_BAD;
    }
    for (unsigned n = 0; n < CHAIN_MAX; n++) {
        X509 *other = read_next(source);

        if (other == NULL || sk_X509_push(others, other) <= 0) {
            X509_free(other);
            break;
        }
    }
    bool was_verified = verify(identity->authorities, leaf, others, &findings);

    /* The gravest is told: who nobody vouches for may say anything of the rest. */
    ret_question->problem = !was_verified || findings.is_unknown ? VDI_IDENTITY_UNKNOWN_ISSUER
        : findings.is_for_another_purpose                        ? VDI_IDENTITY_PURPOSE
        : !is_named(leaf, host)                                  ? VDI_IDENTITY_WRONG_NAME
        : findings.is_out_of_date                                ? VDI_IDENTITY_DATES
                                                                 : 0;
    return ret_question->problem == 0 ? VDI_IDENTITY_GOOD : VDI_IDENTITY_DOUBTFUL;
}
