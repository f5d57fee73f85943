/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/roots.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/signing.h"
#include "compat/trust/staged.h"

/* Public keys of each role; of a root that is to be. */
typedef struct {
    VdiMetadata *base;                       /* the root that it follows; NULL: none */
    GPtrArray *made;                         /* of VdiJson: new keys; owned */
    VdiSigningPublicRole roles[VDI_N_ROLES]; /* keys borrowed from the two above */
} Plan;

static void plan_init(Plan *plan)
{
    plan->made = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_json_free);
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        plan->roles[role].keys = g_ptr_array_new();
    }
}

static void plan_clear(Plan *plan)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_clear_pointer(&plan->roles[role].keys, g_ptr_array_unref);
    }
    g_clear_pointer(&plan->made, g_ptr_array_unref);
    vdi_metadata_free(plan->base);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

/* Which roles are changed together, and what their new keys are called. */
static const struct {
    const char *name;
    bool is_sealed;
    VdiRole roles[2];
} groups[] = {
    {"root", true, {VDI_ROLE_ROOT, VDI_ROLE_ROOT}},
    {"targets", true, {VDI_ROLE_TARGETS, VDI_ROLE_TARGETS}},
    {"online", false, {VDI_ROLE_SNAPSHOT, VDI_ROLE_TIMESTAMP}},
    {"snapshot", false, {VDI_ROLE_SNAPSHOT, VDI_ROLE_SNAPSHOT}},
    {"timestamp", false, {VDI_ROLE_TIMESTAMP, VDI_ROLE_TIMESTAMP}},
};
enum { GROUP_ROOT, GROUP_TARGETS, GROUP_ONLINE };

static bool make_keys(
    Plan *plan, VdiKeyring *keyring, size_t group, int number, GPtrArray *keys, GError **error)
{
    for (int i = 0; i < number; i++) {
        VdiJson *key = vdi_keyring_make(
            keyring, groups[group].name, number > 1, groups[group].is_sealed, error);

        if (key == NULL) {
            return false;
        }
        g_ptr_array_add(plan->made, key);
        g_ptr_array_add(keys, key);
    }
    return true;
}

static void add_to_role(Plan *plan, VdiRole role, const GPtrArray *keys)
{
    for (guint i = 0; i < keys->len; i++) {
        g_ptr_array_add(plan->roles[role].keys, g_ptr_array_index(keys, i));
    }
}

static bool check_numbers(const char *role, int64_t keys, int64_t threshold, GError **error)
{
    if (keys < 1 || keys > VDI_SIGNERS_KEYS_MAX) {
        return vdi_author_refuse(
            error, "%s: 1 to %d keys are possible", role, VDI_SIGNERS_KEYS_MAX);
    }
    if (threshold < 1 || threshold > keys) {
        return vdi_author_refuse(error,
            "%s: %" G_GINT64_FORMAT " keys cannot give %" G_GINT64_FORMAT " signatures", role, keys,
            threshold);
    }
    return true;
}

/* ---- the first ---- */

static bool is_empty(const char *path, GError **error)
{
    g_auto(GStrv) names = vdi_file_list(path);

    if (names[0] != NULL) {
        return vdi_author_refuse(error, "%s is not empty; keys are never made twice", path);
    }
    return true;
}

static bool is_fresh(const char *folder, const VdiKeyring *keyring, GError **error)
{
    g_autofree char *keys = g_build_filename(folder, "keys", NULL);
    g_autofree char *metadata = g_build_filename(folder, "metadata", NULL);

    if (!is_empty(keys, error) || !is_empty(metadata, error)) {
        return false;
    }
    if (!vdi_keyring_is_empty(keyring)) {
        return vdi_author_refuse(error, "%s holds keys already", vdi_keyring_folder(keyring));
    }
    return true;
}

