/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Where an advisory can be read: for the issuers whose addresses follow from the id with
 * certainty. An address (https://…) stands for itself. Yours. VDI_PROGRAM_ERROR_VALUE for others;
 * whether the page says what the author thinks is nobody's guess. */
char *vdi_advisory_address(const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The type of the packages that such an advisory is about ("deb", "rpm"); NULL: it tells none. */
const char *vdi_advisory_type(const char *id);
