/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "compat/host/apt_pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken for our own file can be written again, and is then the same holds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    g_autoptr(GPtrArray) once = vdi_apt_pins_parse(text, NULL);
    g_autofree char *written = once != NULL ? vdi_apt_pins_print(once, NULL) : NULL;
    g_autoptr(GPtrArray) twice = written != NULL ? vdi_apt_pins_parse(written, NULL) : NULL;

    g_assert(once == NULL || (twice != NULL && twice->len == once->len));
    g_autofree char *again = twice != NULL ? vdi_apt_pins_print(twice, NULL) : NULL;

    g_assert(g_strcmp0(written, again) == 0);
    return 0;
}
