/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/enrolment.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/certificate.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "compat/rules/manifest_reader.h"
#include "compat/trust/fingerprint.h"
#include "compat/trust/trial.h"

enum { LOCK_MS = 60 * 1000, FILE_MAX_BYTES = 1024 * 1024 };

void vdi_enrolment_clear(VdiEnrolment *enrolment)
{
    g_clear_pointer(&enrolment->bundle, vdi_bundle_free);
    g_clear_pointer(&enrolment->welcome, vdi_welcome_free);
}

/* ---- the file ---- */

static bool check_list(VdiEnrolment *enrolment, GBytes *target, GError **error)
{
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(target, VDI_MANIFEST_READER, error);

    if (manifest == NULL) {
        return false;
    }
    enrolment->n_rules = vdi_manifest_n_rules(manifest);
    return true;
}

bool vdi_enrolment_open(GBytes *document, VdiEnrolment *ret_enrolment, GError **error)
{
    VdiEnrolment *enrolment = ret_enrolment;
    g_autoptr(GBytes) last_root = NULL;
    VdiTrustReport report = {0};
    int64_t version = 0;

    enrolment->bundle = vdi_bundle_parse(document, error);
    if (enrolment->bundle == NULL) {
        return false;
    }
    if (vdi_bundle_kind(enrolment->bundle) != VDI_BUNDLE_WELCOME) {
        g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_KIND, "an update of %s",
            vdi_bundle_organisation(enrolment->bundle));
        return false;
    }
    enrolment->root = vdi_bundle_first_root(enrolment->bundle, &version);
    if (enrolment->root == NULL || version != 1) {
        g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME,
            "its chain does not begin with root 1");
        return false;
    }
    g_autoptr(GBytes) target =
        vdi_trial_bundle(enrolment->bundle, VDI_TRUST_MANIFEST, 0, &report, &last_root, error);

    enrolment->expires_at = report.expires_at;
    if (target == NULL || !check_list(enrolment, target, error)) {
        return false;
    }
    enrolment->welcome = vdi_trial_welcome(enrolment->bundle, last_root, error);
    return enrolment->welcome != NULL;
}

/* ---- its folder ---- */

static char *folder_of(const VdiPaths *paths, const char *name)
{
    return g_build_filename(paths->config, "orgs", name, NULL);
}

/* A name that no organisation can have. */
static char *staging_of(const VdiPaths *paths, const char *name)
{
    g_autofree char *hidden = g_strdup_printf(".%s.new", name);

    return folder_of(paths, hidden);
}

static char *print_conf(const VdiPaths *paths, const VdiWelcome *welcome, bool may_block)
{
    g_autoptr(GString) text = g_string_new("[organisation]\n");

    for (guint i = 0; i < welcome->urls->len; i++) {
        g_string_append_printf(
            text, "%s%s", i == 0 ? "url = " : " ", (const char *) welcome->urls->pdata[i]);
    }
    g_string_append(text, welcome->urls->len > 0 ? "\n" : "");
    if (welcome->ca != NULL) {
        g_string_append_printf(
            text, "ca = %s/orgs/%s/ca.pem\n", paths->config, welcome->organisation);
    }
    g_string_append_printf(text, "may-block = %s\n", may_block ? "true" : "false");
    return g_string_free(g_steal_pointer(&text), false);
}

/* NULL when there are none. */
static char *print_servers(const VdiWelcome *welcome)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    for (guint i = 0; i < welcome->servers->len; i++) {
        const VdiWelcomeServer *server = welcome->servers->pdata[i];
        g_autofree char *group = g_strdup_printf("server %u", i + 1);

        g_key_file_set_string(file, group, "name", server->name);
        g_key_file_set_string(file, group, "address", server->address);
    }
    return welcome->servers->len > 0 ? g_key_file_to_data(file, NULL, NULL) : NULL;
}

/* What the folder holds: name → GBytes. */
static GHashTable *make_files(const VdiPaths *paths, const VdiEnrolment *enrolment, bool may_block)
{
    const VdiWelcome *welcome = enrolment->welcome;
    GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    char *settings = g_key_file_to_data(welcome->settings, NULL, NULL);

    g_hash_table_insert(files, (gpointer) "org.conf", print_conf(paths, welcome, may_block));
    g_hash_table_insert(files, (gpointer) "ca.pem", g_strdup(welcome->ca));
    g_hash_table_insert(files, (gpointer) "servers", print_servers(welcome));
    if (*settings == '\0') {
        g_clear_pointer(&settings, g_free);
    }
    g_hash_table_insert(files, (gpointer) "vdi.conf", settings);
    return files;
}

