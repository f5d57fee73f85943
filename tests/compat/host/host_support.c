/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/host/host_support.h"

#include <string.h>

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

GBytes *bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

char *print_change(const VdiChange *change)
{
    if (change == NULL) {
        return NULL;
    }
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_string_append_printf(text, "%s/%s %s>%s%s ", item->name, or_dash(item->arch),
            or_dash(item->before), or_dash(item->after), item->is_security ? "!" : "");
    }
    return g_string_free(text, false);
}

char *print_offer(const VdiOffer *offer)
{
    g_autoptr(VdiChange) change = vdi_offer_change(offer);

    return print_change(change);
}

char *print_facts(const VdiFacts *facts)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        g_string_append_printf(text, "%s/%s/%s=%s:%s ", package->type, or_dash(package->namespace),
            package->name, package->version, or_dash(package->arch));
    }
    return g_string_free(text, false);
}
