/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Preloaded into a program, this makes a disk of the bad kind. VDI_FAULT_WRITE is one of
 *
 *   half    every write takes half of what it is given
 *   fullN   the Nth write takes half, and then there is no more room
 *   dieN    the Nth write takes half, and the program is killed
 *
 * Only what is written to regular files counts; N has one digit or two. */

static unsigned read_number(const char *text)
{
    unsigned number = 0;

    for (; *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (unsigned) (*text - '0');
    }
    return number;
}

static int is_regular(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t write(int fd, const void *data, size_t size)
{
    static unsigned n_writes;
    const char *fault = getenv("VDI_FAULT_WRITE");

    if (fault == NULL || size < 2 || !is_regular(fd)) {
        return (ssize_t) syscall(SYS_write, fd, data, size);
    }
    n_writes++;
    if (strcmp(fault, "half") == 0) {
        return (ssize_t) syscall(SYS_write, fd, data, size / 2);
    }
    unsigned chosen = read_number(fault + strcspn(fault, "0123456789"));

    if (n_writes < chosen) {
        return (ssize_t) syscall(SYS_write, fd, data, size);
    }
    if (n_writes > chosen) {
        errno = ENOSPC;
        return -1;
    }
    ssize_t n = (ssize_t) syscall(SYS_write, fd, data, size / 2);

    if (fault[0] == 'd') {
        (void) raise(SIGKILL);
    }
    return n;
}
