/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/signing.h"

#include <string.h>

#include "compat/trust/canonical.h"
#include "compat/trust/digest.h"
#include "compat/trust/hex.h"
#include "compat/trust/metadata.h"

#define SPEC_VERSION "1.0.34"
enum { KEYID_MAX = 128 };

static VdiJson *head(VdiRole role, int64_t version, int64_t expires_at)
{
    VdiJson *object = vdi_json_new_object();

    g_assert(version >= 1 && version <= VDI_SIGNING_VERSION_MAX);
    vdi_json_add_text(object, "_type", vdi_role_name(role));
    vdi_json_add_text(object, "spec_version", SPEC_VERSION);
    vdi_json_add_integer(object, "version", version);
    vdi_json_add_time(object, "expires", expires_at);
    return object;
}

static void add_keys(VdiJson *keys, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        VdiJson *key = g_ptr_array_index(list, i);
        g_autofree char *keyid = vdi_key_id(key);

        if (!vdi_json_has(keys, keyid)) {
            vdi_json_add_copy(keys, keyid, key);
        }
    }
}

static void add_role(VdiJson *roles, VdiRole role, const VdiSigningPublicRole *signers)
{
    VdiJson *object = vdi_json_add_object(roles, vdi_role_name(role));
    VdiJson *keyids = vdi_json_add_array(object, "keyids");

    for (guint i = 0; i < signers->keys->len; i++) {
        g_autofree char *keyid = vdi_key_id(g_ptr_array_index(signers->keys, i));

        vdi_json_add_text(keyids, NULL, keyid);
    }
    vdi_json_add_integer(object, "threshold", signers->threshold);
}

/* What this version does not know was signed too, and stays. */
static void add_unknown(VdiJson *object, VdiJson *previous)
{
    static const char *const known[] = {"_type", "spec_version", "version", "expires",
        "consistent_snapshot", "keys", "roles", NULL};

    for (size_t i = 0; i < vdi_json_length(previous); i++) {
        const char *name = vdi_json_name(previous, i);

        if (!g_strv_contains(known, name)) {
            vdi_json_add_copy(object, name, vdi_json_element(previous, i));
        }
    }
}

VdiJson *vdi_signing_next_root(VdiJson *previous, int64_t version, int64_t expires_at,
    const VdiSigningPublicRole roles[VDI_N_ROLES])
{
    VdiJson *object = head(VDI_ROLE_ROOT, version, expires_at);

    vdi_json_add_boolean(object, "consistent_snapshot", true);
    VdiJson *keys = vdi_json_add_object(object, "keys");
    VdiJson *listed = vdi_json_add_object(object, "roles");

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        add_keys(keys, roles[role].keys);
        add_role(listed, role, &roles[role]);
    }
    if (previous != NULL) {
        add_unknown(object, previous);
    }
    return object;
}

VdiJson *vdi_signing_root(
    int64_t version, int64_t expires_at, const VdiSigningRole roles[VDI_N_ROLES])
{
    VdiSigningPublicRole publics[VDI_N_ROLES];

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        publics[role] = (VdiSigningPublicRole){
            g_ptr_array_new_with_free_func((GDestroyNotify) vdi_json_free), roles[role].threshold};
        for (size_t i = 0; roles[role].keys[i] != NULL; i++) {
            g_ptr_array_add(publics[role].keys, vdi_private_key_public(roles[role].keys[i]));
        }
    }
    VdiJson *object = vdi_signing_next_root(NULL, version, expires_at, publics);

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_ptr_array_unref(publics[role].keys);
    }
    return object;
}

VdiJson *vdi_signing_targets(int64_t version, int64_t expires_at)
{
    VdiJson *object = head(VDI_ROLE_TARGETS, version, expires_at);

    vdi_json_add_object(object, "targets");
    return object;
}

void vdi_signing_add_target(VdiJson *targets, const char *path, GBytes *bytes)
{
    VdiJson *list = NULL;
    bool found = vdi_json_object(targets, "targets", &list, NULL);

    g_assert(found);
    vdi_digest_write(vdi_json_add_object(list, path), bytes);
}

static VdiJson *announce(VdiRole role, int64_t version, int64_t expires_at, const char *name,
    int64_t announced, GBytes *bytes)
{
    VdiJson *object = head(role, version, expires_at);
    VdiJson *file = vdi_json_add_object(vdi_json_add_object(object, "meta"), name);

    vdi_json_add_integer(file, "version", announced);
    vdi_digest_write(file, bytes);
    return object;
}

VdiJson *vdi_signing_snapshot(
    int64_t version, int64_t expires_at, int64_t targets_version, GBytes *targets)
{
    return announce(
        VDI_ROLE_SNAPSHOT, version, expires_at, "targets.json", targets_version, targets);
}

VdiJson *vdi_signing_timestamp(
    int64_t version, int64_t expires_at, int64_t snapshot_version, GBytes *snapshot)
{
    return announce(
        VDI_ROLE_TIMESTAMP, version, expires_at, "snapshot.json", snapshot_version, snapshot);
}

