/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "compat/inventory/fleet_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every step goes on, a mistake has a line that is there, and packages are named. */
static void walk(const char *text, size_t size)
{
    g_auto(VdiFleetCursor) cursor = {0};
    VdiFleetStep step = VDI_FLEET_END;
    size_t n_lines = 0;

    for (size_t i = 0; i < size; i++) {
        n_lines += text[i] == '\n' || i + 1 == size;
    }
    vdi_fleet_cursor_init(&cursor, text, size, size % 2 == 1);
    while ((step = vdi_fleet_next(&cursor)) != VDI_FLEET_END) {
        g_assert(cursor.at <= cursor.end && cursor.line <= n_lines);
        if (step == VDI_FLEET_UNREADABLE) {
            g_assert(cursor.mistake != NULL);
            g_assert(cursor.mistake_line > 0 && cursor.mistake_line <= n_lines);
        } else if (step == VDI_FLEET_LINE) {
            g_autoptr(VdiPackage) package = vdi_fleet_package(&cursor);

            g_assert(*package->name != '\0' && *package->type != '\0');
        }
    }
    g_assert(cursor.at == cursor.end && cursor.line == n_lines);
}

static VdiFacts *read_text(const char *text, size_t size, char **name)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, size);

    return vdi_fleet_read(bytes, name, NULL);
}

/* What was read is written, and then read and written as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    g_autofree char *name = NULL, *same_name = NULL;

    if (strlen(text) == size) {
        walk(text, size);
    }
    g_autoptr(VdiFacts) facts = read_text((const char *) data, size, &name);

    if (facts == NULL) {
        return 0;
    }
    g_autofree char *once = vdi_fleet_print(name, facts);
    g_autoptr(VdiFacts) again = read_text(once, strlen(once), &same_name);

    g_assert(again != NULL && g_strcmp0(name, same_name) == 0);
    g_autofree char *twice = vdi_fleet_print(same_name, again);

    g_assert(strcmp(once, twice) == 0);
    return 0;
}