static bool plan_first(Plan *plan, VdiKeyring *keyring, const VdiRootsFirst *first, GError **error)
{
    const int numbers[] = {
        first->root_keys, first->is_one_key ? 0 : first->targets_keys, first->is_one_key ? 0 : 1};
    const int thresholds[] = {first->root_threshold, first->targets_threshold, 1};

    for (size_t group = GROUP_ROOT; group <= GROUP_ONLINE; group++) {
        g_autoptr(GPtrArray) keys = g_ptr_array_new();

        if (!make_keys(plan, keyring, group, numbers[group], keys, error)) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            VdiRole role = groups[group].roles[i];

            if (plan->roles[role].keys->len == 0) {
                add_to_role(plan, role, first->is_one_key ? plan->made : keys);
                plan->roles[role].threshold = thresholds[group];
            }
        }
    }
    return true;
}

static GPtrArray *private_halves(VdiKeyring *keyring, const GPtrArray *public_keys)
{
    GPtrArray *keys = g_ptr_array_new();

    for (guint i = 0; i < public_keys->len; i++) {
        g_autofree char *keyid = vdi_key_id(g_ptr_array_index(public_keys, i));
        const VdiPrivateKey *key = NULL;
        bool found = vdi_keyring_find(keyring, keyid, &key, NULL);

        g_assert(found && key != NULL); /* made a moment ago */
        g_ptr_array_add(keys, (gpointer) key);
    }
    g_ptr_array_add(keys, NULL);
    return keys;
}

bool vdi_roots_init(const char *folder, VdiKeyring *keyring, const VdiRootsFirst *first,
    int64_t now, GError **error)
{
    g_auto(Plan) plan = {0};

    plan_init(&plan);
    if (!is_fresh(folder, keyring, error)
        || !check_numbers("root", first->root_keys, first->root_threshold, error)
        || !check_numbers("targets", first->targets_keys, first->targets_threshold, error)
        || !check_numbers("all", (int64_t) first->root_keys + first->targets_keys + 1, 1, error)) {
        return false;
    }
    if (first->is_one_key && (first->root_keys > 1 || first->targets_keys > 1)) {
        return vdi_author_refuse(error, "one key, or several: not both");
    }
    if (!plan_first(&plan, keyring, first, error)) {
        return false;
    }
    g_autoptr(VdiJson) part =
        vdi_signing_next_root(NULL, 1, now + vdi_author_lifetime(VDI_ROLE_ROOT), plan.roles);
    g_autoptr(GPtrArray) keys = private_halves(keyring, plan.roles[VDI_ROLE_ROOT].keys);
    g_autoptr(GBytes) bytes = vdi_signing_write(part, (const VdiPrivateKey *const *) keys->pdata);

    return vdi_staged_write(folder, VDI_STAGED_COMPLETE, VDI_ROLE_ROOT, 1, bytes, error);
}

/* ---- the next ---- */

/* The present keys, as they stand in the newest root, or in the one that waits. */
static bool plan_load(Plan *plan, VdiAuthor *author, GError **error)
{
    VdiJson *keys = NULL;

    plan_init(plan);
    if (!vdi_staged_read(author->folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, &plan->base, error)
        || (plan->base == NULL
            && !vdi_staged_read(
                author->folder, VDI_STAGED_COMPLETE, VDI_ROLE_ROOT, &plan->base, error))
        || !vdi_json_object(vdi_envelope_signed(plan->base->envelope), "keys", &keys, error)) {
        return false;
    }
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        const VdiSigners *signers = &plan->base->signers[role];
        VdiJson *key = NULL;

        for (size_t i = 0; signers->keyids[i] != NULL; i++) {
            if (vdi_json_object(keys, signers->keyids[i], &key, NULL)) {
                g_ptr_array_add(plan->roles[role].keys, key);
            }
        }
        plan->roles[role].threshold = signers->threshold;
    }
    return true;
}

