/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>

#include "compat/host/dpkg_status.h"
#include "compat/host/hook_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes out of a stream may be printed, compared and applied. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) stream = g_bytes_new(data, size);
    g_autoptr(VdiChange) change = vdi_hook_stream_read(stream, "debian", NULL);

    for (size_t i = 0; change != NULL && i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_assert(vdi_dpkg_is_name(item->name));
        g_assert(item->arch == NULL || vdi_dpkg_is_name(item->arch));
        g_assert(item->before != NULL || item->after != NULL);
        g_assert(item->before == NULL || vdi_dpkg_is_version(item->before));
        g_assert(item->after == NULL || vdi_dpkg_is_version(item->after));
    }
    return 0;
}
