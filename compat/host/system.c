/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/system.h"

#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "compat/rules/version.h"
#include "config.h"

enum { SMALL_FILE_BYTES = 65536, MACHINE_ID_DIGITS = 32 };

#define APPLICATION_ID "org.vigie.Client"
#define KERNEL_PREFIX "vmlinuz-"

/* The kernel's word for a processor, and the package system's. */
static const struct {
    const char *machine, *arch;
} architectures[] = {
    {"x86_64", "amd64"},
    {"aarch64", "arm64"},
    {"armv7l", "armhf"},
    {"i686", "i386"},
    {"ppc64le", "ppc64el"},
    {"riscv64", "riscv64"},
    {"s390x", "s390x"},
};

const char *vdi_system_arch(const char *machine)
{
    for (size_t i = 0; i < G_N_ELEMENTS(architectures); i++) {
        if (strcmp(machine, architectures[i].machine) == 0) {
            return architectures[i].arch;
        }
    }
    return NULL;
}

const char *vdi_system_machine_of(const char *arch)
{
    for (size_t i = 0; i < G_N_ELEMENTS(architectures); i++) {
        if (strcmp(arch, architectures[i].arch) == 0) {
            return architectures[i].machine;
        }
    }
    return arch;
}

static char *read_text(const VdiPaths *paths, const char *absolute)
{
    g_autofree char *path = vdi_paths_below(paths, absolute);
    g_autoptr(GBytes) bytes = vdi_file_read(path, SMALL_FILE_BYTES, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

    return data != NULL && memchr(data, '\0', size) == NULL ? g_strndup(data, size) : NULL;
}

/* os-release(5): NAME=value, quoted as a shell would. */
static char *find_value(char *const *lines, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (strncmp(lines[i], name, length) == 0 && lines[i][length] == '=') {
            return g_shell_unquote(lines[i] + length + 1, NULL);
        }
    }
    return NULL;
}

static void look_at_release(const VdiPaths *paths, VdiFacts *facts)
{
    g_autofree char *etc = read_text(paths, "/etc/os-release");
    g_autofree char *text = etc != NULL ? NULL : read_text(paths, "/usr/lib/os-release");

    if (etc == NULL && text == NULL) {
        return;
    }
    g_auto(GStrv) lines = g_strsplit(etc != NULL ? etc : text, "\n", -1);
    g_autofree char *id = find_value(lines, "ID");
    g_autofree char *version = find_value(lines, "VERSION_ID");
    g_autofree char *like = find_value(lines, "ID_LIKE");

    if (id != NULL) {
        vdi_facts_set(facts, VDI_FACT_OS_ID, id);
    }
    if (version != NULL) {
        vdi_facts_set(facts, VDI_FACT_OS_VERSION, version);
    }
    if (like != NULL) {
        g_auto(GStrv) words = g_strsplit(like, " ", -1);

        vdi_facts_set_os_like(facts, (const char *const *) words);
    }
}

char *vdi_system_machine(const VdiPaths *paths)
{
    g_autofree char *id = read_text(paths, "/etc/machine-id");

    if (id == NULL) {
        return NULL;
    }
    g_strchomp(id);
    if (strlen(id) != MACHINE_ID_DIGITS || strspn(id, "0123456789abcdef") != MACHINE_ID_DIGITS) {
        return NULL;
    }
    char *derived = g_compute_hmac_for_string(
        G_CHECKSUM_SHA256, (const guchar *) id, MACHINE_ID_DIGITS, APPLICATION_ID, -1);

    derived[MACHINE_ID_DIGITS] = '\0';
    return derived;
}

char *vdi_system_next_kernel(const VdiPaths *paths)
{
    g_autofree char *folder = vdi_paths_below(paths, "/boot");
    g_auto(GStrv) names = vdi_file_list(folder);
    const char *newest = NULL;

    for (size_t i = 0; names[i] != NULL; i++) {
        const char *release = names[i] + strlen(KERNEL_PREFIX);

        /* Not an image for emergencies: vmlinuz-0-rescue-… */
        if (g_str_has_prefix(names[i], KERNEL_PREFIX) && *release >= '1' && *release <= '9'
            && vdi_version_is_valid(&vdi_version_deb, release)
            && (newest == NULL || vdi_version_deb.compare(newest, release) < 0)) {
            newest = release;
        }
    }
    return g_strdup(newest);
}

void vdi_system_look(const VdiPaths *paths, VdiFacts *facts)
{
    g_autofree char *machine = vdi_system_machine(paths);
    struct utsname kernel;

    look_at_release(paths, facts);
    if (machine != NULL) {
        vdi_facts_set(facts, VDI_FACT_MACHINE, machine);
    }
    if (uname(&kernel) == 0) {
        vdi_facts_set(facts, VDI_FACT_KERNEL, kernel.release);
        vdi_facts_set(facts, VDI_FACT_ARCH, vdi_system_arch(kernel.machine));
    }
    vdi_facts_set_client(facts, "vigie", VDI_VERSION);
}
