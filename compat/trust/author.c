/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/author.h"

#include "base/error.h"
#include "compat/trust/ceremony.h"
#include "compat/trust/chain.h"
#include "compat/trust/signing.h"
#include "compat/trust/staged.h"

enum { DAY_SECONDS = 86400, LOCK_MS = 5000 };

static const int lifetime_days[VDI_N_ROLES] = {
    [VDI_ROLE_ROOT] = VDI_AUTHOR_ROOT_DAYS,
    [VDI_ROLE_TIMESTAMP] = VDI_AUTHOR_TIMESTAMP_DAYS,
    [VDI_ROLE_SNAPSHOT] = VDI_AUTHOR_SNAPSHOT_DAYS,
    [VDI_ROLE_TARGETS] = VDI_AUTHOR_TARGETS_DAYS,
};

int64_t vdi_author_lifetime(VdiRole role)
{
    return (int64_t) lifetime_days[role] * DAY_SECONDS;
}

bool vdi_author_refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, what);
    return false;
}

void vdi_author_report_init(VdiAuthorReport *report)
{
    *report = (VdiAuthorReport){.signed_now = g_ptr_array_new_with_free_func(g_free),
        .missing = g_ptr_array_new_with_free_func(g_free)};
}

void vdi_author_report_clear(VdiAuthorReport *report)
{
    g_clear_pointer(&report->signed_now, g_ptr_array_unref);
    g_clear_pointer(&report->missing, g_ptr_array_unref);
}

VdiAuthor *vdi_author_open(const char *folder, VdiKeyring *keyring, int64_t now, GError **error)
{
    g_autoptr(VdiAuthor) author = g_new0(VdiAuthor, 1);

    author->folder = g_strdup(folder);
    author->keyring = keyring;
    author->now = now;
    author->lock = vdi_file_lock_folder(folder, LOCK_MS, error);
    author->roots =
        author->lock >= 0 ? vdi_staged_read_roots(folder, VDI_STAGED_COMPLETE, error) : NULL;
    if (author->roots == NULL) {
        return NULL;
    }
    author->root = g_ptr_array_index(author->roots, author->roots->len - 1);
    return g_steal_pointer(&author);
}

void vdi_author_free(VdiAuthor *author)
{
    if (author == NULL) {
        return;
    }
    g_clear_pointer(&author->roots, g_ptr_array_unref);
    vdi_fd_close(author->lock);
    g_free(author->folder);
    g_free(author);
}

/* ---- whose signatures ---- */

static bool is_signed(const VdiMetadata *metadata, const VdiMetadata *root, VdiRole role)
{
    return metadata != NULL
        && vdi_envelope_verify(metadata->envelope, &root->signers[role], NULL) == VDI_VERIFIED;
}

static bool is_believed(const VdiAuthor *author, const VdiMetadata *metadata)
{
    return metadata != NULL && is_signed(metadata, author->root, metadata->role);
}

/* Files under new keys are signed by the old ones too, where these are here: by those of every root
 * since the published one, or the one before, if the file before was signed under it. So they can
 * be published before the roots that name the new keys, and no client meets a root without them,
 * however many roots were made, and files signed, in between. An old key alone begins nothing but
 * that. */
static bool keys_for(
    VdiAuthor *author, VdiRole role, const VdiMetadata *newest, GPtrArray *keys, GError **error)
{
    guint last = author->roots->len - 1;
    guint from = (guint) MIN(vdi_staged_published_root(author->folder) - 1, (int64_t) last - 1);

    if (!vdi_ceremony_collect(author->keyring, &author->root->signers[role], keys, error)) {
        return false;
    }
    if (last == 0 || newest == NULL || (keys->len == 0 && is_believed(author, newest))) {
        return true;
    }
    while (from < last && !is_signed(newest, g_ptr_array_index(author->roots, from), role)) {
        from++;
    }
    for (guint i = last; i-- > from;) {
        const VdiMetadata *root = g_ptr_array_index(author->roots, i);

        if (!vdi_ceremony_collect(author->keyring, &root->signers[role], keys, error)) {
            return false;
        }
    }
    g_ptr_array_set_size(keys, (gint) MIN(keys->len, VDI_ENVELOPE_SIGNATURES_MAX));
    return true;
}

static bool write_file(
    VdiAuthor *author, VdiStagedState state, const VdiMetadata *metadata, GError **error)
{
    return vdi_staged_write(author->folder, state, metadata->role, metadata->version,
        vdi_envelope_bytes(metadata->envelope), error);
}

/* ---- root ---- */

