/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/facts.h"
#include "compat/rules/purl.h"
#include "compat/rules/version.h"

/* What an author says is to blame, as it stands on a command line: a version of a package
 * (libssl3=3.0.17-1, pkg:deb/debian/libssl3=3.0.17-1), an update (KB5074109, update=RHSA-2026:1), a
 * build of Windows (build=26100.7623). */

typedef enum { VDI_CAUSE_PACKAGE, VDI_CAUSE_UPDATE, VDI_CAUSE_BUILD } VdiCauseKind;

typedef struct {
    VdiCauseKind kind;
    char *name;                     /* for people: "libssl3", "KB5074109", "Windows" */
    VdiPurl *purl;                  /* of a package, without a version; else NULL */
    const VdiVersionScheme *scheme; /* NULL: an update has no order */
    char *version;                  /* the bad one; NULL: an update */
    char *fixed;                    /* the version of the package, or the build, that works again */
    char *fixed_update;             /* the update that repairs; NULL */
} VdiCause;

/* A name without a purl is of `system` ("debian", "debian-12"; NULL: not said), or of the package
 * of that name on `machine`, or of its distributor. A version that is not given is the one that
 * `machine` has. VDI_PROGRAM_ERROR_USAGE, …_VALUE, VDI_RANGE_ERROR. */
VdiCause *vdi_cause_read(const char *text, const char *system, const VdiFacts *machine,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_cause_free(VdiCause *cause);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiCause, vdi_cause_free)

/* What works again. Must be newer than what is bad. */
bool vdi_cause_fix(VdiCause *cause, const char *fixed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool vdi_cause_is_fixed(const VdiCause *cause);
/* "libssl3 3.0.17-1", "KB5074109", "Windows 26100.7623". Yours. */
char *vdi_cause_words(const VdiCause *cause);

/* "debian", "ubuntu", …: what --system takes, ended by NULL. The list is yours, the words are not.
 */
const char **vdi_cause_systems(void);
