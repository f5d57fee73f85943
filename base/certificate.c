/* SPDX-License-Identifier: Apache-2.0 */
#include "base/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

enum { CA_MAX_BYTES = 1024 * 1024 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)

bool vdi_certificate_check_file(const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) pem = vdi_file_read(path, CA_MAX_BYTES, &local);

    if (pem == NULL) {
        g_set_error_literal(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_AUTHORITY, local->message);
        return false;
    }
    g_autoptr(BIO) bio = BIO_new_mem_buf(g_bytes_get_data(pem, NULL), (int) g_bytes_get_size(pem));
    g_autoptr(X509) first = PEM_read_bio_X509(bio, NULL, NULL, NULL);

    if (first == NULL) {
        g_autofree char *shown = vdi_text_clean(path);

        g_set_error(
            error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_AUTHORITY, "%s: no PEM certificate in it", shown);
        return false;
    }
    return true;
}

bool vdi_certificate_is_about_dates(long verify_result)
{
    switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        return true;
    default:
        return false;
    }
}
