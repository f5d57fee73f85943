/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/apt_output.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/dpkg_status.h"

/* Cuts `text` at the first `end`; what follows it, or NULL when there is none. */
static char *cut(char *text, const char *end)
{
    char *at = text != NULL ? strstr(text, end) : NULL;

    if (at == NULL) {
        return NULL;
    }
    *at = '\0';
    return at + strlen(end);
}

/* Policy's alphabet: what may stand in a pin without meaning something else. */
static bool is_plain_version(const char *text)
{
    return vdi_dpkg_is_version(text)
        && text[strspn(
               text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+-:~_")]
        == '\0';
}

static bool is_security(const char *origins)
{
    g_auto(GStrv) each = g_strsplit(origins, ", ", -1);

    for (size_t i = 0; each[i] != NULL; i++) {
        if (g_str_has_prefix(each[i], "Debian-Security:")
            || g_str_has_suffix(each[i], "-security")) {
            return true;
        }
    }
    return false;
}

/* "[OLD] …" → OLD, and the rest. NULL when there is no bracket. */
static char *take_old(char **rest)
{
    if (*rest == NULL || **rest != '[') {
        return NULL;
    }
    char *old = *rest + 1;

    *rest = cut(old, "]");
    while (*rest != NULL && **rest == ' ') {
        (*rest)++;
    }
    return old;
}

static bool read_install(char *line, const char *namespace, VdiChange *change)
{
    char *name = line, *rest = cut(name, " ");
    char *old = take_old(&rest);

    if (rest == NULL || *rest != '(') {
        return false;
    }
    char *new = rest + 1;

    if (cut(new, "])") == NULL) {
        return false;
    }
    char *bracket = strrchr(new, '['), *arch = bracket != NULL ? bracket + 1 : NULL;

    if (bracket == NULL || bracket == new || bracket[-1] != ' ') {
        return false;
    }
    bracket[-1] = '\0';
    char *origins = cut(new, " ");

    (void) cut(name, ":");
    if (!vdi_dpkg_is_name(name) || !vdi_dpkg_is_name(arch) || !is_plain_version(new)
        || (old != NULL && !vdi_dpkg_is_version(old))) {
        return false;
    }
    vdi_change_add(
        change, "deb", namespace, name, arch, old, new, origins != NULL && is_security(origins));
    return true;
}

static bool read_removal(char *line, const char *namespace, const char *native, VdiChange *change)
{
    char *name = line, *rest = cut(name, " ");
    char *old = take_old(&rest);
    char *arch = cut(name, ":");

    if (old == NULL || !vdi_dpkg_is_name(name) || !vdi_dpkg_is_version(old)
        || (arch != NULL && !vdi_dpkg_is_name(arch))) {
        return false;
    }
    vdi_change_add(change, "deb", namespace, name, arch != NULL ? arch : native, old, NULL, false);
    return true;
}

VdiChange *vdi_apt_output_read(
    GBytes *output, const char *namespace, const char *arch, GError **error)
{
    g_autoptr(VdiChange) change = vdi_change_new();
    size_t size = 0;
    const char *data = g_bytes_get_data(output, &size);
    g_autofree char *text = g_strndup(data != NULL ? data : "", size);
    char *rest = NULL;

    for (char *line = text; line != NULL && *line != '\0'; line = rest) {
        rest = cut(line, "\n");
        g_autofree char *whole = g_strdup(line);
        bool is_install = g_str_has_prefix(line, "Inst ");
        bool is_removal = g_str_has_prefix(line, "Remv ") || g_str_has_prefix(line, "Purg ");

        if ((is_install && !read_install(line + strlen("Inst "), namespace, change))
            || (is_removal && !read_removal(line + strlen("Remv "), namespace, arch, change))) {
            g_autofree char *shown = vdi_text_quote(whole);

            g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
                "apt-get says what is not understood: %s", shown);
            return NULL;
        }
    }
    return g_steal_pointer(&change);
}
