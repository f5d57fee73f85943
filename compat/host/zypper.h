/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"
#include "compat/host/offer.h"

/* zypper upon the rpm database. It is asked for a dry run, from the repositories as they were last
 * refreshed; other people's locks count.
 *
 * Its plain words are a summary for people, wrapped at a width that it guesses, one field or ten a
 * line. So it is asked for its XML, in which each package is one element with its versions as
 * attributes; GLib's own reader of markup does, which knows no entities of a document's own and no
 * other file.
 *
 * A version that a needed patch of the category "security" asks for, or a newer one, is a security
 * update. */
extern const VdiHostOps vdi_host_zypper;

/* `zypper --xmlout … --dry-run`: <to-upgrade>, <to-install>, <to-remove> and so on, each with
 * <solvable type="package" name="" edition="" arch="" edition-old="" arch-old="">. Without an
 * <install-summary>, or cut off: VDI_HOST_ERROR_OFFER. */
bool vdi_zypper_read_summary(
    GBytes *xml, VdiOffer *offer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `zypper --xmlout list-patches`: the names of needed security patches. */
GPtrArray *vdi_zypper_read_patches(GBytes *xml, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `zypper info -t patch …`: what a patch conflicts with, "NAME.ARCH < EVR", it repairs. */
bool vdi_zypper_mark_security(
    GBytes *text, VdiOffer *offer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
