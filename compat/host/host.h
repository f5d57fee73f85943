/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/rules/change.h"
#include "compat/rules/facts.h"

/* The operating system that the guard stands on: what is installed, what an update would bring, and
 * how one version of one package is kept out. A table of back ends; of those that are present, the
 * one that belongs to the distribution is taken, else the first. It looks and does what it is told:
 * what is to be held, compat/holds decides. */

/* One version of one package that must not come. */
typedef struct {
    char *package; /* without architecture: a hold counts for all of them */
    char *version;
    char *organisation, *rule; /* who says so */
    char *reason;              /* one clean line for people who read the package system's files */
    int64_t until;
    bool is_security; /* that version comes from a security origin */
} VdiHold;

VdiHold *vdi_hold_new(const char *package, const char *version, const char *organisation,
    const char *rule, const char *reason, int64_t until, bool is_security);
void vdi_hold_free(VdiHold *hold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiHold, vdi_hold_free)
/* By package, then version: for g_ptr_array_sort. */
int vdi_hold_compare(gconstpointer a, gconstpointer b);

typedef struct {
    const char *apt_config; /* instead of apt's own configuration; NULL. Throw-away systems */
    const char *simulation; /* a system written in JSON instead of this one; NULL (simulated.h) */
} VdiHostOptions;

typedef struct VdiHost VdiHost;

typedef struct {
    const char *name; /* "apt": shown to people, written into holds.json */
    const char *type; /* of its purls: "deb" */
    bool (*present)(const VdiHost *host);
    /* Adds all installed packages and says that the others are absent. On failure the packages stay
     * unknown. VDI_HOST_ERROR_DATABASE. */
    bool (*installed)(VdiHost *host, VdiFacts *facts, GError **error);
    /* What upgrading everything would do now, with `holds` (of VdiHold) in force in place of those
     * that we have written; everybody else's count. VDI_HOST_ERROR_OFFER. */
    VdiChange *(*offers)(VdiHost *host, const GPtrArray *holds, GError **error);
    /* What installing that version alone would bring along, itself included; our own holds do not
     * count. VDI_HOST_ERROR_OFFER, also when it cannot be installed. */
    VdiChange *(*bring)(VdiHost *host, const VdiChangeItem *candidate, GError **error);
    /* Replaces the whole set of our holds; an empty one leaves no trace. Other people's are not
     * touched. NULL: can only advise. VDI_HOST_ERROR_HOLD. */
    bool (*hold)(VdiHost *host, const GPtrArray *holds, GError **error);
    /* Our holds that are in force, read back from the system (package, version, rule,
     * organisation). VDI_HOST_ERROR_HOLD. */
    GPtrArray *(*list)(VdiHost *host, GError **error);
} VdiHostOps;

struct VdiHost {
    const VdiHostOps *ops;
    const VdiPaths *paths;
    char *apt_config;
    char *simulation;
    char *namespace; /* of the packages: the distributor's id, from os-release; NULL: unknown */
    char *scratch;   /* a private folder, removed with the host; made by vdi_host_scratch */
};

/* `paths` must outlive it. VDI_HOST_ERROR_DATABASE when no back end knows this system. */
VdiHost *vdi_host_new(
    const VdiPaths *paths, const VdiHostOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_host_free(VdiHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiHost, vdi_host_free)

/* All facts of this machine. False when the packages could not be read: the rest is there. */
bool vdi_host_look(VdiHost *host, VdiFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What would be installed next without anybody choosing: the off-line update that PackageKit has
 * prepared for the next start, or else what is on offer. *ret_source, which may be NULL, is set to
 * who says so: "packagekit", or the back end's name. `facts`: of vdi_host_look.
 * VDI_HOST_ERROR_OFFER. */
VdiChange *vdi_host_pending(VdiHost *host, const VdiFacts *facts, const char **ret_source,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For back ends, as VdiHostOps.list: we hold nothing there yet. */
GPtrArray *vdi_host_list_none(VdiHost *host, GError **error);
/* For back ends. Borrowed; NULL with VDI_FILE_ERROR. */
const char *vdi_host_scratch(VdiHost *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;
