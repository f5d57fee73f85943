/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/facts.h"

/* A transaction: what a package manager would do, or is about to do, in one go. */

typedef struct {
    char *type, *namespace, *name, *arch;
    char *before;     /* NULL: not installed before */
    char *after;      /* NULL: removed */
    bool is_security; /* `after` comes from a security origin */
} VdiChangeItem;

typedef struct VdiChange VdiChange;

VdiChange *vdi_change_new(void);
void vdi_change_free(VdiChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiChange, vdi_change_free)

/* Copies what it is given. `before` or `after` may be NULL, not both. */
void vdi_change_add(VdiChange *change, const char *type, const char *namespace, const char *name,
    const char *arch, const char *before, const char *after, bool is_security);
size_t vdi_change_n_items(const VdiChange *change);
const VdiChangeItem *vdi_change_item(const VdiChange *change, size_t i);

/* The machine after the change, without the items whose bit in `left_out` is set (NULL: all of them
 * happen). It borrows from both arguments, which must outlive it. */
VdiFacts *vdi_change_apply(const VdiFacts *before, const VdiChange *change, const bool *left_out);
