/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/import.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/rules/manifest_reader.h"
#include "compat/store.h"
#include "compat/trust/fingerprint.h"
#include "compat/trust/metadata.h"
#include "compat/trust/trial.h"

void vdi_import_clear(VdiImport *import)
{
    g_clear_pointer(&import->organisation, g_free);
}

/* ---- an update ---- */

static bool is_enrolled(const VdiPaths *paths, const char *name, GError **error)
{
    g_auto(GStrv) names = vdi_store_names(paths);

    if (g_strv_contains((const char *const *) names, name)) {
        return true;
    }
    g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_STRANGER, "%s", name);
    return false;
}

/* Whoever calls himself by a name that is enrolled must have its root. A chain that begins after
 * the enrolled root is judged by its signatures alone. */
static bool is_same_root(const VdiPaths *paths, const VdiBundle *bundle, GError **error)
{
    g_autoptr(VdiTrustRepository) repository =
        vdi_store_repository(paths, vdi_bundle_organisation(bundle));
    g_autoptr(GBytes) placed = vdi_trust_repository_root_of_trust(repository, error);
    g_autoptr(VdiMetadata) root =
        placed != NULL ? vdi_metadata_verify_root(placed, NULL, error) : NULL;

    if (root == NULL) {
        g_prefix_error(error, "%s: ", vdi_bundle_organisation(bundle));
        return false;
    }
    g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT ".root.json", root->version);
    GBytes *offered = vdi_bundle_file(bundle, VDI_TRUST_METADATA, name);

    if (offered == NULL || g_bytes_equal(offered, placed)) {
        return true;
    }
    g_autofree char *here = vdi_fingerprint_show(placed);
    g_autofree char *there = vdi_fingerprint_show(offered);

    g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_OTHER_ROOT, "%s: here %s, in the file %s",
        vdi_bundle_organisation(bundle), here, there);
    return false;
}

/* What is believed of an organisation; nothing is all zero. */
static VdiTrustReport look(const VdiPaths *paths, const char *name)
{
    g_autoptr(VdiTrustRepository) repository = vdi_store_repository(paths, name);
    VdiTrustReport report = {0};
    g_autoptr(GBytes) target = vdi_trust_load(repository, VDI_TRUST_MANIFEST, &report, NULL);

    return target != NULL ? report : (VdiTrustReport){0};
}

/* On a store that nobody else has, from the root that this one has reached: of a file that is not
 * good to its end, nothing is stored. */
static bool would_be_believed(
    const VdiPaths *paths, const char *name, VdiTrustSource *source, int64_t now, GError **error)
{
    g_autoptr(VdiTrustRepository) repository = vdi_store_repository(paths, name);
    g_autoptr(GBytes) root = vdi_trust_repository_root(repository, error);
    VdiTrustReport report = {0};
    g_autoptr(GBytes) target = root != NULL
        ? vdi_trial_run(root, source, VDI_TRUST_MANIFEST, now, &report, NULL, error)
        : NULL;
    g_autoptr(VdiManifest) manifest =
        target != NULL ? vdi_manifest_parse(target, VDI_MANIFEST_READER, error) : NULL;

    return manifest != NULL;
}

bool vdi_import_update(const VdiPaths *paths, GBytes *document, int64_t now, VdiImport *ret_import,
    VdiApplyReport *report, GError **error)
{
    g_autoptr(VdiBundle) bundle = vdi_bundle_parse(document, error);

    if (bundle == NULL) {
        return false;
    }
    const char *name = vdi_bundle_organisation(bundle);

    if (vdi_bundle_kind(bundle) != VDI_BUNDLE_UPDATE) {
        g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_KIND, "a welcome file of %s", name);
        return false;
    }
    if (!is_enrolled(paths, name, error) || !is_same_root(paths, bundle, error)) {
        return false;
    }
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_bundle(bundle);
    VdiTrustReport before = look(paths, name);

    if (!would_be_believed(paths, name, source, now, error)
        || !vdi_apply_believe(paths, name, source, now, report, error)) {
        return false;
    }
    VdiTrustReport after = look(paths, name);

    ret_import->organisation = g_strdup(name);
    ret_import->is_new = after.root_version != before.root_version
        || after.timestamp_version != before.timestamp_version
        || after.targets_version != before.targets_version;
    return true;
}

bool vdi_import_is_of_file(const GError *error)
{
    const GQuark domains[] = {
        VDI_BUNDLE_ERROR, VDI_TRUST_ERROR, VDI_JSON_ERROR, VDI_MANIFEST_ERROR};
    /* Not the file's: there is nobody to agree, or nothing to compare with. */
    bool is_ours = g_error_matches(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_NOT_AGREED)
        || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_NO_ROOT);

    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        if (error->domain == domains[i]) {
            return !is_ours;
        }
    }
    return g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ)
        || g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_LARGE)
        || g_error_matches(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_AUTHORITY);
}

/* ---- the inbox ---- */

static bool take(
    const VdiPaths *paths, const char *path, int64_t now, VdiApplyReport *report, GError **error)
{
    g_auto(VdiImport) import = {0};
    g_autoptr(GBytes) document = paths->is_personal
        ? vdi_file_read(path, VDI_BUNDLE_MAX_BYTES, error)
        : vdi_file_read_trusted(paths->root, path, VDI_BUNDLE_MAX_BYTES, error);

    return document != NULL && vdi_import_update(paths, document, now, &import, report, error);
}

/* Said of each file once: it does not keep its name. */
static bool put_aside(const char *path, GError **error)
{
    g_autofree char *aside = g_strconcat(path, ".refused", NULL);

    if (g_rename(path, aside) == 0) {
        return true;
    }
    g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s: %s", path, g_strerror(errno));
    return false;
}

static void take_one(const VdiPaths *paths, const char *path, int64_t now, VdiApplyReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) aside = NULL;

    if (take(paths, path, now, report, &error)) {
        if (!vdi_file_remove(path, &error)) {
            vdi_apply_add_problem(paths, now, VDI_AUDIT_PROBLEM, NULL, error->message, report);
        }
        return;
    }
    bool is_refused = vdi_import_is_of_file(error)
        || g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED);
    g_autofree char *name = g_path_get_basename(path);

    g_prefix_error(&error, "inbox/%s: ", name);
    g_autofree char *sentence = vdi_error_sentence(error);

    vdi_apply_add_problem(
        paths, now, is_refused ? VDI_AUDIT_REFUSED : VDI_AUDIT_PROBLEM, NULL, sentence, report);
    if (is_refused && !put_aside(path, &aside)) {
        vdi_apply_add_problem(paths, now, VDI_AUDIT_PROBLEM, NULL, aside->message, report);
    }
}

void vdi_import_inbox(const VdiPaths *paths, int64_t now, VdiApplyReport *report)
{
    g_autofree char *inbox = g_build_filename(paths->state, "inbox", NULL);
    g_auto(GStrv) names = vdi_file_list(inbox);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(inbox, names[i], NULL);

        if (names[i][0] == '.' || !g_str_has_suffix(names[i], ".vdi")) {
            continue;
        }
        /* Where others may write, a name may be another file the next moment. */
        if (!paths->is_personal && !vdi_file_is_trusted(paths->root, inbox)) {
            g_autofree char *sentence = g_strdup_printf(
                _("%s: others than root may write there, so nothing in it is read."), inbox);

            vdi_apply_add_problem(paths, now, VDI_AUDIT_PROBLEM, NULL, sentence, report);
            return;
        }
        take_one(paths, path, now, report);
    }
}
