/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/dnf.h"

#include <string.h>

#include "base/error.h"
#include "compat/host/child.h"
#include "compat/host/dnf_output.h"
#include "compat/host/offer.h"
#include "compat/host/rpm.h"

#define DNF "/usr/bin/dnf"
#define DNF5 "/usr/bin/dnf5"

/* The name belongs to either, and is a link to the one that it means. */
static bool is_five(void)
{
    g_autofree char *target = g_file_read_link(DNF, NULL);

    return target != NULL
        ? g_str_has_suffix(target, "dnf5")
        : !g_file_test(DNF, G_FILE_TEST_EXISTS) && g_file_test(DNF5, G_FILE_TEST_EXISTS);
}

/* `command`, ended by NULL, follows what is always said: from the cache alone, and no. */
static GBytes *ask(
    VdiHost *host, const GPtrArray *options, const char *const *command, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *root = g_strconcat("--installroot=", host->paths->root, NULL);
    const char *home = NULL;

    if (!vdi_rpm_home(host, &home, error)) {
        return NULL;
    }
    g_ptr_array_add(argv, (gpointer) (is_five() ? DNF5 : DNF));
    g_ptr_array_add(argv, (gpointer) "-C");
    g_ptr_array_add(argv, (gpointer) "--assumeno");
    if (!is_five()) {
        g_ptr_array_add(argv, (gpointer) "-d3");
        g_ptr_array_add(argv, (gpointer) "--setopt=exit_on_lock=True");
    }
    if (*host->paths->root != '\0') {
        g_ptr_array_add(argv, root);
    }
    for (guint i = 0; options != NULL && i < options->len; i++) {
        g_ptr_array_add(argv, options->pdata[i]);
    }
    for (; *command != NULL; command++) {
        g_ptr_array_add(argv, (gpointer) *command);
    }
    g_ptr_array_add(argv, NULL);
    const VdiChildQuestion question = {.argv = (const char *const *) argv->pdata,
        .home = home,
        .forgiven = "Operation aborted", /* our own no */
        .failure = VDI_HOST_ERROR_OFFER};

    return vdi_child_ask(&question, error);
}

static bool mark_security(VdiHost *host, VdiOffer *offer, GError **error)
{
    const char *const four[] = {"updateinfo", "list", "--security", NULL};
    const char *const five[] = {"advisory", "list", "--security", NULL};
    g_autoptr(GBytes) output = ask(host, NULL, is_five() ? five : four, error);

    return output != NULL && vdi_dnf_output_mark_security(output, offer, error);
}

/* A system that is replaced as a whole takes nothing from dnf's repositories. */
static bool is_image(const VdiHost *host, GError **error)
{
    g_autofree char *mark = vdi_paths_below(host->paths, "/run/ostree-booted");

    if (!g_file_test(mark, G_FILE_TEST_EXISTS)) {
        return false;
    }
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
        "%s: this system is replaced as a whole, and what comes then is not known", mark);
    return true;
}

static VdiOffer *read_offer(
    VdiHost *host, const GPtrArray *options, const char *const *command, GError **error)
{
    g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", host->namespace);
    g_autoptr(GBytes) output = !is_image(host, error) ? ask(host, options, command, error) : NULL;

    return output != NULL && vdi_dnf_output_read(output, is_five(), offer, error)
            && mark_security(host, offer, error)
        ? g_steal_pointer(&offer)
        : NULL;
}

static VdiChange *offers(VdiHost *host, const GPtrArray *holds, GError **error)
{
    const char *const command[] = {"upgrade", NULL};
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);

    /* What cannot come does not keep the rest out. */
    g_ptr_array_add(options, g_strdup("--setopt=best=False"));
    for (guint i = 0; holds != NULL && i < holds->len; i++) {
        const VdiHold *hold = holds->pdata[i];

        g_ptr_array_add(
            options, g_strconcat("--exclude=", hold->package, "-", hold->version, NULL));
    }
    g_autoptr(VdiOffer) offer = read_offer(host, options, command, error);

    return offer != NULL ? vdi_offer_change(offer) : NULL;
}

static VdiChange *bring(VdiHost *host, const VdiChangeItem *candidate, GError **error)
{
    g_autofree char *spec = g_strconcat(candidate->name, "-", candidate->after,
        candidate->arch != NULL ? "." : "", candidate->arch, NULL);
    const char *const command[] = {"install", spec, NULL};
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(options, g_strdup("--setopt=best=True"));
    g_autoptr(VdiOffer) offer = read_offer(host, options, command, error);

    return offer != NULL ? vdi_offer_bring(offer, candidate, "dnf", error) : NULL;
}

const VdiHostOps vdi_host_dnf = {
    .name = "dnf",
    .type = "rpm",
    .present = vdi_rpm_present,
    .installed = vdi_rpm_installed,
    .offers = offers,
    .bring = bring,
    .hold = NULL,
    .list = vdi_host_list_none,
};
