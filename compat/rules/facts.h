/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What is known of one machine at one moment. Everything is unknown until it is set; "not
 * installed" is known, "could not look" is not. Pure data: who looked, and where, is compat/host's
 * business. */

typedef enum { VDI_TRUTH_UNKNOWN, VDI_TRUTH_FALSE, VDI_TRUTH_TRUE } VdiTruth;

/* Facts with one value each. */
typedef enum {
    VDI_FACT_OS_ID,      /* os-release ID: "debian", "windows" */
    VDI_FACT_OS_VERSION, /* VERSION_ID */
    VDI_FACT_KERNEL,     /* the running kernel's release */
    VDI_FACT_ARCH,       /* the package system's word: "amd64" */
    VDI_FACT_BUILD,      /* Windows build.UBR */
    VDI_FACT_ENGINE,     /* version of the FreeRDP that vdi-session uses */
    VDI_FACT_MACHINE,    /* an id derived for this application, for rollout; never the machine-id */
    VDI_FACT_LAST,
} VdiFactName;

typedef struct {
    char *type;      /* of the purl: "deb" */
    char *namespace; /* distributor: "debian" */
    char *name;
    char *version;
    char *arch;
} VdiPackage;

typedef struct VdiFacts VdiFacts;

VdiFacts *vdi_facts_new(void);
void vdi_facts_free(VdiFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiFacts, vdi_facts_free)

void vdi_facts_set(VdiFacts *facts, VdiFactName name, const char *value);
/* ID_LIKE of os-release; NULL-terminated. Purl namespaces match one of these as well. */
void vdi_facts_set_os_like(VdiFacts *facts, const char *const *like);
/* "vigie" for ours; others by the id that manifests use ("view-client"). */
void vdi_facts_set_client(VdiFacts *facts, const char *id, const char *version);
/* A KB or advisory that is installed. */
void vdi_facts_add_update(VdiFacts *facts, const char *id);
/* From here on a package that was not added is known to be absent. Same for the updates. */
void vdi_facts_set_packages_known(VdiFacts *facts);
void vdi_facts_set_updates_known(VdiFacts *facts);
/* Several architectures or versions of one name may be installed. `arch` may be NULL. */
void vdi_facts_add_package(VdiFacts *facts, const char *type, const char *namespace,
    const char *name, const char *version, const char *arch);
/* A library that the engine really loads. */
void vdi_facts_add_library(VdiFacts *facts, const char *soname);
void vdi_facts_set_setting(VdiFacts *facts, const char *key, const char *value);
/* What the wire, or the site, says of the other side: "broker-protocol", "rdp-security",
 * "certificate", "os-build". Unknown until the peer has spoken. */
void vdi_facts_set_peer(VdiFacts *facts, const char *key, const char *value);

/* NULL: unknown. Borrowed. */
const char *vdi_facts_get(const VdiFacts *facts, VdiFactName name);
size_t vdi_facts_n_packages(const VdiFacts *facts);