/* No key counts twice in a role, and a client takes so many and no more. */
static bool check_keys(const Plan *plan, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        const GPtrArray *keys = plan->roles[role].keys;
        g_autoptr(GHashTable) own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (guint i = 0; i < keys->len; i++) {
            char *keyid = vdi_key_id(g_ptr_array_index(keys, i));

            g_hash_table_add(all, g_strdup(keyid));
            if (!g_hash_table_add(own, keyid)) {
                return vdi_author_refuse(
                    error, "%s: it has one of those keys already", vdi_role_name(role));
            }
        }
    }
    if (g_hash_table_size(all) > VDI_SIGNERS_KEYS_MAX) {
        return vdi_author_refuse(
            error, "at most %d keys are possible in all", VDI_SIGNERS_KEYS_MAX);
    }
    return true;
}

static bool plan_stage(const Plan *plan, const VdiAuthor *author, GError **error)
{
    static const VdiPrivateKey *const nobody[] = {NULL};
    int64_t version = author->root->version + 1;
    g_autoptr(VdiJson) part = vdi_signing_next_root(vdi_envelope_signed(plan->base->envelope),
        version, author->now + vdi_author_lifetime(VDI_ROLE_ROOT), plan->roles);
    g_autoptr(GBytes) bytes = vdi_signing_write(part, nobody);

    return check_keys(plan, error) && vdi_staged_drop(author->folder, VDI_ROLE_ROOT, error)
        && vdi_staged_write(
            author->folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, version, bytes, error);
}

/* A passphrase that is asked for is asked before anything is made, and seals the new keys too. */
static bool open_root_keys(VdiAuthor *author, GError **error)
{
    const VdiSigners *signers = &author->root->signers[VDI_ROLE_ROOT];

    for (size_t i = 0; signers->keyids[i] != NULL; i++) {
        const VdiPrivateKey *key = NULL;

        if (!vdi_keyring_find(author->keyring, signers->keyids[i], &key, error)) {
            return false;
        }
    }
    return true;
}

static bool find_group(const char *what, size_t *ret_group, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (g_str_equal(groups[i].name, what)) {
            *ret_group = i;
            return true;
        }
    }
    g_autofree char *shown = vdi_text_quote(what);

    g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
        "%s: root, targets, online, snapshot or timestamp is due", shown);
    return false;
}

static bool admit_keys(
    Plan *plan, VdiKeyring *keyring, const char *const *files, GPtrArray *keys, GError **error)
{
    for (size_t i = 0; files[i] != NULL; i++) {
        VdiJson *key = vdi_keyring_admit(keyring, files[i], error);

        if (key == NULL) {
            return false;
        }
        g_ptr_array_add(plan->made, key);
        g_ptr_array_add(keys, key);
    }
    return true;
}

bool vdi_roots_rotate(
    VdiAuthor *author, const char *what, const VdiRootsChange *change, GError **error)
{
    static const char *const none[] = {NULL};
    const char *const *files = change->files != NULL ? (const char *const *) change->files : none;
    g_auto(Plan) plan = {0};
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    size_t group = 0;

    if (!find_group(what, &group, error) || !plan_load(&plan, author, error)) {
        return false;
    }
    const VdiSigningPublicRole *present = &plan.roles[groups[group].roles[0]];
    int64_t given = (int64_t) g_strv_length((GStrv) files);
    int64_t number = given > 0                  ? 0
        : change->number > 0 || change->is_kept ? change->number
                                                : (int64_t) present->keys->len;
    int64_t threshold = change->threshold != 0 ? change->threshold : present->threshold;

    if (!check_numbers(
            what, number + given + (change->is_kept ? present->keys->len : 0), threshold, error)
        || !open_root_keys(author, error) || !admit_keys(&plan, author->keyring, files, keys, error)
        || !make_keys(&plan, author->keyring, group, (int) number, keys, error)) {
        return false;
    }
    for (int i = 0; i < (groups[group].roles[0] != groups[group].roles[1] ? 2 : 1); i++) {
        VdiSigningPublicRole *role = &plan.roles[groups[group].roles[i]];

        if (!change->is_kept) {
            g_ptr_array_set_size(role->keys, 0);
        }
        add_to_role(&plan, groups[group].roles[i], keys);
        role->threshold = threshold;
    }
    return plan_stage(&plan, author, error);
}

/* ---- revoking ---- */

