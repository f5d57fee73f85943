/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "compat/rules/change.h"

/* A transaction as the lines of a package manager tell it: what comes, what goes. A package that
 * comes where one of its name goes replaces it; what is left over is new, or removed.
 *
 * Names and versions are checked (compat/host/package_type), so that both may later be an argument
 * or stand in a file: what is not understood fails with VDI_HOST_ERROR_OFFER. */

typedef struct VdiOffer VdiOffer;

/* `type` of the purls; `namespace` may be NULL. */
VdiOffer *vdi_offer_new(const char *type, const char *namespace);
void vdi_offer_free(VdiOffer *offer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiOffer, vdi_offer_free)

/* `arch` may be NULL. An epoch of 0 is left out of the version. */
bool vdi_offer_comes(VdiOffer *offer, const char *name, const char *arch, const char *version,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_offer_goes(VdiOffer *offer, const char *name, const char *arch, const char *version,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What comes repairs a hole: `version` of that package, or a newer one, does. */
void vdi_offer_mark_security(
    VdiOffer *offer, const char *name, const char *arch, const char *version);

/* Does that version come? NULL is any. */
bool vdi_offer_has(const VdiOffer *offer, const char *name, const char *version);

/* In the order in which the lines were told: what comes, then what only goes. */
VdiChange *vdi_offer_change(const VdiOffer *offer);
/* The same, of an offer that was asked for that candidate. Without it it fails with
 * VDI_HOST_ERROR_OFFER, naming the program. */
VdiChange *vdi_offer_bring(const VdiOffer *offer, const VdiChangeItem *candidate,
    const char *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
