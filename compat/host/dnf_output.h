/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/offer.h"

/* What `dnf upgrade --assumeno` says it would do, in the C locale.
 *
 * dnf 4, asked with -d3, tells one step a line, before a table that is broken at 80 columns:
 *
 *   ---> Package NAME.ARCH EVR will be an upgrade
 *
 * dnf 5 has the table alone, whole when it does not write to a terminal:
 *
 *   Upgrading:
 *    NAME            ARCH EVR REPOSITORY SIZE UNIT
 *      replacing NAME ARCH EVR REPOSITORY SIZE UNIT
 *
 * Both end in words that must be there, and dnf 5 counts what it listed: what is cut, or worded
 * differently some day, fails with VDI_HOST_ERROR_OFFER. */

bool vdi_dnf_output_read(
    GBytes *output, bool is_five, VdiOffer *offer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What `updateinfo list --security` (dnf 4) or `advisory list --security` (dnf 5) says: lines with
 * NAME-EVR.ARCH among their words. */
bool vdi_dnf_output_mark_security(
    GBytes *output, VdiOffer *offer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
