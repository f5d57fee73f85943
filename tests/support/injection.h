/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A program whose system calls fail, one at a time, or in which it is killed: strace's injection.
 * First a run without faults says which calls there are; then each run takes one of them. */

/* The nth call of that name in the life of the program. */
typedef struct {
    char *name;
    unsigned nth;
    bool is_change; /* it may change what lies on disk: write, rename, unlink, … */
    bool is_memory; /* it asks for memory: a program may abort when it fails */
} InjectionCall;

typedef enum {
    INJECTION_KILL,
    INJECTION_ENOSPC,
    INJECTION_EIO,
    INJECTION_EROFS,
    INJECTION_EDQUOT,
    INJECTION_EINTR,
    INJECTION_N_FAULTS,
} InjectionFault;

const char *injection_fault_name(InjectionFault fault);

/* Whether programs can be traced here; else says that this test is skipped. */
bool injection_is_possible(void);

/* All calls of `argv` from the first one that names `path` to the end; of InjectionCall, yours.
 * NULL when the program fails. */
GPtrArray *injection_calls(const char *const *argv, const char *path);

/* Runs it with that fault in that call. Its exit status, or 128 + signal; INJECTION_MISSED when the
 * call was not reached: no two runs ask for the same memory. -1 when it could not be run. */
enum { INJECTION_MISSED = -2 };
int injection_run(const char *const *argv, const InjectionCall *call, InjectionFault fault);

/* The environment of a program with one of our libraries preloaded ("no_memory"), told its fault as
 * "VDI_FAULT_MEMORY=7". Yours. */
GStrv injection_environment(const char *library, const char *fault);
/* A sanitizer has an allocator of its own: no_memory is not for it. Then says that this test is
 * skipped. */
bool injection_may_take_memory(void);

/* Runs `argv` in that environment. Its exit status, or 128 + signal. `ret_errors`: its stderr,
 * yours; may be NULL. */
int injection_run_in(const char *const *argv, const char *const *environment, char **ret_errors);

/* Whether this run of the tests takes every call with every fault (VDI_TEST_FAULTS=all), or of the
 * harmless pairs a few only. Every change with KILL is always taken. */
bool injection_is_chosen(const InjectionCall *call, InjectionFault fault, size_t i);
bool injection_takes_all(void);

/* The folder `from` with all that is in it, as `to`, which is replaced. */
void injection_copy_tree(const char *from, const char *to);
void injection_remove_tree(const char *path);
