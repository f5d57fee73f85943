/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/store.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/org_conf.h"
#include "compat/prepared.h"
#include "compat/rules/manifest_reader.h"
#include "compat/trust/metadata.h"
#include "config.h"

#define DAY ((int64_t) 24 * 3600)
/* Signed dates come from other people's clocks: so much later than ours they may be. */
#define CLOCK_SLACK ((int64_t) 3600)
#define CLOCK_AHEAD (2 * 365 * DAY)

#define COMPILED_MAGIC "VDIRULE3"
/* whose roots vouched for it, version, expires_at, the compiled manifest */
#define COMPILED_TYPE "(sxxay)"

static const char *const state_names[] = {
    [VDI_STORE_FRESH] = "fresh",
    [VDI_STORE_GRACE] = "grace",
    [VDI_STORE_STALE] = "stale",
    [VDI_STORE_MISSING] = "missing",
    [VDI_STORE_DAMAGED] = "damaged",
    [VDI_STORE_CLOCK] = "clock",
};

const char *vdi_store_state_name(VdiStoreState state)
{
    return state_names[state];
}

static char *config_path(const VdiPaths *paths, const char *name, const char *file)
{
    return g_build_filename(paths->config, "orgs", name, file, NULL);
}

static char *state_path(const VdiPaths *paths, const char *name, const char *file)
{
    return g_build_filename(paths->state, "orgs", name, file, NULL);
}

GStrv vdi_store_names(const VdiPaths *paths)
{
    g_autofree char *folder = g_build_filename(paths->config, "orgs", NULL);
    g_auto(GStrv) names = vdi_file_list(folder);
    GPtrArray *good = g_ptr_array_new();

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        if (vdi_text_is_name(names[i]) && g_file_test(path, G_FILE_TEST_IS_DIR)) {
            g_ptr_array_add(good, g_strdup(names[i]));
        }
    }
    g_ptr_array_add(good, NULL);
    return (GStrv) g_ptr_array_free(good, false);
}

void vdi_store_free(VdiStore *store)
{
    if (store != NULL) {
        g_free(store->organisation.name);
        g_free(store->organisation.problem);
        g_clear_pointer(&store->manifest, vdi_manifest_free);
        g_clear_pointer(&store->compiled, g_bytes_unref);
        g_free(store);
    }
}

VdiTrustRepository *vdi_store_repository(const VdiPaths *paths, const char *name)
{
    g_autofree char *root_file = config_path(paths, name, "root.json");
    g_autofree char *folder = g_build_filename(paths->state, "orgs", name, NULL);

    return vdi_trust_repository_new(root_file, folder);
}

char *vdi_store_incoming(const VdiPaths *paths, const char *name)
{
    return g_build_filename(paths->state, "incoming", name, NULL);
}

/* What decides about the system lies where only root writes; a person's own is a person's own. */
static GBytes *read_own(const VdiPaths *paths, const char *path, size_t max, GError **error)
{
    return paths->is_personal ? vdi_file_read(path, max, error)
                              : vdi_file_read_trusted(paths->root, path, max, error);
}

/* The root of trust as it is placed today, and the last root of its chain. Compiled rules that were
 * made under others are not believed: a root that was replaced takes along what it vouched for. */
static char *digest_roots(const VdiPaths *paths, const char *name)
{
    g_autofree char *placed = config_path(paths, name, "root.json");
    g_autofree char *stored = state_path(paths, name, "metadata/root.json");
    const char *const files[] = {placed, stored};
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GBytes) root = vdi_file_read(files[i], VDI_METADATA_ROOT_MAX_BYTES, NULL);
        g_autofree char *digest = root != NULL
            ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, root)
            : g_strdup("absent");

        g_checksum_update(checksum, (const guchar *) digest, -1);
    }
    return g_strdup(g_checksum_get_string(checksum));
}

/* ---- the believed manifest ---- */

static bool load_compiled(VdiStore *store, const VdiPaths *paths, GError **error)
{
    g_autofree char *path = state_path(paths, store->organisation.name, "rules.compiled");
    g_autoptr(GBytes) bytes = read_own(paths, path, VDI_PREPARED_MAX_BYTES, error);
    g_autoptr(GVariant) value =
        bytes != NULL ? vdi_prepared_unwrap(bytes, COMPILED_MAGIC, COMPILED_TYPE, error) : NULL;

    if (value == NULL) {
        return false;
    }
    g_autofree char *roots = digest_roots(paths, store->organisation.name);
    g_autofree char *made_under = NULL;

    g_variant_get_child(value, 0, "s", &made_under);
    if (strcmp(roots, made_under) != 0) {
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
            "%s: made under another root of trust", path);
        return false;
    }
    g_autoptr(GVariant) rules = g_variant_get_child_value(value, 3);
    g_autoptr(GBytes) compiled = g_variant_get_data_as_bytes(rules);
    VdiManifest *manifest = vdi_manifest_load(compiled, error);

    if (manifest == NULL) {
        return false;
    }
    g_variant_get_child(value, 1, "x", &store->organisation.version);
    g_variant_get_child(value, 2, "x", &store->organisation.expires_at);
    store->compiled = g_steal_pointer(&compiled);
    store->manifest = manifest;
    return true;
}

static bool check_trusted(const VdiPaths *paths, const char *path, GError **error)
{
    if (!paths->is_personal && g_file_test(path, G_FILE_TEST_EXISTS)
        && !vdi_file_is_trusted(paths->root, path)) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED,
            "%s: others than root may write there", path);
        return false;
    }
    return true;
}

