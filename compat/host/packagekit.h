/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"

/* An off-line update that PackageKit has downloaded and will install at the next start
 * (/var/lib/PackageKit/prepared-update): a list of package ids "NAME;VERSION;ARCH;DATA". Since
 * PackageKit 1.2.5 it is a key file, with the ids in [update] prepared_ids, parted by commas;
 * before, plain lines. It goes in as it stands there, whatever is pinned meanwhile.
 *
 * What of it is in already is left out. Nothing in it says what is a security update. */

#define VDI_PACKAGEKIT_MAX_BYTES ((size_t) 4 * 1024 * 1024)

/* False only with an error, VDI_HOST_ERROR_OFFER. *ret_change is NULL when nothing is prepared. */
bool vdi_packagekit_prepared(VdiHost *host, const VdiFacts *facts, VdiChange **ret_change,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of the file's content. */
VdiChange *vdi_packagekit_read(GBytes *content, const char *type, const char *namespace,
    const VdiFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;
