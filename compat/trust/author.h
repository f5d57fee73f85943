/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/file.h"
#include "compat/trust/keyring.h"
#include "compat/trust/metadata.h"

/* The author's side of a repository: one folder with metadata (staged.h), the names of its keys
 * and, on the machines that sign, the keys (keyring.h). Section 6 of the specification.
 *
 * Whoever signs does what his keys can do, and the rest is said: so one person at one machine signs
 * all of it in one go, and several at several machines one after the other. */

/* Lifetimes that we write, in days. */
enum {
    VDI_AUTHOR_ROOT_DAYS = 730,
    VDI_AUTHOR_TARGETS_DAYS = 180,
    VDI_AUTHOR_SNAPSHOT_DAYS = 30,
    VDI_AUTHOR_TIMESTAMP_DAYS = 7,
};

int64_t vdi_author_lifetime(VdiRole role); /* seconds */

/* What an author may not do, or cannot: VDI_TRUST_ERROR_REFUSED. False. */
bool vdi_author_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What came of it. */
typedef struct {
    int64_t version[VDI_N_ROLES]; /* the newest that is complete; 0: none */
    int64_t expires_at[VDI_N_ROLES];
    GPtrArray *signed_now; /* of char *: "root 2: signed by root-1 (0f3a91c2)" */
    GPtrArray *missing;    /* of char *: which file lacks how many signatures, and whose */
} VdiAuthorReport;

void vdi_author_report_init(VdiAuthorReport *report);
void vdi_author_report_clear(VdiAuthorReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiAuthorReport, vdi_author_report_clear)

/* A folder at work: locked, its chain of roots followed. */
typedef struct {
    char *folder;
    VdiKeyring *keyring; /* borrowed */
    int64_t now;
    VdiFd lock;
    GPtrArray *roots;        /* of VdiMetadata: all that are complete, from root 1 on */
    const VdiMetadata *root; /* the last of them */
} VdiAuthor;

VdiAuthor *vdi_author_open(
    const char *folder, VdiKeyring *keyring, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_author_free(VdiAuthor *author);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiAuthor, vdi_author_free)

typedef enum {
    VDI_AUTHOR_GO_ON,            /* nothing to begin: targets over the draft are on their way, or no
                                    key here could sign others */
    VDI_AUTHOR_GO_ON_WITH_OTHER, /* targets that wait say something else than the draft */
    VDI_AUTHOR_BEGIN,
} VdiAuthorTask;

/* What signing means now: while targets go from one signer to the next, a signature more under
 * them, unless all is to begin `anew`. */
bool vdi_author_look(VdiAuthor *author, const char *name, GBytes *draft, bool anew,
    VdiAuthorTask *ret_task, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the next targets, over `target`, for vdi_author_sign; what waited before is dropped.
 * REFUSED, and nothing is changed, without a key for them. */
bool vdi_author_begin(
    VdiAuthor *author, const char *name, GBytes *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Signs with the keys that are here: a root and targets that wait, then snapshot and timestamp
 * where they are due. REFUSED when there is nothing that these keys can sign. */
bool vdi_author_sign(
    VdiAuthor *author, VdiAuthorReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Snapshot and timestamp alone, with the online key alone, for a timer: a timestamp that is a day
 * old, a snapshot that has lived half its life, and whatever newer targets ask for. Nothing due is
 * success, and report->signed_now is empty. */
bool vdi_author_renew(
    VdiAuthor *author, VdiAuthorReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