static bool remove_key(GPtrArray *keys, const char *keyid)
{
    bool found = false;

    for (guint i = keys->len; i-- > 0;) {
        g_autofree char *own = vdi_key_id(g_ptr_array_index(keys, i));

        if (g_str_equal(own, keyid)) {
            g_ptr_array_remove_index(keys, i);
            found = true;
        }
    }
    return found;
}

/* The next root needs the threshold of the present one: can it be had without this key? */
static bool can_sign_without(VdiAuthor *author, const char *keyid, GError **error)
{
    const VdiSigners *signers = &author->root->signers[VDI_ROLE_ROOT];
    const VdiPrivateKey *here = NULL;
    int64_t left = 0;

    if (!vdi_keyring_find(author->keyring, keyid, &here, error)) {
        return false;
    }
    for (size_t i = 0; signers->keyids[i] != NULL; i++) {
        left += here != NULL || !g_str_equal(signers->keyids[i], keyid);
    }
    if (left < signers->threshold) {
        return vdi_author_refuse(error,
            "root %" G_GINT64_FORMAT " asks for %" G_GINT64_FORMAT
            " signatures and only %" G_GINT64_FORMAT
            " of its keys are left without that one. Find its backup; without it make a new "
            "site with \"init\" and place its root.json on every machine",
            author->root->version, signers->threshold, left);
    }
    return true;
}

static size_t group_of(VdiRole role)
{
    return role == VDI_ROLE_ROOT   ? GROUP_ROOT
        : role == VDI_ROLE_TARGETS ? GROUP_TARGETS
                                   : GROUP_ONLINE;
}

static GStrv all_keyids(const Plan *plan)
{
    g_autoptr(GPtrArray) keyids = g_ptr_array_new();

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        for (guint i = 0; i < plan->roles[role].keys->len; i++) {
            g_ptr_array_add(keyids, vdi_key_id(g_ptr_array_index(plan->roles[role].keys, i)));
        }
    }
    g_ptr_array_add(keyids, NULL);
    return (GStrv) g_ptr_array_free(g_steal_pointer(&keyids), false);
}

/* One new key takes the place in every role that the old one had. */
static bool replace_key(
    Plan *plan, VdiAuthor *author, const bool *had, size_t group, GError **error)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    if (!make_keys(plan, author->keyring, group, 1, fresh, error)) {
        return false;
    }
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (had[role]) {
            add_to_role(plan, role, fresh);
        }
    }
    return true;
}

static bool check_left(const Plan *plan, const bool *had, GError **error)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (had[role] && plan->roles[role].keys->len < plan->roles[role].threshold) {
            return vdi_author_refuse(error,
                "%s: %u keys would be left for %" G_GINT64_FORMAT
                " signatures; add --replace for a new key in its place, or first lower it with "
                "\"rotate DIR %s --keep --threshold\"",
                vdi_role_name(role), plan->roles[role].keys->len, plan->roles[role].threshold,
                vdi_role_name(role));
        }
    }
    return true;
}

bool vdi_roots_revoke(VdiAuthor *author, const char *key, bool is_replaced, GError **error)
{
    g_auto(Plan) plan = {0};
    bool had[VDI_N_ROLES] = {false};
    size_t group = GROUP_ONLINE;

    if (!plan_load(&plan, author, error)) {
        return false;
    }
    g_auto(GStrv) keyids = all_keyids(&plan);
    g_autofree char *keyid =
        vdi_keyring_identify(author->keyring, key, (const char *const *) keyids, error);

    if (keyid == NULL || !can_sign_without(author, keyid, error)) {
        return false;
    }
    for (int role = VDI_N_ROLES - 1; role >= VDI_ROLE_ROOT; role--) {
        had[role] = remove_key(plan.roles[role].keys, keyid);
        group = had[role] ? MIN(group, group_of((VdiRole) role)) : group;
    }
    if (!is_replaced && !check_left(&plan, had, error)) {
        return false;
    }
    return open_root_keys(author, error)
        && (!is_replaced || replace_key(&plan, author, had, group, error))
        && plan_stage(&plan, author, error);
}
