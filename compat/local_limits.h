/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/rules/change.h"

/* What no manifest may exceed, decided on this machine: CONFIG/guard.conf over what is built in.
 * docs/guard.md lists the keys. */

typedef enum {
    VDI_GUARD_ENFORCE,
    VDI_GUARD_ADVISE, /* every block is advice */
    VDI_GUARD_OFF,    /* no rule counts */
} VdiGuardMode;

typedef struct {
    VdiGuardMode mode;
    int64_t longest_seconds;  /* a hold, counted per package from the first version held */
    int64_t security_seconds; /* the same where the version comes from a security origin */
    int64_t grace_seconds;    /* how long an expired manifest still advises */
    size_t packages_max;      /* held at once; more: all of it becomes advice */
    size_t sudden_packages_max, sudden_rules_max; /* new in one refresh; more: the same */
    GStrv never;         /* patterns of names that are never held: built in, and the site's */
    bool strict;         /* connecting needs a fresh manifest */
    bool allow_override; /* a person may go on against a block */
    char *problem; /* guard.conf cannot be used: built-in limits, and advice only; else NULL */
} VdiLimits;

/* Never fails: see `problem`. */
VdiLimits *vdi_limits_read(const VdiPaths *paths);
/* The same of a copy of such a file, for an author who wants to know what it would cut; NULL: what
 * is built in. VDI_FILE_ERROR, VDI_SETTINGS_ERROR. */
VdiLimits *vdi_limits_read_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_limits_free(VdiLimits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiLimits, vdi_limits_free)

bool vdi_limits_is_never_held(const VdiLimits *limits, const char *package);
/* Which items of a change that is, one each: for vdi_evaluate_hold. Yours. */
bool *vdi_limits_never(const VdiLimits *limits, const VdiChange *change);

/* How long one version of a package may be held in all. What everything stands on (libc, openssl,
 * the kernel) is treated as if it came from a security origin. */
int64_t vdi_limits_seconds(const VdiLimits *limits, const char *package, bool is_security);
