/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compat/host/dpkg_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *name, const char *version, const char *arch, void *user)
{
    size_t *n = user;

    g_assert(vdi_dpkg_is_name(name) && vdi_dpkg_is_name(arch) && vdi_dpkg_is_version(version));
    (*n)++;
}

/* A list that is called whole names packages, each of them printable. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("status", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    size_t n = 0;

    g_assert(fd >= 0 && write(fd, data, size) == (ssize_t) size);
    bool whole = vdi_dpkg_status_visit(path, check, &n, NULL);

    g_assert(!whole || n > 0);
    close(fd);
    return 0;
}
