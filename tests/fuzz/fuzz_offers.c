/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>

#include "compat/host/dnf_output.h"
#include "compat/host/package_type.h"
#include "compat/host/packagekit.h"
#include "compat/host/pacman_output.h"
#include "compat/host/rpm.h"
#include "compat/host/zypper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_change(const VdiChange *change)
{
    for (size_t i = 0; change != NULL && i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_assert(vdi_package_type_is_name(item->name));
        g_assert(item->arch == NULL || vdi_package_type_is_name(item->arch));
        g_assert(item->before == NULL || vdi_package_type_is_version(item->before));
        g_assert(item->after == NULL || vdi_package_type_is_version(item->after));
    }
}

static void check_offer(const VdiOffer *offer)
{
    g_autoptr(VdiChange) change = vdi_offer_change(offer);

    check_change(change);
}

static void read_targets(GBytes *said, VdiOffer *offer)
{
    g_auto(VdiPacmanTargets) targets = {NULL, NULL, NULL};
    g_autoptr(GPtrArray) replaced = g_ptr_array_new_with_free_func(g_free);

    vdi_pacman_targets_init(&targets);
    (void) !vdi_pacman_read_targets(said, &targets, NULL);
    (void) !vdi_pacman_read_descriptions(said, &targets, offer, replaced, NULL);
}

static void read_facts(GBytes *said)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    bool whole = vdi_rpm_read(said, "fedora", facts, NULL);

    g_assert(whole == (vdi_facts_n_packages(facts) > 0));
    g_assert(whole == vdi_facts_packages_known(facts));
    g_autoptr(VdiChange) change = vdi_packagekit_read(said, "rpm", "fedora", facts, NULL);

    check_change(change);
}

/* Whatever a package manager says, what is understood of it may be an argument or stand in a file.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", "fedora");
    g_autoptr(GBytes) said = g_bytes_new_static(data, size);
    GPtrArray *patches = vdi_zypper_read_patches(said, NULL);

    g_clear_pointer(&patches, g_ptr_array_unref);
    (void) !vdi_dnf_output_read(said, false, offer, NULL);
    (void) !vdi_dnf_output_read(said, true, offer, NULL);
    (void) !vdi_zypper_read_summary(said, offer, NULL);
    read_targets(said, offer);
    (void) !vdi_dnf_output_mark_security(said, offer, NULL);
    (void) !vdi_zypper_mark_security(said, offer, NULL);
    check_offer(offer);
    read_facts(said);
    return 0;
}
