/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/rules/condition.h"

/* The compatibility manifest: which combinations break a desktop, and until when. Format:
 * docs/manifest.md. Immutable once made. Parsing is not believing: whose bytes these are is
 * compat/trust's question, and it is asked first.
 *
 * This header and manifest.c know the compiled form alone and need GLib alone (vdi-hook); JSON is
 * read by manifest_reader.h. */

#define VDI_MANIFEST_SCHEMA "https://vigie.example/manifest/1"
#define VDI_MANIFEST_MAX_BYTES ((size_t) 8 * 1024 * 1024)
#define VDI_MANIFEST_MAX_RULES 16384
#define VDI_RULE_MAX_BYTES ((size_t) 64 * 1024)
#define VDI_RULE_ID_MAX 64
#define VDI_RULE_MAX_ENTRIES                                                                       \
    64 /* languages of a text, remedies, references, what it supersedes                            \
        */

typedef enum { VDI_EFFECT_NONE, VDI_EFFECT_INFO, VDI_EFFECT_ADVISE, VDI_EFFECT_BLOCK } VdiEffect;

/* CSAF's words. */
typedef enum {
    VDI_REMEDY_VENDOR_FIX,
    VDI_REMEDY_MITIGATION,
    VDI_REMEDY_WORKAROUND,
    VDI_REMEDY_NO_FIX_PLANNED,
    VDI_REMEDY_NONE_AVAILABLE,
    VDI_REMEDY_N_CATEGORIES,
} VdiRemedyCategory;

typedef enum {
    VDI_ACTION_NONE,
    VDI_ACTION_UPGRADE_CLIENT,
    VDI_ACTION_UPGRADE_PACKAGE,
    VDI_ACTION_INSTALL_UPDATE,
    VDI_ACTION_REMOVE_UPDATE,
    VDI_ACTION_CHANGE_SETTING,
    VDI_ACTION_N,
} VdiRemedyAction;

/* Language tag, text, language tag, text, …, NULL: as written, not yet cleaned
 * (compat/rules/explain). */
typedef const char *const *VdiTexts;

typedef struct {
    VdiRemedyCategory category;
    VdiRemedyAction action;
    const char *package; /* purl, canonical; NULL */
    const char *version; /* fixed in; NULL */
    const char *update;  /* KB or advisory; NULL */
    VdiTexts text;       /* instead of our own sentence; may be empty, never NULL */
} VdiRemedy;

typedef struct {
    const char *url;
    const char *title; /* NULL */
    bool is_verified;  /* somebody looked: x-verified */
} VdiReference;

/* Every text is borrowed from the manifest. */
typedef struct {
    const char *id;
    VdiEffect effect;
    VdiTexts title, message; /* may be empty when unreadable is set; never NULL */
    VdiCondition *when;      /* NULL when unreadable is set */
    const VdiRemedy *remedies;
    size_t n_remedies;
    const VdiReference *references;
    size_t n_references;
    const char *const *supersedes; /* ids of rules that this one replaces; NULL-terminated */
    bool is_superseded;       /* a readable rule of this manifest replaces it: it says nothing */
    int64_t expires_at;       /* UTC seconds; 0: never */
    int rollout_percent;      /* 100: everyone */
    const char *rollout_salt; /* NULL: the id */
    size_t number;            /* in the document, from 0 */
    const char *unreadable; /* why this version cannot use it, for a log (not translated): it holds
                               nothing and is reported; else NULL */
} VdiRule;

typedef struct VdiManifest VdiManifest;

void vdi_manifest_free(VdiManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiManifest, vdi_manifest_free)

const char *vdi_manifest_id(const VdiManifest *manifest);
int64_t vdi_manifest_issued_at(const VdiManifest *manifest);
size_t vdi_manifest_n_rules(const VdiManifest *manifest);
/* In the order of the document; borrowed, the same each time. NULL past the last. It is made when
 * it is first asked for: thousands of rules that say nothing here are never made. So one thread
 * asks; what it was given, all may read. */
const VdiRule *vdi_manifest_rule(const VdiManifest *manifest, size_t i);
const VdiRule *vdi_manifest_find(const VdiManifest *manifest, const char *id);

/* For who would ask every rule and keep few: does the condition of rule `i` pass the test? It is
 * made for as long as that takes, and nothing else of the rule is. True of an unreadable rule,
 * which is always reported; else false of one that is superseded. */
typedef bool (*VdiConditionTest)(const VdiCondition *when, const void *user);
bool vdi_manifest_passes(
    const VdiManifest *manifest, size_t i, VdiConditionTest test, const void *user);

/* Could any condition ask for a fact of that kind? False is certain; it takes no time. For who must
 * look hard for such a fact. */
bool vdi_manifest_may_ask(const VdiManifest *manifest, const char *kind);

/* The compiled form: what is read in a millisecond or two, without JSON (compiled.h). It is for the
 * machine and the version of Vigie that wrote it, and lies in a file that tells whether a byte has
 * changed. What does not load fails with VDI_MANIFEST_ERROR_COMPILED; a single rule that is not as
 * it was written is unreadable. */
GBytes *vdi_manifest_compile(const VdiManifest *manifest);
VdiManifest *vdi_manifest_load(GBytes *compiled, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The words of the format. "block", "advise", "info", "none"; the index is the enum. */
const char *vdi_effect_name(VdiEffect effect);
extern const char *const vdi_remedy_categories[VDI_REMEDY_N_CATEGORIES + 1];
extern const char *const vdi_remedy_actions[VDI_ACTION_N + 1]; /* [0] is "" */
