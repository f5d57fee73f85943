/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/pacman_output.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/child.h"
#include "compat/host/package_type.h"
#include "compat/rules/version.h"

#define MARK "vdi-offer"

/* ":: unable to satisfy dependency 'x' required by NAME" */
enum { STUCK_FIELDS = 9 };

static bool fail(const char *what, const char *text, GError **error)
{
    g_autofree char *shown = vdi_text_quote(text);

    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s: %s", what, shown);
    return false;
}

void vdi_pacman_targets_init(VdiPacmanTargets *targets)
{
    targets->targets = g_ptr_array_new_with_free_func(g_free);
    targets->versions = g_ptr_array_new_with_free_func(g_free);
    targets->stuck = g_ptr_array_new_with_free_func(g_free);
}

void vdi_pacman_targets_clear(VdiPacmanTargets *targets)
{
    g_clear_pointer(&targets->targets, g_ptr_array_unref);
    g_clear_pointer(&targets->versions, g_ptr_array_unref);
    g_clear_pointer(&targets->stuck, g_ptr_array_unref);
}

static bool take_target(char **fields, size_t n_fields, void *user, GError **error)
{
    VdiPacmanTargets *targets = user;

    if (n_fields == STUCK_FIELDS && strcmp(fields[0], "::") == 0
        && strcmp(fields[1], "unable") == 0) {
        const char *name = fields[STUCK_FIELDS - 1];

        if (!vdi_package_type_is_name(name)) {
            return fail("pacman names what is no package", name, error);
        }
        g_ptr_array_add(targets->stuck, g_strdup(name));
        return true;
    }
    if (strcmp(fields[0], MARK) != 0) {
        return true;
    }
    if (n_fields != 4 || !vdi_package_type_is_name(fields[1])
        || !vdi_package_type_is_name(fields[3])) {
        return fail("pacman names what is no package", fields[n_fields - 1], error);
    }
    g_ptr_array_add(targets->targets, g_strconcat(fields[3], "/", fields[1], NULL));
    g_ptr_array_add(targets->versions, g_strdup(fields[2]));
    return true;
}

bool vdi_pacman_read_targets(GBytes *output, VdiPacmanTargets *targets, GError **error)
{
    return vdi_child_read(output, " ", VDI_HOST_ERROR_OFFER, take_target, targets, error);
}

typedef struct {
    VdiOffer *offer;
    GPtrArray *replaced;
    char *name, *version; /* of the package being described, owned */
} Description;

static void replace(char **text, const char *by)
{
    g_free(*text);
    *text = g_strdup(by);
}

/* "Name : x". What continues a line above has its colon elsewhere. */
static bool take_description(char **fields, size_t n_fields, void *user, GError **error)
{
    Description *description = user;

    if (n_fields < 3 || strcmp(fields[1], ":") != 0) {
        return true;
    }
    if (strcmp(fields[0], "Name") == 0) {
        replace(&description->name, fields[2]);
    } else if (strcmp(fields[0], "Version") == 0) {
        replace(&description->version, fields[2]);
    } else if (strcmp(fields[0], "Architecture") == 0) {
        return description->name != NULL && description->version != NULL
            ? vdi_offer_comes(
                description->offer, description->name, fields[2], description->version, error)
            : fail("pacman describes what has no name", fields[2], error);
    } else if (strcmp(fields[0], "Replaces") == 0 && strcmp(fields[2], "None") != 0) {
        for (size_t i = 2; i < n_fields; i++) {
            g_ptr_array_add(description->replaced, g_strdup(fields[i]));
        }
    }
    return true;
}

bool vdi_pacman_read_descriptions(GBytes *output, const VdiPacmanTargets *targets, VdiOffer *offer,
    GPtrArray *replaced, GError **error)
{
    Description description = {offer, replaced, NULL, NULL};
    bool good =
        vdi_child_read(output, " ", VDI_HOST_ERROR_OFFER, take_description, &description, error);

    g_free(description.name);
    g_free(description.version);
    for (guint i = 0; good && i < targets->targets->len; i++) {
        const char *target = targets->targets->pdata[i];

        if (!vdi_offer_has(offer, strchr(target, '/') + 1, targets->versions->pdata[i])) {
            return fail("pacman does not describe what it would install", target, error);
        }
    }
    return good;
}

bool vdi_pacman_is_meant(const char *constraint, const char *version)
{
    const char *sign = constraint + strcspn(constraint, "<>=");
    const char *wanted = sign + strspn(sign, "<>=");

    if (*sign == '\0') {
        return true;
    }
    if (!vdi_version_is_valid(&vdi_version_alpm, wanted)
        || !vdi_version_is_valid(&vdi_version_alpm, version)) {
        return false;
    }
    int order = vdi_version_alpm.compare(version, wanted);

    return (order < 0 && *sign == '<') || (order > 0 && *sign == '>')
        || (order == 0 && wanted[-1] == '=');
}
