/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/inventory/inventory_support.h"

#include <string.h>

#include "base/file.h"
#include "compat/rules/fact_kind.h"
#include "tests/support/check.h"

VdiInventory *inventory_of(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return vdi_inventory_read(bytes, error);
}

char *inventory_fixture(const char *name)
{
    g_autofree char *below = g_strconcat("tests/compat/inventory/forms/", name, NULL);
    g_autofree char *path = test_source(below);
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_INVENTORY_MAX_BYTES, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : "";

    return g_strndup(data, size);
}

VdiInventory *inventory_of_fixture(const char *name)
{
    g_autofree char *text = inventory_fixture(name);
    g_autoptr(GError) error = NULL;
    VdiInventory *inventory = inventory_of(text, &error);

    CHECK_NO_ERROR(error);
    return inventory;
}

VdiTruth inventory_ask(
    const VdiInventory *machine, const char *kind, const char *first, const char *second)
{
    const char *const texts[] = {first, second, NULL, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiCondition) fact = vdi_fact_new(vdi_fact_kind(kind), texts, &error);

    CHECK_NO_ERROR(error);
    return fact != NULL ? vdi_condition_evaluate(fact, machine->facts, NULL) : VDI_TRUTH_UNKNOWN;
}
