/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/release_tail.h"

#include <string.h>

/* In a form N stands for digits, and N.N for two and two of them. */
static const struct {
    const char *mark, *form, *type, *name, *id;
} rows[] = {
    {".fc", "N", "rpm", "Fedora", "fedora"},
    {".el", "N", "rpm", "Enterprise Linux", NULL},
    {"+deb", "Nu", "deb", "Debian", "debian"},
    {"~deb", "Nu", "deb", "Debian", "debian"},
    {"~bpo", "N+", "deb", "Debian", "debian"},
    {"ubuntu0.", "N.N", "deb", "Ubuntu", "ubuntu"},
    {"~ubuntu", "N.N", "deb", "Ubuntu", "ubuntu"},
};

void vdi_release_tail_clear(VdiReleaseTail *tail)
{
    g_clear_pointer(&tail->release, g_free);
}

/* How much of `text` the release is; 0: it is not of that form. */
static size_t measure(const char *form, const char *text)
{
    static const char digits[] = "0123456789";
    size_t length = strspn(text, digits);

    if (strcmp(form, "N.N") == 0) {
        return length == 2 && text[2] == '.' && strspn(text + 3, digits) == 2 ? strlen("24.04") : 0;
    }
    return g_str_has_prefix(text + length, form + 1) ? length : 0;
}

bool vdi_release_tail_read(const char *version, VdiReleaseTail *ret_tail)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *mark = g_strrstr(version, rows[i].mark);
        const char *release = mark != NULL ? mark + strlen(rows[i].mark) : NULL;
        size_t length = release != NULL ? measure(rows[i].form, release) : 0;

        if (length > 0) {
            *ret_tail = (VdiReleaseTail){
                rows[i].type, rows[i].name, rows[i].id, g_strndup(release, length)};
            return true;
        }
    }
    return false;
}
