/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/health.h"

#include "compat/trust/author.h"
#include "compat/trust/publish.h"

static void judge(const VdiHealth *health, VdiRole role, int64_t now, VdiHealthRole *ret_role)
{
    const VdiMetadata *metadata = ret_role->metadata;
    const VdiSigners *signers = &health->root->signers[role];

    if (metadata == NULL) {
        ret_role->state = VDI_HEALTH_BAD;
        return;
    }
    ret_role->signed_by = vdi_envelope_signed_by(metadata->envelope, signers);
    ret_role->left = metadata->expires_at - now;
    if (ret_role->signed_by->len < signers->threshold || ret_role->left <= 0) {
        ret_role->state = VDI_HEALTH_BAD;
    } else if (ret_role->left < vdi_author_lifetime(role) * VDI_HEALTH_MIN_PERCENT / 100) {
        ret_role->state = VDI_HEALTH_ENDS_SOON;
    }
}

static char *ask_client(const char *folder, VdiStagedState state, const char *name, int64_t now)
{
    g_autofree char *files = state == VDI_STAGED_PUBLISHED
        ? g_strdup(folder)
        : g_build_filename(folder, "metadata", NULL);
    g_autoptr(GError) local = NULL;
    VdiTrustReport report = {0};
    g_autoptr(GBytes) target = vdi_publish_verify(files, name, now, &report, &local);

    return target != NULL ? NULL : g_strdup(local->message);
}

bool vdi_health_read(const char *folder, VdiStagedState state, const char *name, int64_t now,
    VdiHealth *ret_health, GError **error)
{
    g_auto(VdiHealth) health = {0};
    g_autoptr(GPtrArray) roots = vdi_staged_read_roots(folder, state, error);

    if (roots == NULL) {
        return false;
    }
    health.root = g_ptr_array_steal_index(roots, roots->len - 1);
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (!vdi_staged_read(folder, state, role, &health.roles[role].metadata, error)) {
            return false;
        }
        judge(&health, role, now, &health.roles[role]);
        health.state = MAX(health.state, health.roles[role].state);
    }
    health.refusal = ask_client(folder, state, name, now);
    if (health.refusal != NULL) {
        health.state = VDI_HEALTH_BAD;
    }
    *ret_health = health;
    health = (VdiHealth){0};
    return true;
}

void vdi_health_clear(VdiHealth *health)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_clear_pointer(&health->roles[role].signed_by, g_ptr_array_unref);
        vdi_metadata_free(health->roles[role].metadata);
    }
    vdi_metadata_free(health->root);
    g_free(health->refusal);
}
