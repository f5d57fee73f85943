/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

/* Preloaded into a program, this fails the Nth allocation of its life: VDI_FAULT_MEMORY=N. It says
 * so on stderr, so that whoever counts N up sees when there is none left to fail. */

#define SAID "allocation failed\n"

/* The C library's own, by the names under which it keeps them. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static unsigned long chosen;

__attribute__((constructor)) static void read_chosen(void)
{
    const char *text = getenv("VDI_FAULT_MEMORY");

    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        chosen = chosen * 10 + (unsigned long) (*text - '0');
    }
}

static int is_to_fail(void)
{
    static unsigned long n;

    if (chosen == 0 || ++n != chosen) {
        return 0;
    }
    (void) !write(STDERR_FILENO, SAID, sizeof SAID - 1);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return is_to_fail() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return is_to_fail() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return is_to_fail() ? NULL : __libc_realloc(old, size);
}
