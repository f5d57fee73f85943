/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What base/http needs to say about X.509: a site's own authority, and why a chain was refused. */

/* `path` holds at least one PEM certificate. Fails with VDI_HTTP_ERROR_AUTHORITY. */
bool vdi_certificate_check_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `verify_result` is OpenSSL's X509_V_ERR_…: true for "expired" and "not yet valid". */
bool vdi_certificate_is_about_dates(long verify_result);
