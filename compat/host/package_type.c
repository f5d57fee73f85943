/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/package_type.h"

#include <string.h>

#include "compat/host/system.h"

enum { TEXT_MAX = 255 };

static const struct {
    const char *type;
    const char *manager; /* the package whose architecture is the machine's */
} types[] = {
    {"deb", "dpkg"},
    {"rpm", "rpm"},
    {"alpm", "pacman"},
};

/* The words for "every architecture". */
static const char *const all_archs[] = {"all", "noarch", "any", NULL};

void vdi_package_type_look(VdiFacts *facts, const char *type)
{
    const char *arch = vdi_facts_get(facts, VDI_FACT_ARCH);

    if (arch != NULL && strcmp(type, "deb") != 0) {
        vdi_facts_set(facts, VDI_FACT_ARCH, vdi_system_machine_of(arch));
    }
}

bool vdi_package_type_is_manager(const char *type, const char *name, const char *arch)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(types[i].type, type) == 0) {
            return strcmp(types[i].manager, name) == 0 && arch != NULL
                && !g_strv_contains(all_archs, arch);
        }
    }
    return false;
}

bool vdi_package_type_add(VdiFacts *facts, const char *type, const char *namespace,
    const char *name, const char *version, const char *arch)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(types[i].type, type) != 0) {
            continue;
        }
        vdi_facts_add_package(facts, type, namespace, name, version, arch);
        if (vdi_package_type_is_manager(type, name, arch)) {
            vdi_facts_set(facts, VDI_FACT_ARCH, arch);
        }
        return true;
    }
    return false;
}

static bool is_made_of(const char *text, const char *others)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && strchr(others, text[i]) == NULL) {
            return false;
        }
    }
    return length > 0 && length <= TEXT_MAX;
}

bool vdi_package_type_is_name(const char *text)
{
    return is_made_of(text, "+._-@") && *text != '-' && *text != '.';
}

bool vdi_package_type_is_version(const char *text)
{
    return is_made_of(text, "+._-~^:%") && *text != '-';
}

bool vdi_package_type_same_arch(const char *a, const char *b)
{
    return a == NULL || b == NULL || strcmp(a, b) == 0 || g_strv_contains(all_archs, a)
        || g_strv_contains(all_archs, b);
}