static bool is_in_place(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GBytes) there = vdi_file_read(path, FILE_MAX_BYTES, NULL);
    g_autoptr(GBytes) due = text != NULL ? g_bytes_new_static(text, strlen(text)) : NULL;

    return (there == NULL) == (due == NULL) && (due == NULL || g_bytes_equal(there, due));
}

/* Whom this system believes is decided where root alone may write. Before anybody is asked. */
static bool check_place(const VdiPaths *paths, GError **error)
{
    g_autofree char *orgs = g_build_filename(paths->config, "orgs", NULL);

    if (!paths->is_personal && g_file_test(orgs, G_FILE_TEST_EXISTS)
        && !vdi_file_is_trusted(paths->root, orgs)) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED,
            "%s: others than root may write there", orgs);
        return false;
    }
    return true;
}

bool vdi_enrolment_look(const VdiPaths *paths, const VdiEnrolment *enrolment, bool may_block,
    VdiEnrolmentState *ret_state, GError **error)
{
    const char *name = enrolment->welcome->organisation;
    g_autofree char *folder = folder_of(paths, name);
    g_autofree char *root = g_build_filename(folder, "root.json", NULL);
    g_autoptr(GHashTable) files = make_files(paths, enrolment, may_block);
    g_autoptr(GBytes) placed = vdi_file_read(root, VDI_METADATA_ROOT_MAX_BYTES, NULL);
    GHashTableIter iter;
    gpointer file = NULL, text = NULL;

    *ret_state = VDI_ENROLMENT_NEW;
    if (placed == NULL) {
        return check_place(paths, error);
    }
    if (!g_bytes_equal(placed, enrolment->root)) {
        g_autofree char *here = vdi_fingerprint_show(placed);
        g_autofree char *there = vdi_fingerprint_show(enrolment->root);

        g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_OTHER_ROOT,
            "%s: here %s, in the file %s", name, here, there);
        return false;
    }
    *ret_state = VDI_ENROLMENT_SAME;
    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &file, &text)) {
        if (!is_in_place(folder, file, text)) {
            *ret_state = VDI_ENROLMENT_OTHER;
        }
    }
    return true;
}

/* ---- writing ---- */

static bool stage(const char *folder, GBytes *root, GHashTable *files, GError **error)
{
    g_autofree char *root_file = g_build_filename(folder, "root.json", NULL);
    g_autofree char *ca_file = g_build_filename(folder, "ca.pem", NULL);
    GHashTableIter iter;
    gpointer file = NULL, text = NULL;

    if (!vdi_tree_remove(folder, error) || !vdi_file_write(root_file, root, 0644, error)) {
        return false;
    }
    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &file, &text)) {
        g_autofree char *path = g_build_filename(folder, file, NULL);

        if (text != NULL && !vdi_file_write_text(path, text, 0644, error)) {
            return false;
        }
    }
    return g_hash_table_lookup(files, "ca.pem") == NULL
        || vdi_certificate_check_file(ca_file, error);
}

static bool fail_folder(const char *folder, GError **error)
{
    g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s: %s", folder, g_strerror(errno));
    return false;
}

/* The one moment: before it, nothing; after it, everything. */
static bool put_in_place(const char *staging, const char *folder, GError **error)
{
    g_autofree char *above = g_path_get_dirname(folder);
    g_auto(VdiFd) at = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return (at >= 0 && g_rename(staging, folder) == 0 && fsync(at) == 0)
        || fail_folder(folder, error);
}

bool vdi_enrolment_write(const VdiPaths *paths, const VdiEnrolment *enrolment, bool may_block,
    int64_t now, VdiApplyReport *report, GError **error)
{
    const char *name = enrolment->welcome->organisation;
    g_autofree char *folder = folder_of(paths, name);
    g_autofree char *staging = staging_of(paths, name);
    g_autofree char *lock_path = g_build_filename(paths->state, "apply.lock", NULL);
    g_autofree char *fingerprint = vdi_fingerprint_show(enrolment->root);
    g_autoptr(GHashTable) files = make_files(paths, enrolment, may_block);
    g_auto(VdiFd) lock = vdi_file_lock(lock_path, LOCK_MS, error);

    if (lock < 0) {
        return false;
    }
    if (!stage(staging, enrolment->root, files, error) || !put_in_place(staging, folder, error)) {
        /* Nobody reads what may be left of it; the next enrolment begins anew. */
        vdi_tree_remove(staging, NULL);
        return false;
    }
    const VdiAuditEntry entry = {
        .event = VDI_AUDIT_ENROLLED, .organisation = name, .text = fingerprint};

    vdi_apply_record(paths, now, &entry, report);
    return true;
}
