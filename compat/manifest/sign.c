/* SPDX-License-Identifier: Apache-2.0 */
/* sign, renew: signatures under what the draft says, and under that it is fresh. */
#include "compat/manifest/sign.h"

#include <stdio.h>

#include "base/error.h"
#include "base/program.h"
#include "compat/manifest/command.h"
#include "compat/manifest/difference.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/keys.h"
#include "compat/manifest/revision.h"
#include "compat/trust/ceremony.h"
#include "compat/trust/client.h"
#include "compat/trust/gather.h"
#include "compat/trust/staged.h"

/* ---- what is signed is shown first ---- */

static void print_lines(const char *heading, const GPtrArray *lines)
{
    for (guint i = 0; lines != NULL && i < lines->len; i++) {
        printf("%s%s\n", heading, (const char *) g_ptr_array_index(lines, i));
    }
}

static bool show_root(const VdiAuthor *author, GError **error)
{
    g_autoptr(VdiMetadata) next = NULL;

    if (!vdi_staged_read(author->folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, &next, error)) {
        return false;
    }
    g_autoptr(GPtrArray) changes =
        next != NULL ? vdi_ceremony_changes(author->keyring, author->root, next) : NULL;

    print_lines("the root that waits: ", changes);
    return true;
}

/* What others began is held to the same as a draft of ours. */
static bool show_targets(const VdiAuthor *author, GError **error)
{
    g_autoptr(GBytes) waiting = NULL, before = NULL;

    if (!vdi_staged_read_target(
            author->folder, VDI_STAGED_WAITING, VDI_TRUST_MANIFEST, &waiting, error)) {
        return false;
    }
    if (waiting == NULL) {
        return true;
    }
    g_autoptr(GBytes) sound = vdi_revision_all(waiting, author->now, error);

    if (sound == NULL
        || !vdi_staged_read_target(
            author->folder, VDI_STAGED_COMPLETE, VDI_TRUST_MANIFEST, &before, error)) {
        return false;
    }
    g_autoptr(GPtrArray) lines = before != NULL ? vdi_difference(before, waiting, error) : NULL;

    print_lines("the targets that wait: ", lines);
    return before == NULL || lines != NULL;
}

/* The draft begins new targets, unless some are on their way from one signer to the next. */
static bool begin(VdiAuthor *author, bool anew, GError **error)
{
    g_autoptr(GBytes) draft = vdi_draft_bytes(author->folder, error);
    VdiAuthorTask task = VDI_AUTHOR_GO_ON;

    if (draft == NULL || !vdi_author_look(author, VDI_TRUST_MANIFEST, draft, anew, &task, error)) {
        return false;
    }
    if (task == VDI_AUTHOR_GO_ON_WITH_OTHER) {
        vdi_program_warn("the draft has changed since it was signed first; what waits is signed as "
                         "it was. \"sign --anew\" drops that and signs the draft");
    }
    if (task != VDI_AUTHOR_BEGIN) {
        return show_targets(author, error);
    }
    g_autoptr(GBytes) manifest = vdi_draft_issue(author->folder, author->now, error);

    return manifest != NULL && vdi_author_begin(author, VDI_TRUST_MANIFEST, manifest, error);
}

/* ---- the commands ---- */

static bool gather(VdiAuthor *author, GStrv from, VdiAuthorReport *report, GError **error)
{
    bool done = true;

    for (size_t i = 0; from != NULL && from[i] != NULL && done; i++) {
        done = vdi_gather(author, from[i], report, error);
    }
    return done;
}

bool vdi_manifest_command_sign(VdiCall *call, GError **error)
{
    g_auto(VdiKeyOptions) options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&options);
    g_auto(VdiAuthorReport) report = {0};
    g_auto(GStrv) from = NULL;
    gboolean anew = false;
    const GOptionEntry entries[] = {
        {"from", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &from,
            "take over the signatures that were made in another copy of DIR; repeatable", "COPY"},
        {"anew", 0, 0, G_OPTION_ARG_NONE, &anew, "sign the draft, whatever waits for signatures",
            NULL},
        G_OPTION_ENTRY_NULL,
    };

    vdi_author_report_init(&report);
    if (!vdi_call_read(call, entries, shared, 1, 1, error)) {
        return false;
    }
    g_autoptr(VdiKeyring) keyring = vdi_key_options_open(&options, call->argv[1], error);
    g_autoptr(VdiAuthor) author =
        keyring != NULL ? vdi_author_open(call->argv[1], keyring, call->now, error) : NULL;

    if (author == NULL || !gather(author, from, &report, error) || !show_root(author, error)
        || !begin(author, anew, error) || !vdi_author_sign(author, &report, error)) {
        return false;
    }
    vdi_manifest_command_warn(call->argv[1], call->now, false);
    vdi_keys_print_report(&report, call->now);
    return true;
}

/* Quiet when nothing is due: a timer asks often. */
bool vdi_manifest_command_renew(VdiCall *call, GError **error)
{
    g_auto(VdiKeyOptions) options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&options);
    g_auto(VdiAuthorReport) report = {0};

    vdi_author_report_init(&report);
    if (!vdi_call_read(call, NULL, shared, 1, 1, error)) {
        return false;
    }
    g_autoptr(VdiKeyring) keyring = vdi_key_options_open(&options, call->argv[1], error);
    g_autoptr(VdiAuthor) author =
        keyring != NULL ? vdi_author_open(call->argv[1], keyring, call->now, error) : NULL;

    if (author == NULL || !vdi_author_renew(author, &report, error)) {
        return false;
    }
    if (report.signed_now->len > 0) {
        vdi_keys_print_report(&report, call->now);
    }
    return true;
}

bool vdi_manifest_sign_target(VdiAuthor *author, GBytes *target, char **ret_missing, GError **error)
{
    g_auto(VdiAuthorReport) report = {0};

    vdi_author_report_init(&report);
    *ret_missing = NULL;
    if (!vdi_author_begin(author, VDI_TRUST_MANIFEST, target, error)
        || !vdi_author_sign(author, &report, error)) {
        return false;
    }
    if (report.missing->len > 0) {
        *ret_missing = g_strdup(g_ptr_array_index(report.missing, 0));
    }
    return true;
}