VdiJson *vdi_signing_again(VdiJson *signed_part, int64_t version, int64_t expires_at)
{
    VdiJson *object = vdi_json_new_object();

    for (size_t i = 0; i < vdi_json_length(signed_part); i++) {
        const char *name = vdi_json_name(signed_part, i);

        if (g_str_equal(name, "version")) {
            vdi_json_add_integer(object, name, version);
        } else if (g_str_equal(name, "expires")) {
            vdi_json_add_time(object, name, expires_at);
        } else {
            vdi_json_add_copy(object, name, vdi_json_element(signed_part, i));
        }
    }
    return object;
}

static void add_signature(VdiJson *signatures, const VdiPrivateKey *key, GBytes *canonical)
{
    VdiJson *object = vdi_json_add_object(signatures, NULL);
    g_autoptr(VdiJson) public_key = vdi_private_key_public(key);
    g_autofree char *keyid = vdi_key_id(public_key);
    g_autoptr(GBytes) signature = vdi_private_key_sign(key, canonical);
    g_autofree char *hex =
        vdi_hex_write(g_bytes_get_data(signature, NULL), g_bytes_get_size(signature));

    vdi_json_add_text(object, "keyid", keyid);
    vdi_json_add_text(object, "sig", hex);
}

/* Takes `signatures`, an array. */
static GBytes *print(VdiJson *signatures, VdiJson *signed_part)
{
    g_autoptr(VdiJson) owned = signatures;
    g_autoptr(VdiJson) file = vdi_json_new_object();

    vdi_json_add_copy(file, "signatures", owned);
    vdi_json_add_copy(file, "signed", signed_part);
    char *text = vdi_json_print_pretty(file);

    return g_bytes_new_take(text, strlen(text));
}

static void add_signatures(
    VdiJson *signatures, const VdiPrivateKey *const *keys, VdiJson *signed_part)
{
    g_autoptr(GBytes) canonical = vdi_canonical_write(signed_part);

    for (size_t i = 0; keys[i] != NULL; i++) {
        add_signature(signatures, keys[i], canonical);
    }
}

GBytes *vdi_signing_write(VdiJson *signed_part, const VdiPrivateKey *const *keys)
{
    VdiJson *signatures = vdi_json_new_array();

    add_signatures(signatures, keys, signed_part);
    return print(signatures, signed_part);
}

/* The parts of a file; borrowed from `tree`. */
static bool read_parts(
    VdiJson *tree, VdiJson **ret_signed_part, VdiJson **ret_signatures, GError **error)
{
    return tree != NULL && vdi_json_object(tree, "signed", ret_signed_part, error)
        && vdi_json_array(
            tree, "signatures", 0, VDI_ENVELOPE_SIGNATURES_MAX, ret_signatures, error);
}

/* The signatures of `from` that are by `keyids`, or all others. */
static void copy_signatures(
    VdiJson *signatures, VdiJson *from, const GPtrArray *keyids, bool is_by_them)
{
    for (size_t i = 0; i < vdi_json_length(from); i++) {
        VdiJson *signature = vdi_json_element(from, i);
        g_autofree char *keyid = NULL;
        bool found = vdi_json_text(signature, "keyid", 1, KEYID_MAX, &keyid, NULL)
            && g_ptr_array_find_with_equal_func((GPtrArray *) keyids, keyid, g_str_equal, NULL);

        if (found == is_by_them) {
            vdi_json_add_copy(signatures, NULL, signature);
        }
    }
}

GBytes *vdi_signing_add(GBytes *file, const VdiPrivateKey *const *keys, GError **error)
{
    g_autoptr(VdiJson) tree = vdi_json_parse(file, VDI_METADATA_MAX_BYTES, error);
    g_autoptr(GPtrArray) keyids = g_ptr_array_new_with_free_func(g_free);
    VdiJson *old = NULL, *signed_part = NULL;

    if (!read_parts(tree, &signed_part, &old, error)) {
        return NULL;
    }
    for (size_t i = 0; keys[i] != NULL; i++) {
        g_autoptr(VdiJson) public_key = vdi_private_key_public(keys[i]);

        g_ptr_array_add(keyids, vdi_key_id(public_key));
    }
    VdiJson *signatures = vdi_json_new_array();

    copy_signatures(signatures, old, keyids, false);
    add_signatures(signatures, keys, signed_part);
    return print(signatures, signed_part);
}

GBytes *vdi_signing_merge(GBytes *file, GBytes *other, const GPtrArray *keyids, GError **error)
{
    g_autoptr(VdiJson) tree = vdi_json_parse(file, VDI_METADATA_MAX_BYTES, error);
    g_autoptr(VdiJson) theirs = vdi_json_parse(other, VDI_METADATA_MAX_BYTES, error);
    VdiJson *old = NULL, *signed_part = NULL, *new = NULL, *same_part = NULL;

    if (!read_parts(tree, &signed_part, &old, error)
        || !read_parts(theirs, &same_part, &new, error)) {
        return NULL;
    }
    VdiJson *signatures = vdi_json_new_array();

    copy_signatures(signatures, old, keyids, false);
    copy_signatures(signatures, new, keyids, true);
    return print(signatures, signed_part);
}
