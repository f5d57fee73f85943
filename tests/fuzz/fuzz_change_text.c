/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/inventory/change_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static VdiFacts *machine(void)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_add_package(facts, "deb", "debian", "lib", "1.0", "amd64");
    vdi_facts_add_package(facts, "deb", "debian", "lib", "1.0", "i386");
    vdi_facts_set_packages_known(facts);
    vdi_facts_set_client(facts, "remmina", "1.4");
    return facts;
}

/* What was read says something of each item, and a machine can be imagined with it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(VdiFacts) facts = machine();
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiChange) change = vdi_change_text_read(bytes, facts, &error);

    g_assert((change == NULL) == (error != NULL));
    if (change == NULL) {
        return 0;
    }
    g_assert(vdi_change_n_items(change) <= 2 * VDI_CHANGE_TEXT_MAX_ITEMS);
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_assert(*item->type != '\0' && *item->name != '\0');
        g_assert(item->before != NULL || item->after != NULL);
    }
    g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

    g_assert(after != NULL);
    return 0;
}
