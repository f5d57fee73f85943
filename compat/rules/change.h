/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/facts.h"

/* A transaction: what a package manager would do, or is about to do, in one go.
 *
 * `type` is a purl's, or one of the words below for what is no package: an update (`name`: a KB or
 * advisory), another client (`name`: its id; the versions are the client's), the Windows build
 * (`name`: "windows"). */

#define VDI_CHANGE_UPDATE "update"
#define VDI_CHANGE_CLIENT "client"
#define VDI_CHANGE_BUILD "build"
#define VDI_CHANGE_BUILD_NAME "windows"

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

/* Copies what it is given. `before` or `after` may be NULL, not both; `namespace` and `arch` may be
 * NULL. */
void vdi_change_add(VdiChange *change, const char *type, const char *namespace, const char *name,
    const char *arch, const char *before, const char *after, bool is_security);
size_t vdi_change_n_items(const VdiChange *change);
const VdiChangeItem *vdi_change_item(const VdiChange *change, size_t i);

/* Calls back for each item of that type and name; true as soon as one call is. */
typedef bool (*VdiItemVisitor)(size_t i, void *user);
bool vdi_change_find(const VdiChange *change, const char *type, const char *name,
    VdiItemVisitor visitor, void *user);

/* These items alone, in that order: to be applied. It borrows them. */
VdiChange *vdi_change_part(const VdiChange *change, const size_t *items, size_t n_items);

/* The machine after the change, without the items whose element in `left_out` is true (NULL: all of
 * them happen). All that is replaced goes before anything comes, so the order of items decides
 * nothing. It borrows from both arguments, which must outlive it. `before` is itself no result of
 * this function. */
VdiFacts *vdi_change_apply(const VdiFacts *before, const VdiChange *change, const bool *left_out);
