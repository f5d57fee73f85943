/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/signing.h"

#include <string.h>

#include "compat/trust/canonical.h"
#include "compat/trust/digest.h"
#include "compat/trust/hex.h"

#define SPEC_VERSION "1.0.34"

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

static void add_keys(VdiJson *keys, const VdiPrivateKey *const *list)
{
    for (size_t i = 0; list[i] != NULL; i++) {
        g_autoptr(VdiJson) public_key = vdi_private_key_public(list[i]);
        g_autofree char *keyid = vdi_key_id(public_key);

        if (!vdi_json_has(keys, keyid)) {
            vdi_json_add_copy(keys, keyid, public_key);
        }
    }
}

static void add_role(VdiJson *roles, VdiRole role, const VdiSigningRole *signers)
{
    VdiJson *object = vdi_json_add_object(roles, vdi_role_name(role));
    VdiJson *keyids = vdi_json_add_array(object, "keyids");

    for (size_t i = 0; signers->keys[i] != NULL; i++) {
        g_autoptr(VdiJson) public_key = vdi_private_key_public(signers->keys[i]);
        g_autofree char *keyid = vdi_key_id(public_key);

        vdi_json_add_text(keyids, NULL, keyid);
    }
    vdi_json_add_integer(object, "threshold", signers->threshold);
}

VdiJson *vdi_signing_root(
    int64_t version, int64_t expires_at, const VdiSigningRole roles[VDI_N_ROLES])
{
    VdiJson *object = head(VDI_ROLE_ROOT, version, expires_at);

    vdi_json_add_boolean(object, "consistent_snapshot", true);
    VdiJson *keys = vdi_json_add_object(object, "keys");
    VdiJson *listed = vdi_json_add_object(object, "roles");

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        add_keys(keys, roles[role].keys);
        add_role(listed, role, &roles[role]);
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

GBytes *vdi_signing_write(VdiJson *signed_part, const VdiPrivateKey *const *keys)
{
    g_autoptr(VdiJson) file = vdi_json_new_object();
    g_autoptr(GBytes) canonical = vdi_canonical_write(signed_part);
    VdiJson *signatures = vdi_json_add_array(file, "signatures");

    for (size_t i = 0; keys[i] != NULL; i++) {
        add_signature(signatures, keys[i], canonical);
    }
    vdi_json_add_copy(file, "signed", signed_part);
    char *text = vdi_json_print_pretty(file);

    return g_bytes_new_take(text, strlen(text));
}
