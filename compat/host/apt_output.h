/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "compat/rules/change.h"

/* What `apt-get -s` says it would do, in the C locale:
 *
 *   Inst NAME[:ARCH] [OLD] (NEW LABEL:VERSION/ARCHIVE, … [ARCH]) […]
 *   Remv NAME[:ARCH] [OLD] […]
 *
 * Lines that begin otherwise are none of ours; one that begins so and goes on differently fails
 * with VDI_HOST_ERROR_OFFER. A removal without an architecture is of `arch`, the machine's own
 * (NULL: not known). A version is from a security origin when the label says "Debian-Security" or
 * the archive's name ends in "-security". */
VdiChange *vdi_apt_output_read(GBytes *output, const char *namespace, const char *arch,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
