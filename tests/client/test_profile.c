/* SPDX-License-Identifier: Apache-2.0 */
#include "client/profile.h"

#include <string.h>

#include "compat/trust/welcome.h"
#include "tests/support/check.h"

static const VdiSettingRow *find(const char *key)
{
    for (const VdiSettingRow *row = vdi_profile_rows; row->key != NULL; row++) {
        if (strcmp(row->group, VDI_PROFILE_CONNECT) == 0 && strcmp(row->key, key) == 0) {
            return row;
        }
    }
    return NULL;
}

/* The two tables are in rooms that do not know each other. */
static void what_a_welcome_may_set_is_a_setting(void)
{
    const char *const *keys = vdi_welcome_keys();

    for (size_t i = 0; keys[i] != NULL; i++) {
        const VdiSettingRow *row = find(keys[i]);
        g_autoptr(VdiWelcome) welcome = vdi_welcome_new();

        CHECK_ROW(keys[i], row != NULL);
        if (row == NULL) {
            continue;
        }
        if (row->type == VDI_SETTING_TEXT) {
            const char *text = strcmp(keys[i], "server") == 0 ? "https://a.example" : "any text";

            CHECK_ROW(keys[i], vdi_welcome_set(welcome, keys[i], text, NULL));
            continue;
        }
        CHECK_ROW(keys[i], row->type == VDI_SETTING_NUMBER);
        const guint64 values[] = {row->min, row->max, row->min - 1, row->max + 1};

        for (size_t k = 0; k < G_N_ELEMENTS(values); k++) {
            g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT, values[k]);

            CHECK_ROW(keys[i], vdi_welcome_set(welcome, keys[i], value, NULL) == (k < 2));
        }
    }
}

const Test tests[] = {
    {"what a welcome may set is a setting, in the same range", what_a_welcome_may_set_is_a_setting},
    TEST_END,
};