/* Root N+1 needs the thresholds of root N and its own. */
static bool sign_root(VdiAuthor *author, VdiAuthorReport *report, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autoptr(VdiMetadata) waiting = NULL;
    g_autofree char *whose =
        g_strdup_printf(" by the keys of root %" G_GINT64_FORMAT, author->root->version);

    if (!vdi_staged_read(author->folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, &waiting, error)) {
        return false;
    }
    if (waiting == NULL) {
        return true;
    }
    if (waiting->version != author->root->version + 1) {
        return vdi_author_refuse(error, "the root that waits is not the next one; make it again");
    }
    if (!vdi_ceremony_collect(author->keyring, &author->root->signers[VDI_ROLE_ROOT], keys, error)
        || !vdi_ceremony_collect(author->keyring, &waiting->signers[VDI_ROLE_ROOT], keys, error)) {
        return false;
    }
    vdi_ceremony_keep_new(keys, waiting);
    if (keys->len > 0) {
        g_autoptr(VdiMetadata) made =
            vdi_ceremony_sign(VDI_ROLE_ROOT, vdi_envelope_bytes(waiting->envelope), keys, error);

        if (made == NULL || !write_file(author, VDI_STAGED_WAITING, made, error)) {
            return false;
        }
        vdi_ceremony_say_signed(author->keyring, made, keys, report->signed_now);
        vdi_metadata_free(waiting);
        waiting = g_steal_pointer(&made);
    }
    if (!is_signed(waiting, author->root, VDI_ROLE_ROOT)
        || !is_signed(waiting, waiting, VDI_ROLE_ROOT)) {
        vdi_ceremony_say_missing(author->keyring, waiting, &author->root->signers[VDI_ROLE_ROOT],
            whose, report->missing);
        vdi_ceremony_say_missing(
            author->keyring, waiting, &waiting->signers[VDI_ROLE_ROOT], "", report->missing);
        return true;
    }
    if (!write_file(author, VDI_STAGED_COMPLETE, waiting, error)
        || !vdi_staged_drop(author->folder, VDI_ROLE_ROOT, error)) {
        return false;
    }
    author->root = waiting;
    g_ptr_array_add(author->roots, g_steal_pointer(&waiting));
    return true;
}

/* ---- the other roles ---- */

static const char *announced_name(VdiRole role)
{
    return role == VDI_ROLE_TIMESTAMP ? "snapshot.json" : "targets.json";
}

/* `below`: what it must announce; NULL for targets, which announce no metadata. */
static bool announces(const VdiMetadata *metadata, const VdiMetadata *below)
{
    const VdiMetaFile *file =
        below != NULL ? vdi_metadata_file(metadata, announced_name(metadata->role)) : NULL;

    return below == NULL || (file != NULL && vdi_chain_is_announced(file, below));
}

static bool is_old(const VdiAuthor *author, const VdiMetadata *metadata)
{
    int64_t life = vdi_author_lifetime(metadata->role), left = metadata->expires_at - author->now;

    return (metadata->role == VDI_ROLE_TIMESTAMP && left <= life - DAY_SECONDS)
        || (metadata->role == VDI_ROLE_SNAPSHOT && left < life / 2);
}

/* Targets are begun by their author, and made again here only when their keys have changed. */
static bool is_due(
    const VdiAuthor *author, VdiRole role, const VdiMetadata *newest, const VdiMetadata *below)
{
    if (newest == NULL) {
        return role != VDI_ROLE_TARGETS;
    }
    return !is_believed(author, newest) || !announces(newest, below) || is_old(author, newest);
}

static GBytes *make(const VdiAuthor *author, VdiRole role, const VdiMetadata *newest,
    const VdiMetadata *below, GError **error)
{
    static const VdiPrivateKey *const nobody[] = {NULL};
    int64_t expires_at = author->now + vdi_author_lifetime(role), version = 0;
    g_autoptr(VdiJson) part = NULL;

    if (!vdi_staged_next_version(author->folder, role, &version, error)) {
        return NULL;
    }
    if (role == VDI_ROLE_TARGETS) {
        part = vdi_signing_again(vdi_envelope_signed(newest->envelope), version, expires_at);
    } else if (role == VDI_ROLE_SNAPSHOT) {
        part = vdi_signing_snapshot(
            version, expires_at, below->version, vdi_envelope_bytes(below->envelope));
    } else {
        part = vdi_signing_timestamp(
            version, expires_at, below->version, vdi_envelope_bytes(below->envelope));
    }
    return vdi_signing_write(part, nobody);
}

/* Signs `file` with the keys that are here. *ret_complete is what came of it, NULL while it waits
 * for others. `is_new`: it is written only with a signature. */
