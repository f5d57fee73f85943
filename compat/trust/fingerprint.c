/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/fingerprint.h"

#include <string.h>

#include "compat/trust/hex.h"
#include "compat/trust/key.h"

enum { GROUP = 4 };

static char *hex_of(GBytes *root)
{
    uint8_t digest[VDI_SHA256_BYTES];

    vdi_key_sha256(root, digest);
    return vdi_hex_write(digest, sizeof digest);
}

char *vdi_fingerprint_show(GBytes *root)
{
    g_autofree char *hex = hex_of(root);
    g_autoptr(GString) shown = g_string_new(NULL);

    for (size_t i = 0; hex[i] != '\0'; i++) {
        if (i > 0 && i % GROUP == 0) {
            g_string_append_c(shown, ' ');
        }
        g_string_append_c(shown, hex[i]);
    }
    return g_string_free(g_steal_pointer(&shown), false);
}

bool vdi_fingerprint_is(GBytes *root, const char *said)
{
    g_autofree char *hex = hex_of(root);
    g_autoptr(GString) digits = g_string_new(NULL);

    for (const char *at = said; *at != '\0'; at++) {
        if (*at != ' ' && *at != ':') {
            g_string_append_c(digits, g_ascii_tolower(*at));
        }
    }
    return strcmp(digits->str, hex) == 0;
}
