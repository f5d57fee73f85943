/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory.h"

/* What may be to blame, for a person to choose from: what differs between a machine before and
 * after, or what one is offered. One line each on stdout; returns how many. */
size_t vdi_candidates_print_difference(const VdiInventory *before, const VdiInventory *after);
size_t vdi_candidates_print_pending(const VdiInventory *inventory);
