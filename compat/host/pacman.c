/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/pacman.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/host/child.h"
#include "compat/host/pacman_local.h"
#include "compat/host/pacman_output.h"

#define PACMAN "/usr/bin/pacman"
#define DATABASE "/var/lib/pacman"

/* Each round of skipping what cannot come may make more of that; further ones would be a circle. */
enum { ROUNDS_MAX = 16 };

static bool present(const VdiHost *host)
{
    g_autofree char *local = vdi_paths_below(host->paths, DATABASE "/local");

    return g_file_test(local, G_FILE_TEST_IS_DIR);
}

static bool installed(VdiHost *host, VdiFacts *facts, GError **error)
{
    g_autofree char *folder = vdi_paths_below(host->paths, DATABASE);

    return vdi_pacman_local_read(folder, host->namespace, facts, error);
}

/* A system below another root is asked with its own settings, whose paths count from that root.
 * Of a damaged database pacman says so, and ends well. */
static GBytes *ask(const VdiHost *host, const char *operation, const GPtrArray *arguments,
    const char *forgiven, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    g_ptr_array_add(argv, (gpointer) PACMAN);
    if (*host->paths->root != '\0') {
        g_ptr_array_add(argv, (gpointer) "--sysroot");
        g_ptr_array_add(argv, host->paths->root);
    }
    g_ptr_array_add(argv, (gpointer) operation);
    g_ptr_array_add(argv, (gpointer) "--noconfirm");
    for (guint i = 0; i < arguments->len; i++) {
        g_ptr_array_add(argv, arguments->pdata[i]);
    }
    g_ptr_array_add(argv, NULL);
    const VdiChildQuestion question = {.argv = (const char *const *) argv->pdata,
        .complaint = "error: ",
        .forgiven = forgiven,
        .failure = VDI_HOST_ERROR_OFFER};

    return vdi_child_ask(&question, error);
}

/* pacman is silent about databases that were never fetched. */
static bool has_sync(const VdiHost *host, GError **error)
{
    g_autofree char *sync = vdi_paths_below(host->paths, DATABASE "/sync");
    g_auto(GStrv) names = vdi_file_list(sync);

    for (size_t i = 0; names[i] != NULL; i++) {
        if (g_str_has_suffix(names[i], ".db")) {
            return true;
        }
    }
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
        "%s: no list of packages was ever fetched (pacman -Sy)", sync);
    return false;
}

typedef struct {
    VdiOffer *offer;
    const char *constraint; /* "old<2" */
} Replacement;

/* True, which ends the search, when it cannot be taken out. */
static bool take_out_replaced(const VdiPackage *package, void *user)
{
    const Replacement *replacement = user;

    return vdi_pacman_is_meant(replacement->constraint, package->version)
        && !vdi_offer_goes(
            replacement->offer, package->name, package->arch, package->version, NULL);
}

/* What is replaced by one of its own name, or by another that says so. */
static bool take_out(
    const VdiFacts *facts, const GPtrArray *replaced, VdiOffer *offer, GError **error)
{
    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        if (vdi_offer_has(offer, package->name, NULL)
            && !vdi_offer_goes(offer, package->name, package->arch, package->version, error)) {
            return false;
        }
    }
    for (guint i = 0; i < replaced->len; i++) {
        Replacement replacement = {offer, replaced->pdata[i]};
        g_autofree char *name =
            g_strndup(replacement.constraint, strcspn(replacement.constraint, "<>="));

        if (!vdi_offer_has(offer, name, NULL)
            && vdi_facts_find_packages(facts, "alpm", name, take_out_replaced, &replacement)) {
            g_set_error(
                error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "pacman replaces what is no package");
            return false;
        }
    }
    return true;
}

/* What pacman would ask a person to leave out, because something that it needs does not come, is
 * left out: `arguments` grow by it. */
static bool find_targets(VdiHost *host, const char *operation, GPtrArray *arguments,
    VdiPacmanTargets *targets, GError **error)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        bool is_last = round == ROUNDS_MAX - 1 || strcmp(operation, "-Sup") != 0;
        g_autoptr(GBytes) output =
            ask(host, operation, arguments, is_last ? NULL : "unable to satisfy dependency", error);

        if (output == NULL || !vdi_pacman_read_targets(output, targets, error)) {
            return false;
        }
        if (targets->stuck->len == 0) {
            return true;
        }
        for (guint i = 0; i < targets->stuck->len; i++) {
            g_ptr_array_add(arguments, g_strconcat("--ignore=", targets->stuck->pdata[i], NULL));
        }
        vdi_pacman_targets_clear(targets);
        vdi_pacman_targets_init(targets);
    }
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
        "pacman finds no transaction that all its packages agree to");
    return false;
}

static VdiOffer *read_offer(
    VdiHost *host, const char *operation, GPtrArray *arguments, GError **error)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiOffer) offer = vdi_offer_new("alpm", host->namespace);
    g_autoptr(GPtrArray) replaced = g_ptr_array_new_with_free_func(g_free);
    g_auto(VdiPacmanTargets) targets = {NULL, NULL, NULL};

    vdi_pacman_targets_init(&targets);
    if (!has_sync(host, error) || !installed(host, facts, error)
        || !find_targets(host, operation, arguments, &targets, error)) {
        return NULL;
    }
    if (targets.targets->len > 0) {
        g_autoptr(GBytes) output = ask(host, "-Si", targets.targets, NULL, error);

        if (output == NULL
            || !vdi_pacman_read_descriptions(output, &targets, offer, replaced, error)
            || !take_out(facts, replaced, offer, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&offer);
}

static VdiChange *offers(VdiHost *host, const GPtrArray *holds, GError **error)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(arguments, g_strdup("--print-format=" VDI_PACMAN_FORMAT));
    g_autoptr(VdiOffer) offer = read_offer(host, "-Sup", arguments, error);
    guint n_arguments = arguments->len;

    /* What must not come is left out by its name: of one name there is one version. */
    for (guint i = 0; offer != NULL && holds != NULL && i < holds->len; i++) {
        const VdiHold *hold = holds->pdata[i];

        if (vdi_offer_has(offer, hold->package, hold->version)) {
            g_ptr_array_add(arguments, g_strconcat("--ignore=", hold->package, NULL));
        }
    }
    if (offer == NULL || arguments->len == n_arguments) {
        return offer != NULL ? vdi_offer_change(offer) : NULL;
    }
    g_autoptr(VdiOffer) rest = read_offer(host, "-Sup", arguments, error);

    return rest != NULL ? vdi_offer_change(rest) : NULL;
}

static VdiChange *bring(VdiHost *host, const VdiChangeItem *candidate, GError **error)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(arguments, g_strdup("--print-format=" VDI_PACMAN_FORMAT));
    g_ptr_array_add(arguments, g_strdup(candidate->name));
    g_autoptr(VdiOffer) offer = read_offer(host, "-Sp", arguments, error);

    return offer != NULL ? vdi_offer_bring(offer, candidate, "pacman", error) : NULL;
}

const VdiHostOps vdi_host_pacman = {
    .name = "pacman",
    .type = "alpm",
    .present = present,
    .installed = installed,
    .offers = offers,
    .bring = bring,
    .hold = NULL,
    .list = vdi_host_list_none,
};