bool vdi_store_check_root(const VdiPaths *paths, const char *name, GError **error)
{
    g_autofree char *path = config_path(paths, name, "root.json");

    return check_trusted(paths, path, error);
}

/* Slower, and certain: signatures again. */
static bool load_signed(VdiStore *store, const VdiPaths *paths, GError **error)
{
    const char *name = store->organisation.name;
    g_autofree char *folder = g_build_filename(paths->state, "orgs", name, NULL);
    g_autofree char *metadata = state_path(paths, name, "metadata");
    g_autoptr(VdiTrustRepository) repository = vdi_store_repository(paths, name);
    VdiTrustReport report = {0};

    if (!vdi_store_check_root(paths, name, error) || !check_trusted(paths, folder, error)
        || !check_trusted(paths, metadata, error)) {
        return false;
    }
    g_autoptr(GBytes) target = vdi_trust_load(repository, VDI_TRUST_MANIFEST, &report, error);
    VdiManifest *manifest =
        target != NULL ? vdi_manifest_parse(target, VDI_MANIFEST_READER, error) : NULL;

    if (manifest == NULL) {
        return false;
    }
    store->organisation.version = report.targets_version;
    store->organisation.expires_at = report.expires_at;
    store->compiled = vdi_manifest_compile(manifest);
    store->manifest = manifest;
    return true;
}

static void set_state(VdiOrganisation *organisation, VdiStoreState state, char *take_problem)
{
    organisation->state = state;
    g_free(organisation->problem);
    organisation->problem = take_problem;
}

/* Time comes from signed data alone: the floor is never raised from a clock. */
static void judge_age(VdiOrganisation *organisation, const VdiLimits *limits, int64_t now)
{
    int64_t floor = MAX((int64_t) VDI_RELEASED_AT, organisation->issued_at - CLOCK_SLACK);
    int64_t age = now - organisation->expires_at;
    g_autofree char *expired = vdi_text_time(organisation->expires_at);

    if (now < floor) {
        set_state(organisation, VDI_STORE_CLOCK,
            g_strdup_printf(_("This computer's clock is behind: rules of %s only advise."),
                organisation->name));
    } else if (age > CLOCK_AHEAD) {
        set_state(organisation, VDI_STORE_CLOCK,
            g_strdup_printf(
                _("The compatibility list of %s ended on %s, or this computer's clock is "
                  "ahead: its rules only advise."),
                organisation->name, expired));
    } else if (age > limits->grace_seconds) {
        set_state(organisation, VDI_STORE_STALE,
            g_strdup_printf(_("The compatibility list of %s ended on %s, too long ago to be used."),
                organisation->name, expired));
    } else if (age >= 0) {
        set_state(organisation, VDI_STORE_GRACE,
            g_strdup_printf(
                ngettext("The compatibility list of %s is %d day out of date: its rules "
                         "only advise.",
                    "The compatibility list of %s is %d days out of date: its rules "
                    "only advise.",
                    (unsigned long) (age / DAY)),
                organisation->name, (int) (age / DAY)));
    } else {
        set_state(organisation, VDI_STORE_FRESH, NULL);
    }
}

/* Nothing was ever fetched, or what was cannot be read: two different sentences. */
static void judge_failure(VdiOrganisation *organisation, const GError *error)
{
    bool is_missing = g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING)
        || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_NO_ROOT)
        || g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);

    set_state(organisation, is_missing ? VDI_STORE_MISSING : VDI_STORE_DAMAGED,
        is_missing
            ? g_strdup_printf(_("There is no compatibility list of %s yet."), organisation->name)
            : g_strdup_printf(_("The compatibility list of %s cannot be used (%s)."),
                organisation->name, error->message));
}

VdiStore *vdi_store_open(
    const VdiPaths *paths, const char *name, const VdiLimits *limits, int64_t now)
{
    VdiStore *store = g_new0(VdiStore, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiOrgConf) conf = vdi_org_conf_read(paths, name, &error);

    store->organisation.name = g_strdup(name);
    if (conf == NULL) {
        set_state(&store->organisation, VDI_STORE_DAMAGED,
            g_strdup_printf(_("The settings of %s cannot be used (%s)."), name, error->message));
        return store;
    }
    store->organisation.may_block = conf->may_block && !paths->is_personal;
    if (load_compiled(store, paths, NULL) || load_signed(store, paths, &error)) {
        store->organisation.issued_at = vdi_manifest_issued_at(store->manifest);
        judge_age(&store->organisation, limits, now);
    } else {
        judge_failure(&store->organisation, error);
    }
    return store;
}

bool vdi_store_accept(const VdiPaths *paths, const char *name, GBytes *target,
    const VdiTrustReport *report, GError **error)
{
    g_autofree char *path = state_path(paths, name, "rules.compiled");
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(target, VDI_MANIFEST_READER, error);

    if (manifest == NULL) {
        return false;
    }
    g_autofree char *roots = digest_roots(paths, name);
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    GVariant *rules = g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), compiled, true);
    g_autoptr(GBytes) file = vdi_prepared_wrap(COMPILED_MAGIC,
        g_variant_new("(sxx@ay)", roots, report->targets_version, report->expires_at, rules));

    return vdi_file_write(path, file, 0644, error);
}
