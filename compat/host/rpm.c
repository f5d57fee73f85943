/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/rpm.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/child.h"
#include "compat/host/package_type.h"

#define RPM "/usr/bin/rpm"
#define FORMAT "%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\n"

/* The newer place first: where both are there, one is a link to the other. */
static const char *const databases[] = {"/usr/lib/sysimage/rpm", "/var/lib/rpm"};

static const char *find_database(const VdiHost *host)
{
    for (size_t i = 0; i < G_N_ELEMENTS(databases); i++) {
        g_autofree char *path = vdi_paths_below(host->paths, databases[i]);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            return databases[i];
        }
    }
    return NULL;
}

bool vdi_rpm_present(const VdiHost *host)
{
    return find_database(host) != NULL;
}

bool vdi_rpm_home(VdiHost *host, const char **ret_home, GError **error)
{
    const char *database = find_database(host);

    if (*host->paths->root == '\0' || database == NULL) {
        *ret_home = NULL;
        return true;
    }
    const char *scratch = vdi_host_scratch(host, error);

    if (scratch == NULL) {
        return false;
    }
    g_autofree char *path = g_build_filename(scratch, ".rpmmacros", NULL);
    g_autofree char *text = g_strdup_printf("%%_dbpath %s\n", database);

    *ret_home = scratch;
    return vdi_file_write_text(path, text, 0600, error);
}

typedef struct {
    GPtrArray *texts; /* name, version, arch; name, … : borrowed from the lines */
    GStringChunk *memory;
} Found;

static bool take_package(char **fields, size_t n_fields, void *user, GError **error)
{
    Found *found = user;
    const char *version = n_fields == 3 ? fields[1] : "";

    if (g_str_has_prefix(version, "0:")) {
        version += 2;
    }
    if (n_fields != 3 || !vdi_package_type_is_name(fields[0])
        || !vdi_package_type_is_version(version)) {
        g_autofree char *shown = vdi_text_quote(fields[0]);

        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE,
            "rpm names a package that cannot be one: %s", shown);
        return false;
    }
    if (strcmp(fields[0], "gpg-pubkey") != 0) {
        g_ptr_array_add(found->texts, g_string_chunk_insert(found->memory, fields[0]));
        g_ptr_array_add(found->texts, g_string_chunk_insert(found->memory, version));
        g_ptr_array_add(found->texts, g_string_chunk_insert_const(found->memory, fields[2]));
    }
    return true;
}

bool vdi_rpm_read(GBytes *output, const char *namespace, VdiFacts *facts, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_sized_new(8192);
    g_autoptr(GStringChunk) memory = g_string_chunk_new(65536);
    Found found = {texts, memory};

    size_t size = 0;
    const char *data = g_bytes_get_data(output, &size);

    if (!vdi_child_read(output, "\t", VDI_HOST_ERROR_DATABASE, take_package, &found, error)) {
        return false;
    }
    if (texts->len == 0 || data[size - 1] != '\n') {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s",
            texts->len == 0 ? "rpm knows of no installed package" : "rpm's list is cut off");
        return false;
    }
    for (guint i = 0; i < texts->len; i += 3) {
        (void) vdi_package_type_add(
            facts, "rpm", namespace, texts->pdata[i], texts->pdata[i + 1], texts->pdata[i + 2]);
    }
    vdi_facts_set_packages_known(facts);
    return true;
}

static uint32_t number_at(const uint8_t *bytes, size_t n_bytes)
{
    uint32_t number = 0;

    for (size_t i = 0; i < n_bytes; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

/* Of a database whose last page is cut rpm lists fewer packages and says nothing. SQLite's header
 * (its file format, 1.3) tells how many pages there must be. */
static bool check_size(const char *path, GError **error)
{
    uint8_t header[32] = {0};
    struct stat status;
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return true; /* a database of another kind, or rpm's own business */
    }
    bool is_read = pread(fd, header, sizeof header, 0) == (ssize_t) sizeof header;
    uint64_t page_size = number_at(header + 16, 2) == 1 ? 65536 : number_at(header + 16, 2);
    uint64_t n_pages = number_at(header + 28, 4);
    uint64_t size = (uint64_t) status.st_size;

    if (!is_read || page_size == 0 || size % page_size != 0 || size < page_size * n_pages) {
        g_set_error(
            error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s: the file is cut off", path);
        return false;
    }
    return true;
}

bool vdi_rpm_installed(VdiHost *host, VdiFacts *facts, GError **error)
{
    const char *database = find_database(host);
    bool is_own = *host->paths->root == '\0';
    /* This machine's rpm knows its own place, and not that of another. */
    const char *const own[] = {RPM, "-qa", "--qf", FORMAT, NULL};
    const char *const other[] = {RPM, "--root", host->paths->root, "--dbpath",
        database != NULL ? database : databases[0], "-qa", "--qf", FORMAT, NULL};
    const VdiChildQuestion question = {
        .argv = is_own ? own : other, .complaint = "error: ", .failure = VDI_HOST_ERROR_DATABASE};
    g_autofree char *folder =
        vdi_paths_below(host->paths, database != NULL ? database : databases[0]);
    g_autofree char *file = g_build_filename(folder, "rpmdb.sqlite", NULL);
    g_autoptr(GBytes) output = check_size(file, error) ? vdi_child_ask(&question, error) : NULL;

    return output != NULL && vdi_rpm_read(output, host->namespace, facts, error);
}
