/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/bundle.h"

/* What bundle.c and bundle_text.c share. */

/* The order of members in a file. */
typedef enum {
    VDI_BUNDLE_RANK_WELCOME,
    VDI_BUNDLE_RANK_ROOT,
    VDI_BUNDLE_RANK_TIMESTAMP,
    VDI_BUNDLE_RANK_SNAPSHOT,
    VDI_BUNDLE_RANK_TARGETS,
    VDI_BUNDLE_RANK_ROLE,
    VDI_BUNDLE_RANK_TARGET,
} VdiBundleRank;

typedef struct {
    VdiBundleRank rank;
    guint64 number; /* of a root; else 0 */
    char *name;
    GBytes *bytes;
} VdiBundleMember;

struct VdiBundle {
    VdiBundleKind kind;
    char *organisation;
    GPtrArray *members; /* of VdiBundleMember, in order */
};

/* The place of a file in the order; *ret_number is that of a root, else 0. */
VdiBundleRank vdi_bundle_rank(VdiTrustKind kind, const char *name, guint64 *ret_number);
int vdi_bundle_compare(const VdiBundleMember *a, const VdiBundleMember *b);

/* NULL for a name or a size that no bundle has. */
VdiBundleMember *vdi_bundle_member_new(
    VdiBundleRank rank, guint64 number, const char *name, GBytes *bytes);
