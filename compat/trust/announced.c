/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/announced.h"

#include "base/text.h"

bool vdi_announced_fail_version(
    VdiTrustError code, const char *name, int64_t offered, int64_t expected, GError **error)
{
    g_autofree char *shown = vdi_text_clean(name);

    g_set_error(error, VDI_TRUST_ERROR, (int) code,
        "%s: version %" G_GINT64_FORMAT " is offered, %" G_GINT64_FORMAT " was expected", shown,
        offered, expected);
    return false;
}

bool vdi_announced_check_expiry(const VdiRun *run, const VdiMetadata *metadata, GError **error)
{
    if (metadata->expires_at > run->now) {
        return true;
    }
    g_autofree char *shown = vdi_text_clean(metadata->name);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED, "%s: it has expired", shown);
    return false;
}

static GBytes *fetch(
    const VdiRun *run, const VdiAnnounced *announced, const char *role, GError **error)
{
    const VdiDigest *digest = &announced->file->digest;
    size_t max_bytes = vdi_metadata_max_bytes(announced->role);
    g_autofree char *name = g_strconcat(role, ".json", NULL);
    g_autofree char *prefix = run->chain->of[VDI_ROLE_ROOT]->consistent_snapshot
        ? g_strdup_printf("%" G_GINT64_FORMAT, announced->file->version)
        : NULL;

    if (digest->length > (int64_t) max_bytes) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH,
            "the announced length is over the ceiling");
        return NULL;
    }
    if (digest->length > 0) {
        max_bytes = (size_t) digest->length;
    }
    g_autoptr(GBytes) bytes = vdi_trust_source_fetch(
        run->source, VDI_TRUST_METADATA, prefix, name, max_bytes, NULL, error);

    return bytes != NULL && vdi_digest_check(digest, bytes, error) ? g_steal_pointer(&bytes) : NULL;
}

static VdiMetadata *verify(
    const VdiRun *run, const VdiAnnounced *announced, GBytes *bytes, GError **error)
{
    return announced->delegation != NULL
        ? vdi_metadata_verify_delegated(announced->delegation, bytes, error)
        : vdi_metadata_verify(announced->role, bytes, run->chain->of[VDI_ROLE_ROOT], error);
}

VdiMetadata *vdi_announced_fetch(const VdiRun *run, const VdiAnnounced *announced, GError **error)
{
    const char *role = announced->delegation != NULL ? announced->delegation->name
                                                     : vdi_role_name(announced->role);
    g_autoptr(GBytes) bytes = fetch(run, announced, role, error);
    g_autoptr(VdiMetadata) metadata = bytes != NULL ? verify(run, announced, bytes, error) : NULL;

    if (metadata == NULL) {
        g_autofree char *shown = vdi_text_clean(role);

        g_prefix_error(error, "%s: ", shown);
        return NULL;
    }
    if (metadata->version != announced->file->version) {
        vdi_announced_fail_version(
            VDI_TRUST_ERROR_VERSION, role, metadata->version, announced->file->version, error);
        return NULL;
    }
    return g_steal_pointer(&metadata);
}
