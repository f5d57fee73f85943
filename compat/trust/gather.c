/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/gather.h"

#include "base/error.h"
#include "compat/trust/ceremony.h"
#include "compat/trust/signing.h"
#include "compat/trust/staged.h"

/* Those by `signers` that `theirs` has and `ours` has not. */
static void find_new(const VdiMetadata *ours, const VdiMetadata *theirs, const VdiSigners *signers,
    GPtrArray *keyids)
{
    g_autoptr(GPtrArray) here = vdi_envelope_signed_by(ours->envelope, signers);
    g_autoptr(GPtrArray) there = vdi_envelope_signed_by(theirs->envelope, signers);

    for (guint i = 0; i < there->len; i++) {
        const char *keyid = g_ptr_array_index(there, i);

        if (!g_ptr_array_find_with_equal_func(here, keyid, g_str_equal, NULL)
            && !g_ptr_array_find_with_equal_func(keyids, keyid, g_str_equal, NULL)) {
            g_ptr_array_add(keyids, (gpointer) keyid);
        }
    }
}

static bool merge(VdiAuthor *author, const VdiMetadata *ours, const VdiMetadata *theirs,
    const char *from, VdiAuthorReport *report, GError **error)
{
    g_autoptr(GPtrArray) keyids = g_ptr_array_new(); /* the roots' */
    VdiRole role = ours->role;

    find_new(ours, theirs, &author->root->signers[role], keyids);
    if (role == VDI_ROLE_ROOT) {
        find_new(ours, theirs, &ours->signers[role], keyids);
    }
    if (keyids->len == 0) {
        return true;
    }
    g_autoptr(GBytes) file = vdi_signing_merge(
        vdi_envelope_bytes(ours->envelope), vdi_envelope_bytes(theirs->envelope), keyids, error);

    if (file == NULL
        || !vdi_staged_write(
            author->folder, VDI_STAGED_WAITING, role, ours->version, file, error)) {
        return false;
    }
    for (guint i = 0; i < keyids->len; i++) {
        g_autofree char *shown = vdi_keyring_show(author->keyring, g_ptr_array_index(keyids, i));

        g_ptr_array_add(report->signed_now,
            g_strdup_printf("%s %" G_GINT64_FORMAT ": the signature by %s is in %s",
                vdi_role_name(role), ours->version, shown, from));
    }
    return true;
}

static bool gather_role(VdiAuthor *author, VdiRole role, VdiStagedState state, const char *from,
    VdiAuthorReport *report, GError **error)
{
    g_autoptr(VdiMetadata) ours = NULL, theirs = NULL;

    if (!vdi_staged_read(author->folder, VDI_STAGED_WAITING, role, &ours, error)
        || !vdi_staged_read(from, state, role, &theirs, error)) {
        return false;
    }
    return ours == NULL || theirs == NULL
        || !g_bytes_equal(
            vdi_envelope_canonical(ours->envelope), vdi_envelope_canonical(theirs->envelope))
        || merge(author, ours, theirs, from, report, error);
}

bool vdi_gather(VdiAuthor *author, const char *from, VdiAuthorReport *report, GError **error)
{
    if (!g_file_test(from, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT, "%s: no such folder", from);
        return false;
    }
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (!gather_role(author, role, VDI_STAGED_WAITING, from, report, error)
            || !gather_role(author, role, VDI_STAGED_COMPLETE, from, report, error)) {
            return false;
        }
    }
    return true;
}
