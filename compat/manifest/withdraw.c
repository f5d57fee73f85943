/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw: a rule that is published is taken back, in one command. */
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/difference.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/keys.h"
#include "compat/manifest/revision.h"
#include "compat/manifest/sign.h"
#include "compat/manifest/webroot.h"
#include "compat/manifest/withdrawn.h"
#include "compat/trust/metadata.h"
#include "compat/trust/publish.h"

typedef struct {
    const char *folder, *rule;
    char *webroot;
    GBytes *published; /* what clients hold now */
    GBytes *without;   /* the same without the rule: what they will hold */
} Withdrawal;

static void withdrawal_clear(Withdrawal *withdrawal)
{
    g_clear_pointer(&withdrawal->webroot, g_free);
    g_clear_pointer(&withdrawal->published, g_bytes_unref);
    g_clear_pointer(&withdrawal->without, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Withdrawal, withdrawal_clear)

static bool refuse(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, what);
    return false;
}

/* ---- before anything is changed ---- */

static bool find_webroot(Withdrawal *withdrawal, const char *given, GError **error)
{
    g_autoptr(GError) local = NULL;

    withdrawal->webroot =
        given != NULL ? g_strdup(given) : vdi_webroot_recall(withdrawal->folder, &local);
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (withdrawal->webroot == NULL) {
        return vdi_call_fail_usage(
            "--to WEBROOT is missing: nothing was published from this folder yet", error);
    }
    if (access(withdrawal->webroot, W_OK | X_OK) != 0) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE,
            "%s: the web root is not there, or not writable by you", withdrawal->webroot);
        return false;
    }
    return true;
}

/* The web root belongs to the keys of this folder. */
static bool check_root(const Withdrawal *withdrawal, GError **error)
{
    g_autofree char *own = g_build_filename(withdrawal->folder, "metadata", "1.root.json", NULL);
    g_autofree char *theirs = g_build_filename(withdrawal->webroot, "1.root.json", NULL);
    g_autoptr(GBytes) own_root = vdi_file_read(own, VDI_METADATA_ROOT_MAX_BYTES, error);
    g_autoptr(GBytes) their_root =
        own_root != NULL ? vdi_file_read(theirs, VDI_METADATA_ROOT_MAX_BYTES, error) : NULL;

    return their_root != NULL
        && (g_bytes_equal(own_root, their_root)
            || refuse("the web root belongs to another organisation", error));
}

static bool is_in(GBytes *bytes, const char *id)
{
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(bytes, VDI_MANIFEST_READER, NULL);

    return manifest != NULL && vdi_manifest_find(manifest, id) != NULL;
}

static bool refuse_unpublished(const Withdrawal *withdrawal, GError **error)
{
    g_autoptr(GBytes) draft = vdi_draft_bytes(withdrawal->folder, NULL);
    g_autofree char *shown = vdi_text_quote(withdrawal->rule);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
        draft != NULL && is_in(draft, withdrawal->rule)
            ? "rule %s: it is not published; vdi-manifest remove takes it out of the draft"
            : "rule %s: no such rule is published",
        shown);
    return false;
}

static bool prepare(Withdrawal *withdrawal, int64_t now, GError **error)
{
    VdiTrustReport report = {0};

    if (!check_root(withdrawal, error)) {
        return false;
    }
    /* Time 0: whatever is published was fresh once, and a rule can be withdrawn late. */
    withdrawal->published =
        vdi_publish_verify(withdrawal->webroot, VDI_TRUST_MANIFEST, 0, &report, error);
    if (withdrawal->published == NULL) {
        return false;
    }
    if (!is_in(withdrawal->published, withdrawal->rule)) {
        return refuse_unpublished(withdrawal, error);
    }
    withdrawal->without = vdi_revision_without(withdrawal->published, withdrawal->rule, now, error);
    return withdrawal->without != NULL;
}

/* ---- the withdrawal ---- */

/* The draft may be ahead of what is published, and stays so: it loses the rule alone. */
static bool update_draft(const Withdrawal *withdrawal, int64_t now, GError **error)
{
    g_autoptr(GBytes) draft = vdi_draft_bytes(withdrawal->folder, error);

    return draft != NULL
        && (!is_in(draft, withdrawal->rule)
            || vdi_draft_remove(withdrawal->folder, withdrawal->rule, now, error));
}

static bool sign(const Withdrawal *withdrawal, const VdiKeyOptions *options, int64_t now,
    char **ret_missing, GError **error)
{
    g_autoptr(VdiKeyring) keyring = vdi_key_options_open(options, withdrawal->folder, error);
    g_autoptr(VdiAuthor) author =
        keyring != NULL ? vdi_author_open(withdrawal->folder, keyring, now, error) : NULL;

    return author != NULL
        && vdi_manifest_sign_target(author, withdrawal->without, ret_missing, error);
}

static bool publish(const Withdrawal *withdrawal, int64_t now, GError **error)
{
    VdiTrustReport report = {0};

    return vdi_publish(
               withdrawal->folder, withdrawal->webroot, VDI_TRUST_MANIFEST, now, &report, error)
        && vdi_webroot_remember(withdrawal->folder, withdrawal->webroot, error);
}

/* Signed first: it writes nothing when no key is here. Where several people sign, the draft and the
 * memory are right when the last of them publishes. */
static bool withdraw(
    const Withdrawal *withdrawal, const VdiKeyOptions *options, int64_t now, GError **error)
{
    g_autofree char *missing = NULL;

    if (!sign(withdrawal, options, now, &missing, error)
        || !vdi_withdrawn_remember(
            withdrawal->folder, withdrawal->published, withdrawal->rule, now, error)
        || !update_draft(withdrawal, now, error)) {
        return false;
    }
    if (missing != NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "signed, and not complete: %s. Let them \"sign\", then \"publish\"", missing);
        return false;
    }
    return publish(withdrawal, now, error);
}

static void say(const Withdrawal *withdrawal)
{
    g_autoptr(GBytes) draft = vdi_draft_bytes(withdrawal->folder, NULL);
    g_autoptr(GPtrArray) ahead =
        draft != NULL ? vdi_difference(withdrawal->without, draft, NULL) : NULL;

    printf("rule %s is withdrawn; %s says so now\n", withdrawal->rule, withdrawal->webroot);
    if (ahead != NULL && ahead->len > 0) {
        vdi_program_warn("the draft holds other changes, which were not published; vdi-manifest "
                         "diff lists them");
    }
}

bool vdi_manifest_command_withdraw(VdiCall *call, GError **error)
{
    g_autofree char *to = NULL;
    g_auto(VdiKeyOptions) options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&options);
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &to,
            "the folder that clients read; by default where it was published last", "WEBROOT"},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, shared, 2, 2, error)) {
        return false;
    }
    g_auto(Withdrawal) withdrawal = {.folder = call->argv[1], .rule = call->argv[2]};

    if (!find_webroot(&withdrawal, to, error) || !prepare(&withdrawal, call->now, error)
        || !withdraw(&withdrawal, &options, call->now, error)) {
        return false;
    }
    say(&withdrawal);
    return true;
}
