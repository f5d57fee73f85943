/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/packagekit.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/child.h"
#include "compat/host/package_type.h"
#include "compat/rules/version.h"

#define PREPARED "/var/lib/PackageKit/prepared-update"

/* An id of the list, and what is installed of its name and architecture. */
typedef struct {
    const char *type, *namespace;
    const VdiFacts *facts;
    VdiChange *change;
    const char *version, *arch; /* of the id being read */
    const char *before;
    size_t n_before;
    bool is_done;
} Reader;

static bool compare_installed(const VdiPackage *package, void *user)
{
    Reader *reader = user;
    const VdiVersionScheme *scheme = vdi_version_scheme(reader->type);

    if (vdi_package_type_same_arch(package->arch, reader->arch)) {
        reader->before = package->version;
        reader->n_before++;
        reader->is_done = reader->is_done
            || (vdi_version_is_valid(scheme, package->version)
                && scheme->compare(package->version, reader->version) >= 0);
    }
    return false;
}

static bool fail(const char *what, const char *text, GError **error)
{
    g_autofree char *shown = vdi_text_quote(text);

    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s: %s", what, shown);
    return false;
}

static bool take_id(const char *id, Reader *reader, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(id, ";", -1);
    const VdiVersionScheme *scheme = vdi_version_scheme(reader->type);

    if (g_strv_length(parts) != 4 || !vdi_package_type_is_name(parts[0])
        || !vdi_package_type_is_version(parts[1]) || !vdi_version_is_valid(scheme, parts[1])
        || (*parts[2] != '\0' && !vdi_package_type_is_name(parts[2]))) {
        return fail("not a package's id", id, error);
    }
    reader->version = parts[1];
    reader->arch = *parts[2] != '\0' ? parts[2] : NULL;
    reader->before = NULL;
    reader->n_before = 0;
    reader->is_done = false;
    (void) vdi_facts_find_packages(
        reader->facts, reader->type, parts[0], compare_installed, reader);
    if (!reader->is_done) {
        /* Of what is there more than once (kernels), one more comes beside. */
        vdi_change_add(reader->change, reader->type, reader->namespace, parts[0], reader->arch,
            reader->n_before == 1 ? reader->before : NULL, parts[1], false);
    }
    return true;
}

static bool take_ids(char **ids, size_t n_ids, void *user, GError **error)
{
    for (size_t i = 0; i < n_ids; i++) {
        if (!take_id(ids[i], user, error)) {
            return false;
        }
    }
    return true;
}

/* The ids of a key file, parted by commas; NULL with an error. */
static GBytes *ids_of_key_file(GBytes *content, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local = NULL;
    char *ids = g_key_file_load_from_bytes(file, content, G_KEY_FILE_NONE, &local)
        ? g_key_file_get_string(file, "update", "prepared_ids", &local)
        : NULL;

    if (ids == NULL) {
        fail("not as PackageKit writes it", local->message, error);
        return NULL;
    }
    return g_bytes_new_take(ids, strlen(ids));
}

VdiChange *vdi_packagekit_read(
    GBytes *content, const char *type, const char *namespace, const VdiFacts *facts, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(content, &size);
    bool is_key_file = size > 0 && *data == '[';
    g_autoptr(GBytes) ids = is_key_file ? ids_of_key_file(content, error) : g_bytes_ref(content);
    g_autoptr(VdiChange) change = vdi_change_new();
    Reader reader = {.type = type, .namespace = namespace, .facts = facts, .change = change};

    if (ids == NULL
        || !vdi_child_read(
            ids, is_key_file ? "," : "", VDI_HOST_ERROR_OFFER, take_ids, &reader, error)) {
        return NULL;
    }
    return g_steal_pointer(&change);
}

bool vdi_packagekit_prepared(
    VdiHost *host, const VdiFacts *facts, VdiChange **ret_change, GError **error)
{
    g_autofree char *path = vdi_paths_below(host->paths, PREPARED);
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) content = vdi_file_read(path, VDI_PACKAGEKIT_MAX_BYTES, &local);

    if (content == NULL && g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        *ret_change = NULL;
        return true;
    }
    if (content == NULL) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s", local->message);
        return false;
    }
    g_autoptr(VdiChange) change =
        vdi_packagekit_read(content, host->ops->type, host->namespace, facts, error);

    if (change == NULL) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    *ret_change = vdi_change_n_items(change) > 0 ? g_steal_pointer(&change) : NULL;
    return true;
}
