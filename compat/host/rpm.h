/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"

/* The rpm database, which dnf and zypper share: rpm itself is asked (`rpm -qa`), for its database
 * has had four formats. The keys that it keeps as packages (gpg-pubkey) are none. */

bool vdi_rpm_present(const VdiHost *host);
/* As VdiHostOps.installed. An empty list is damage: rpm says nothing, and ends well, when there is
 * no database. */
bool vdi_rpm_installed(VdiHost *host, VdiFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For what stands on rpm's libraries: a HOME that tells them where the database of a system below
 * another root lies, for they would look in this machine's place, find nothing, and say so as if it
 * were true. *ret_home is NULL on this machine itself; else borrowed from `host`. */
bool vdi_rpm_home(VdiHost *host, const char **ret_home, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What rpm writes: one line a package, "NAME<tab>EPOCH:VERSION-RELEASE<tab>ARCH". Facts are
 * untouched on failure. */
bool vdi_rpm_read(GBytes *output, const char *namespace, VdiFacts *facts,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