static bool sign_role(VdiAuthor *author, VdiRole role, GBytes *file, const VdiMetadata *newest,
    bool is_new, VdiAuthorReport *report, VdiMetadata **ret_complete, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autoptr(GPtrArray) nobody = g_ptr_array_new();
    g_autoptr(VdiMetadata) made = vdi_ceremony_sign(role, file, nobody, error);

    if (made == NULL || !keys_for(author, role, newest, keys, error)) {
        return false;
    }
    vdi_ceremony_keep_new(keys, made);
    if (keys->len > 0) {
        vdi_metadata_free(made);
        made = vdi_ceremony_sign(role, file, keys, error);
        if (made == NULL) {
            return false;
        }
        vdi_ceremony_say_signed(author->keyring, made, keys, report->signed_now);
    }
    if (is_believed(author, made)) {
        if (!write_file(author, VDI_STAGED_COMPLETE, made, error)
            || !vdi_staged_drop(author->folder, role, error)) {
            return false;
        }
        *ret_complete = g_steal_pointer(&made);
        return true;
    }
    vdi_ceremony_say_missing(
        author->keyring, made, &author->root->signers[role], "", report->missing);
    *ret_complete = NULL;
    return (is_new && keys->len == 0) || write_file(author, VDI_STAGED_WAITING, made, error);
}

/* Brings a role as far as the keys here can. *ret_newest is its newest file that clients would
 * believe; NULL when there is none. */
static bool advance(VdiAuthor *author, VdiRole role, const VdiMetadata *below,
    VdiAuthorReport *report, VdiMetadata **ret_newest, GError **error)
{
    g_autoptr(VdiMetadata) newest = NULL, waiting = NULL, complete = NULL;

    if (!vdi_staged_read(author->folder, VDI_STAGED_COMPLETE, role, &newest, error)
        || !vdi_staged_read(author->folder, VDI_STAGED_WAITING, role, &waiting, error)) {
        return false;
    }
    bool is_stale = waiting != NULL
        && (!announces(waiting, below) || waiting->expires_at <= author->now
            || (newest != NULL && waiting->version <= newest->version));

    if (is_stale) {
        g_clear_pointer(&waiting, vdi_metadata_free);
        if (!vdi_staged_drop(author->folder, role, error)) {
            return false;
        }
    }
    if (waiting != NULL || is_due(author, role, newest, below)) {
        g_autoptr(GBytes) file = waiting != NULL
            ? g_bytes_ref(vdi_envelope_bytes(waiting->envelope))
            : make(author, role, newest, below, error);

        if (file == NULL
            || !sign_role(author, role, file, newest, waiting == NULL, report, &complete, error)) {
            return false;
        }
    }
    VdiMetadata **best = complete != NULL ? &complete : &newest;

    if (is_believed(author, *best)) {
        report->version[role] = (*best)->version;
        report->expires_at[role] = (*best)->expires_at;
        *ret_newest = g_steal_pointer(best);
    }
    return true;
}

/* Snapshot and timestamp over these targets. */
static bool advance_freshness(
    VdiAuthor *author, const VdiMetadata *targets, VdiAuthorReport *report, GError **error)
{
    g_autoptr(VdiMetadata) snapshot = NULL, timestamp = NULL;

    return advance(author, VDI_ROLE_SNAPSHOT, targets, report, &snapshot, error)
        && (snapshot == NULL
            || advance(author, VDI_ROLE_TIMESTAMP, snapshot, report, &timestamp, error));
}

static bool check_root(const VdiAuthor *author, VdiAuthorReport *report, GError **error)
{
    report->version[VDI_ROLE_ROOT] = author->root->version;
    report->expires_at[VDI_ROLE_ROOT] = author->root->expires_at;
    if (author->root->expires_at <= author->now) {
        return vdi_author_refuse(error,
            "root: it has expired, and clients would refuse all that follows; make the "
            "next one with \"rotate DIR root --keep\"");
    }
    return true;
}

/* ---- signing ---- */

/* The newest complete targets over `draft` are not with clients yet, or only a root is new. */
static bool is_under_way(
    VdiAuthor *author, const char *name, GBytes *draft, bool *ret_is, GError **error)
{
    g_autoptr(VdiMetadata) root = NULL, targets = NULL, snapshot = NULL, timestamp = NULL;
    const char *folder = author->folder;

    if (!vdi_staged_read(folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, &root, error)
        || !vdi_staged_read(folder, VDI_STAGED_COMPLETE, VDI_ROLE_TARGETS, &targets, error)
        || !vdi_staged_read(folder, VDI_STAGED_COMPLETE, VDI_ROLE_SNAPSHOT, &snapshot, error)
        || !vdi_staged_read(folder, VDI_STAGED_COMPLETE, VDI_ROLE_TIMESTAMP, &timestamp, error)) {
        return false;
    }
    *ret_is = vdi_chain_is_target(targets, name, draft) && targets->expires_at > author->now
        && (root != NULL || !is_believed(author, targets) || snapshot == NULL || timestamp == NULL
            || !announces(snapshot, targets) || !announces(timestamp, snapshot));
    return true;
}

