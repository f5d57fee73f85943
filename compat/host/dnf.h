/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"

/* dnf, 4 or 5, upon the rpm database. It is asked from its cache alone (-C), as old as that may be:
 * what was fetched last is what is on offer. Other people's excludes and version locks count. A
 * version that an advisory of the kind "security" names, or a newer one, is a security update. Of
 * an image that is replaced as a whole (rpm-ostree) it cannot say anything: VDI_HOST_ERROR_OFFER.
 */
extern const VdiHostOps vdi_host_dnf;
