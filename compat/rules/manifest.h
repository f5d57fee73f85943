/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/rules/condition.h"

/* The compatibility manifest: which combinations break a desktop, and until when. Format:
 * docs/manifest.md. Immutable once made. Parsing is not believing: whose bytes these are is
 * compat/trust's question, and it is asked first. */

#define VDI_MANIFEST_MAX_BYTES ((size_t) 8 * 1024 * 1024)
#define VDI_MANIFEST_MAX_RULES 16384
#define VDI_RULE_MAX_BYTES ((size_t) 64 * 1024)
#define VDI_RULE_ID_MAX 64

typedef enum { VDI_EFFECT_NONE, VDI_EFFECT_INFO, VDI_EFFECT_ADVISE, VDI_EFFECT_BLOCK } VdiEffect;

/* CSAF's words. */
typedef enum {
    VDI_REMEDY_VENDOR_FIX,
    VDI_REMEDY_MITIGATION,
    VDI_REMEDY_WORKAROUND,
    VDI_REMEDY_NO_FIX_PLANNED,
    VDI_REMEDY_NONE_AVAILABLE,
} VdiRemedyCategory;

typedef struct {
    VdiRemedyCategory category;
    char *action; /* "upgrade-client", "upgrade-package", "remove-update", "change-setting"; NULL */
    char *package;    /* purl; NULL */
    char *version;    /* fixed in; NULL */
    GHashTable *text; /* language → sentence; NULL */
} VdiRemedy;

typedef struct {
    char *id;
    VdiEffect effect;
    GHashTable *title, *message; /* language tag → text, as written: not yet cleaned */
    VdiCondition *when;          /* NULL when unreadable is set */
    GPtrArray *remedies;         /* of VdiRemedy */
    int64_t expires_at;          /* UTC seconds; 0: never */
    int rollout_percent;         /* 100: everyone */
    char *rollout_salt;          /* NULL: the id */
    char *unreadable; /* why this version cannot use it: it holds nothing and is reported; else NULL
                       */
} VdiRule;

typedef struct VdiManifest VdiManifest;

typedef enum {
    VDI_MANIFEST_READER, /* a machine's: a rule that it does not understand becomes unreadable */
    VDI_MANIFEST_AUTHOR, /* the author's tool: the same is an error */
} VdiManifestStrictness;

/* UTF-8 JSON of at most VDI_MANIFEST_MAX_BYTES. Fails with VDI_MANIFEST_ERROR, saying where:
 * "rules[3].when.all[1].package: …". */
VdiManifest *vdi_manifest_parse(
    GBytes *document, VdiManifestStrictness strictness, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_manifest_free(VdiManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiManifest, vdi_manifest_free)

const char *vdi_manifest_id(const VdiManifest *manifest);
int64_t vdi_manifest_issued_at(const VdiManifest *manifest);
size_t vdi_manifest_n_rules(const VdiManifest *manifest);
/* In the order of the document; borrowed. NULL past the last. */
const VdiRule *vdi_manifest_rule(const VdiManifest *manifest, size_t i);
const VdiRule *vdi_manifest_find(const VdiManifest *manifest, const char *id);

/* The compiled form: what vdi-hook reads in a millisecond, without JSON. A serialised GVariant
 * behind a header with a magic number, a format number and a SHA-256 of the rest; loading checks
 * all of it and fails with VDI_MANIFEST_ERROR_COMPILED. Little-endian, same machine, same version
 * of Vigie. */
GBytes *vdi_manifest_compile(const VdiManifest *manifest);
VdiManifest *vdi_manifest_load(GBytes *compiled, GError **error) G_GNUC_WARN_UNUSED_RESULT;