bool vdi_author_look(VdiAuthor *author, const char *name, GBytes *draft, bool anew,
    VdiAuthorTask *ret_task, GError **error)
{
    g_autoptr(VdiMetadata) waiting = NULL;
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    bool is_going = false;

    if (!vdi_staged_read(author->folder, VDI_STAGED_WAITING, VDI_ROLE_TARGETS, &waiting, error)
        || !is_under_way(author, name, draft, &is_going, error)) {
        return false;
    }
    if (waiting != NULL && !anew) {
        *ret_task = vdi_chain_is_target(waiting, name, draft) ? VDI_AUTHOR_GO_ON
                                                              : VDI_AUTHOR_GO_ON_WITH_OTHER;
        return true;
    }
    if (!vdi_ceremony_collect(
            author->keyring, &author->root->signers[VDI_ROLE_TARGETS], keys, error)) {
        return false;
    }
    *ret_task = keys->len > 0 && (anew || !is_going) ? VDI_AUTHOR_BEGIN : VDI_AUTHOR_GO_ON;
    return true;
}

bool vdi_author_begin(VdiAuthor *author, const char *name, GBytes *target, GError **error)
{
    static const VdiPrivateKey *const nobody[] = {NULL};
    const VdiSigners *signers = &author->root->signers[VDI_ROLE_TARGETS];
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    int64_t version = 0;

    if (!vdi_ceremony_collect(author->keyring, signers, keys, error)) {
        return false;
    }
    if (keys->len == 0) {
        return vdi_author_refuse(
            error, "targets: none of its keys is in %s", vdi_keyring_folder(author->keyring));
    }
    if (!vdi_staged_next_version(author->folder, VDI_ROLE_TARGETS, &version, error)
        || !vdi_staged_drop(author->folder, VDI_ROLE_TARGETS, error)
        || !vdi_staged_write_target(author->folder, name, target, error)) {
        return false;
    }
    g_autoptr(VdiJson) part =
        vdi_signing_targets(version, author->now + vdi_author_lifetime(VDI_ROLE_TARGETS));

    vdi_signing_add_target(part, name, target);
    g_autoptr(GBytes) file = vdi_signing_write(part, nobody);

    return vdi_staged_write(
        author->folder, VDI_STAGED_WAITING, VDI_ROLE_TARGETS, version, file, error);
}

static bool has_signed(const VdiAuthor *author, const VdiAuthorReport *report, GError **error)
{
    if (report->signed_now->len > 0) {
        return true;
    }
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < report->missing->len; i++) {
        g_string_append_printf(
            text, "%s%s", i > 0 ? "; " : "", (const char *) g_ptr_array_index(report->missing, i));
    }
    return vdi_author_refuse(error, "the keys in %s can add no signature: %s",
        vdi_keyring_folder(author->keyring),
        text->len > 0 ? text->str : "nothing waits for one of theirs");
}

bool vdi_author_sign(VdiAuthor *author, VdiAuthorReport *report, GError **error)
{
    g_autoptr(VdiMetadata) targets = NULL;

    if (!sign_root(author, report, error)) {
        return false;
    }
    if (report->missing->len > 0 && author->root->expires_at <= author->now) {
        return has_signed(author, report, error);
    }
    if (!check_root(author, report, error)
        || !advance(author, VDI_ROLE_TARGETS, NULL, report, &targets, error)) {
        return false;
    }
    if (targets != NULL && targets->expires_at <= author->now) {
        g_ptr_array_add(report->missing,
            g_strdup_printf("targets %" G_GINT64_FORMAT
                            " has expired; whoever has their keys must sign the draft",
                targets->version));
    } else if (targets != NULL && !advance_freshness(author, targets, report, error)) {
        return false;
    }
    return has_signed(author, report, error);
}

bool vdi_author_renew(VdiAuthor *author, VdiAuthorReport *report, GError **error)
{
    g_autoptr(VdiMetadata) targets = NULL;

    if (!check_root(author, report, error)
        || !vdi_staged_read(
            author->folder, VDI_STAGED_COMPLETE, VDI_ROLE_TARGETS, &targets, error)) {
        return false;
    }
    if (!is_believed(author, targets)) {
        return vdi_author_refuse(error, "%s",
            targets == NULL ? "nothing has been signed yet"
                            : "targets: its keys have changed; it must be signed again");
    }
    if (targets->expires_at <= author->now) {
        return vdi_author_refuse(error, "targets: it has expired; sign again");
    }
    report->version[VDI_ROLE_TARGETS] = targets->version;
    report->expires_at[VDI_ROLE_TARGETS] = targets->expires_at;
    return advance_freshness(author, targets, report, error)
        && (report->missing->len == 0 || has_signed(author, report, error));
}
