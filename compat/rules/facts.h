/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/truth.h"

/* What is known of one machine at one moment. Everything is unknown until it is set; "not
 * installed" is known, "could not look" is not. Pure data: who looked, and where, is compat/host's
 * business. */

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
    const char *type;      /* of the purl: "deb" */
    const char *namespace; /* distributor: "debian"; NULL: none */
    const char *name;
    const char *version;
    const char *arch; /* NULL: not said */
} VdiPackage;

typedef struct VdiFacts VdiFacts;

VdiFacts *vdi_facts_new(void);
void vdi_facts_free(VdiFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiFacts, vdi_facts_free)

/* All of these copy what they are given. */
void vdi_facts_set(VdiFacts *facts, VdiFactName name, const char *value);
/* ID_LIKE of os-release; NULL-terminated. Purl namespaces match one of these as well. */
void vdi_facts_set_os_like(VdiFacts *facts, const char *const *like);
/* "vigie" for ours; others by the id that manifests use (compat/host/clients.h). A NULL version:
 * known not to be there; an empty one: there, and nobody knows in which version. */
void vdi_facts_set_client(VdiFacts *facts, const char *id, const char *version);
/* A package that a client, or the engine, may come from: a transaction that changes it changes
 * their version as well (vdi_version_upstream). Of several the first that is installed counts, in
 * the order in which they were said. Named by type and name. */
void vdi_facts_set_client_package(
    VdiFacts *facts, const char *id, const char *type, const char *name);
void vdi_facts_set_engine_package(VdiFacts *facts, const char *type, const char *name);
/* A KB or advisory that is installed. */
void vdi_facts_add_update(VdiFacts *facts, const char *id);
/* From here on a package that was not added is known to be absent. Same for updates, clients and
 * settings. */
void vdi_facts_set_packages_known(VdiFacts *facts);
void vdi_facts_set_updates_known(VdiFacts *facts);
void vdi_facts_set_clients_known(VdiFacts *facts);
void vdi_facts_set_settings_known(VdiFacts *facts);
/* Several architectures or versions of one name may be installed. `namespace` and `arch` may be
 * NULL. */
void vdi_facts_add_package(VdiFacts *facts, const char *type, const char *namespace,
    const char *name, const char *version, const char *arch);
/* A library that the engine really loads. With the first one the list is known to be whole. */
void vdi_facts_add_library(VdiFacts *facts, const char *soname);
/* A NULL value: looked, and not set. */
void vdi_facts_set_setting(VdiFacts *facts, const char *key, const char *value);
/* What the wire, or the site, says of the other side: "broker-protocol", "rdp-security",
 * "certificate", "os-build". Unknown until the peer has spoken. */
void vdi_facts_set_peer(VdiFacts *facts, const char *key, const char *value);

/* NULL: unknown. Borrowed. */
const char *vdi_facts_get(const VdiFacts *facts, VdiFactName name);
/* Before any transaction, in the order in which they were added. */
size_t vdi_facts_n_packages(const VdiFacts *facts);
const VdiPackage *vdi_facts_package(const VdiFacts *facts, size_t i);

/* For whoever writes a machine down: what was set, before any transaction. Sorted by bytes, ended
 * by NULL; the array is yours (g_free), the texts are borrowed. */
const char **vdi_facts_clients(const VdiFacts *facts); /* ids, of absent ones too */
const char **vdi_facts_updates(const VdiFacts *facts);
const char **vdi_facts_libraries(const VdiFacts *facts); /* sonames */
const char **vdi_facts_settings(const VdiFacts *facts);  /* keys, of unset ones too */
const char **vdi_facts_peers(const VdiFacts *facts);     /* keys */
bool vdi_facts_updates_known(const VdiFacts *facts);
bool vdi_facts_clients_known(const VdiFacts *facts);
bool vdi_facts_settings_known(const VdiFacts *facts);
/* ID_LIKE, ended by NULL; NULL: not said. */
const char *const *vdi_facts_os_like(const VdiFacts *facts);
/* "TYPE/NAME" of the installed package behind a client, or (NULL) behind the engine. NULL: it comes
 * from none. */
const char *vdi_facts_package_of(const VdiFacts *facts, const char *id);
/* Its version, as its package system writes it: of several architectures the machine's own. */
const char *vdi_facts_package_version_of(const VdiFacts *facts, const char *id);

/* What conditions ask. */

/* Calls back for each installed package of that type and name; true as soon as one call is. */
typedef bool (*VdiPackageVisitor)(const VdiPackage *package, void *user);
bool vdi_facts_find_packages(const VdiFacts *facts, const char *type, const char *name,
    VdiPackageVisitor visitor, void *user);
bool vdi_facts_packages_known(const VdiFacts *facts);
/* A purl's namespace means this distributor: by its own name, or by one that the system is like.
 * Unknown where neither the package nor the system tells its distributor. */
VdiTruth vdi_facts_is_distributor(
    const VdiFacts *facts, const VdiPackage *package, const char *name);
VdiTruth vdi_facts_has_update(const VdiFacts *facts, const char *id);
VdiTruth vdi_facts_has_library(const VdiFacts *facts, const char *soname);
/* True: *ret_value is set. False: known to be absent. Unknown: nobody has looked. */
VdiTruth vdi_facts_client(const VdiFacts *facts, const char *id, const char **ret_version);
VdiTruth vdi_facts_setting(const VdiFacts *facts, const char *key, const char **ret_value);
VdiTruth vdi_facts_peer(const VdiFacts *facts, const char *key, const char **ret_value);
/* Calls back for each package that a client (`id`) or the engine (`id` NULL) comes or could come
 * from, the preferred first. */
typedef void (*VdiPackageNameVisitor)(const char *type, const char *name, void *user);
void vdi_facts_visit_packages_of(
    const VdiFacts *facts, const char *id, VdiPackageNameVisitor visitor, void *user);
/* Is that one of them? */
bool vdi_facts_is_package_of(
    const VdiFacts *facts, const char *id, const char *type, const char *name);
