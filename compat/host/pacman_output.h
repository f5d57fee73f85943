/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/offer.h"

/* What pacman says of a transaction, in the C locale. It prints its targets by name and version
 * alone; what else is wanted of a package it describes when asked. */

/* For --print-format: its own words stand among ours. */
#define VDI_PACMAN_FORMAT "vdi-offer %n %v %r"

typedef struct {
    GPtrArray *targets;  /* of char *: "REPOSITORY/NAME" */
    GPtrArray *versions; /* of char *: of each target */
    GPtrArray *stuck;    /* of char *: names that cannot come now; pacman would ask to skip them */
} VdiPacmanTargets;

void vdi_pacman_targets_init(VdiPacmanTargets *targets);
void vdi_pacman_targets_clear(VdiPacmanTargets *targets);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiPacmanTargets, vdi_pacman_targets_clear)

/* `pacman -Sup --print-format …`, added to `targets`. VDI_HOST_ERROR_OFFER. */
bool vdi_pacman_read_targets(
    GBytes *output, VdiPacmanTargets *targets, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `pacman -Si TARGET…`: what comes, and in `replaced` (of char *, "old<2") what these packages take
 * the place of. A target that is not described is VDI_HOST_ERROR_OFFER. */
bool vdi_pacman_read_descriptions(GBytes *output, const VdiPacmanTargets *targets, VdiOffer *offer,
    GPtrArray *replaced, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "old", "old<2", "old>=1:2-3": is that version of it meant? */
bool vdi_pacman_is_meant(const char *constraint, const char *version);
