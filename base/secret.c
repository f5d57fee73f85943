/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

/* A mapping of its own: a page can be locked and kept out of dumps, a piece of the heap cannot. */
struct VdiSecret {
    size_t size;
    char text[VDI_SECRET_MAX + 1];
};

void vdi_secret_wipe(void *data, size_t size)
{
    explicit_bzero(data, size);
}

static VdiSecret *map_secret(void)
{
    VdiSecret *secret =
        mmap(NULL, sizeof *secret, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (secret == MAP_FAILED) {
        g_error("out of memory");
    }
    /* Refused above RLIMIT_MEMLOCK, which is no reason to keep the person out. */
    (void) mlock(secret, sizeof *secret);
    (void) madvise(secret, sizeof *secret, MADV_DONTDUMP);
    return secret;
}

VdiSecret *vdi_secret_new(const char *text, size_t size)
{
    if (size > VDI_SECRET_MAX || memchr(text, '\0', size) != NULL) {
        return NULL;
    }
    VdiSecret *secret = map_secret();

    secret->size = size;
    memcpy(secret->text, text, size);
    return secret;
}

VdiSecret *vdi_secret_copy(const VdiSecret *secret)
{
    return secret != NULL ? vdi_secret_new(secret->text, secret->size) : NULL;
}

void vdi_secret_free(VdiSecret *secret)
{
    if (secret != NULL) {
        vdi_secret_wipe(secret, sizeof *secret);
        munmap(secret, sizeof *secret);
    }
}

const char *vdi_secret_text(const VdiSecret *secret)
{
    return secret->text;
}

/* Straight into the locked page: no buffer of ours sees it on the way. */
static VdiSecret *read_secret(int fd, const char *where, GError **error)
{
    g_autoptr(VdiSecret) secret = map_secret();

    for (;;) {
        ssize_t n = read(fd, secret->text + secret->size, sizeof secret->text - secret->size);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            g_set_error(
                error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ, "%s: %s", where, g_strerror(errno));
            return NULL;
        }
        secret->size += (size_t) n;
        char *line_end = memchr(secret->text, '\n', secret->size);

        if (n == 0 || line_end != NULL) {
            size_t end = line_end != NULL ? (size_t) (line_end - secret->text) : secret->size;

            end -= end > 0 && secret->text[end - 1] == '\r';
            vdi_secret_wipe(secret->text + end, sizeof secret->text - end);
            secret->size = end;
            break;
        }
        if (secret->size > VDI_SECRET_MAX) {
            g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_LARGE, "%s: more than %d bytes",
                where, VDI_SECRET_MAX);
            return NULL;
        }
    }
    if (memchr(secret->text, '\0', secret->size) != NULL) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ, "%s: it holds a NUL", where);
        return NULL;
    }
    return g_steal_pointer(&secret);
}

VdiSecret *vdi_secret_read_fd(int fd, GError **error)
{
    g_autofree char *where = g_strdup_printf("password from descriptor %d", fd);

    return read_secret(fd, where, error);
}

VdiSecret *vdi_secret_read_file(const char *path, GError **error)
{
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    g_autofree char *shown = vdi_text_clean(path);
    struct stat status;

    if (fd < 0 && errno == ELOOP) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_PRIVATE,
            "%s: a link is not followed; name the password file itself", shown);
        return NULL;
    }
    if (fd < 0 || fstat(fd, &status) != 0) {
        g_set_error(error, VDI_FILE_ERROR,
            errno == ENOENT ? VDI_FILE_ERROR_ABSENT : VDI_FILE_ERROR_READ, "%s: %s", shown,
            g_strerror(errno));
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077) != 0) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_PRIVATE,
            "%s: a password file must be yours alone (mode 0600)", shown);
        return NULL;
    }
    return read_secret(fd, shown, error);
}

void vdi_secret_protect_process(void)
{
    const struct rlimit none = {0, 0};

    (void) setrlimit(RLIMIT_CORE, &none);
    (void) prctl(PR_SET_DUMPABLE, 0);
}
