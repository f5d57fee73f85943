/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/injection.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "tests/support/check.h"

enum { DEADLINE_MS = 60000, STRIDE = 11 };

#define TRACE_MAX_BYTES ((size_t) 64 * 1024 * 1024)
#define FILE_MAX_BYTES ((size_t) 16 * 1024 * 1024)

static const struct {
    const char *name, *injection;
} faults[INJECTION_N_FAULTS] = {
    [INJECTION_KILL] = {"KILL", "signal=KILL"},
    [INJECTION_ENOSPC] = {"ENOSPC", "error=ENOSPC"},
    [INJECTION_EIO] = {"EIO", "error=EIO"},
    [INJECTION_EROFS] = {"EROFS", "error=EROFS"},
    [INJECTION_EDQUOT] = {"EDQUOT", "error=EDQUOT"},
    [INJECTION_EINTR] = {"EINTR", "error=EINTR"},
};

const char *injection_fault_name(InjectionFault fault)
{
    return faults[fault].name;
}

/* Who is traced, or killed half-way, cannot look for leaks, and would spoil what counts coverage;
 * and a sanitizer wants to be first. */
static GStrv environment(void)
{
    const char *sanitizer = g_getenv("ASAN_OPTIONS");
    g_autofree char *options = g_strconcat(
        sanitizer != NULL ? sanitizer : "", ":detect_leaks=0:verify_asan_link_order=0", NULL);
    GStrv variables = g_environ_setenv(g_get_environ(), "ASAN_OPTIONS", options, true);

    /* What a killed program leaves goes with the test's own folder. */
    variables = g_environ_setenv(variables, "TMPDIR", test_folder(), true);
    return g_environ_setenv(variables, "GCOV_PREFIX", "/dev/null", true);
}

GStrv injection_environment(const char *library, const char *fault)
{
    g_auto(GStrv) words = g_strsplit(fault, "=", 2);
    g_autofree char *file = g_strdup_printf("tests/lib%s.so", library);
    g_autofree char *path = test_built(file);
    GStrv variables = g_environ_setenv(environment(), "LD_PRELOAD", path, true);

    return g_environ_setenv(variables, words[0], words[1], true);
}

bool injection_may_take_memory(void)
{
    if (TEST_IS_SANITIZED) {
        skip("a sanitizer has its own allocator (run a plain build)");
        return false;
    }
    return true;
}

int injection_run_in(const char *const *argv, const char *const *variables, char **ret_errors)
{
    const VdiProcessOptions options = {
        .environment = variables, .max_bytes = 1024 * 1024, .deadline_ms = DEADLINE_MS};
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) error = NULL;

    if (!vdi_process_run(argv, &options, &result, &error)) {
        printf("%s: %s\n", argv[0], error->message);
        return -1;
    }
    if (ret_errors != NULL) {
        *ret_errors = g_steal_pointer(&result.errors);
    }
    return result.status;
}

/* strace with `options`, then `argv`. */
static int run_traced(const char *const *options, const char *const *argv)
{
    g_autofree char *strace = g_find_program_in_path("strace");
    g_autoptr(GPtrArray) whole = g_ptr_array_new();

    g_ptr_array_add(whole, strace);
    for (; *options != NULL; options++) {
        g_ptr_array_add(whole, (gpointer) *options);
    }
    for (; *argv != NULL; argv++) {
        g_ptr_array_add(whole, (gpointer) *argv);
    }
    g_ptr_array_add(whole, NULL);
    g_auto(GStrv) variables = environment();

    return injection_run_in(
        (const char *const *) whole->pdata, (const char *const *) variables, NULL);
}

bool injection_is_possible(void)
{
    g_autofree char *strace = g_find_program_in_path("strace");
    const char *const options[] = {"-f", "-o", "/dev/null", NULL};
    const char *const nothing[] = {"/bin/true", NULL};

    if (TEST_IS_SANITIZED) {
        skip("a sanitizer makes system calls of its own, never the same (run a plain build)");
        return false;
    }
    if (strace == NULL) {
        skip("strace is not installed");
        return false;
    }
    if (run_traced(options, nothing) != 0) {
        skip("strace may not trace here");
        return false;
    }
    return true;
}

static void call_free(gpointer data)
{
    InjectionCall *call = data;

    g_free(call->name);
    g_free(call);
}

static bool is_change(const char *name, const char *line)
{
    static const char *const changes[] = {"write", "pwrite64", "rename", "renameat", "renameat2",
        "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
        "chmod", "fchmod", "fchmodat", "ftruncate", "fallocate", "fsync", "fdatasync", NULL};

    return g_strv_contains(changes, name) || strstr(line, "O_CREAT") != NULL;
}

static bool is_memory(const char *name)
{
    static const char *const calls[] = {
        "mmap", "munmap", "mremap", "mprotect", "brk", "madvise", "futex", "getrandom", NULL};

    return g_strv_contains(calls, name);
}

/* "1234 openat(AT_FDCWD, …) = 3": its name, or NULL when the line is no call that can fail. */
static char *read_name(const char *line)
{
    static const char *const ends[] = {"execve", "exit", "exit_group", NULL};
    const char *begin = line + strspn(line, "0123456789 ");
    size_t length = strspn(begin, "abcdefghijklmnopqrstuvwxyz0123456789_");
    g_autofree char *name = length > 0 && begin[length] == '(' ? g_strndup(begin, length) : NULL;

    return name != NULL && !g_strv_contains(ends, name) ? g_steal_pointer(&name) : NULL;
}

static GPtrArray *read_trace(const char *text, const char *path)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *calls = g_ptr_array_new_with_free_func(call_free);
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool began = false;

    for (size_t i = 0; lines[i] != NULL; i++) {
        char *name = read_name(lines[i]);
        unsigned nth = 0;

        if (name == NULL) {
            continue;
        }
        nth = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name)) + 1;
        g_hash_table_insert(counts, g_strdup(name), GUINT_TO_POINTER(nth));
        began = began || strstr(lines[i], path) != NULL;
        if (!began) {
            g_free(name);
            continue;
        }
        InjectionCall *call = g_new0(InjectionCall, 1);

        *call = (InjectionCall){name, nth, is_change(name, lines[i]), is_memory(name)};
        g_ptr_array_add(calls, call);
    }
    return calls;
}

GPtrArray *injection_calls(const char *const *argv, const char *path)
{
    g_autofree char *trace = g_build_filename(test_folder(), "trace", NULL);
    const char *const options[] = {"-f", "-o", trace, NULL};
    int status = run_traced(options, argv);
    g_autoptr(GBytes) bytes = vdi_file_read(trace, TRACE_MAX_BYTES, NULL);

    if (status != 0 || bytes == NULL) {
        printf("%s: status %d without any fault\n", argv[0], status);
        return NULL;
    }
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    return read_trace(text, path);
}

/* The trace says whether the fault came to pass. */
static bool was_injected(const char *trace)
{
    g_autoptr(GBytes) bytes = vdi_file_read(trace, TRACE_MAX_BYTES, NULL);
    g_autofree char *text =
        bytes != NULL ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;

    return text != NULL
        && (strstr(text, "(INJECTED)") != NULL || strstr(text, "killed by SIGKILL") != NULL);
}

int injection_run(const char *const *argv, const InjectionCall *call, InjectionFault fault)
{
    g_autofree char *trace = g_build_filename(test_folder(), "injection", NULL);
    g_autofree char *only = g_strdup_printf("trace=%s", call->name);
    g_autofree char *inject =
        g_strdup_printf("inject=%s:%s:when=%u", call->name, faults[fault].injection, call->nth);
    /* The filter makes the other calls cheap; signals are not injected through it. */
    const char *const options[] = {"-f", "-o", trace, "-e", only, "-e", inject,
        fault == INJECTION_KILL ? NULL : "--seccomp-bpf", NULL};
    int status = run_traced(options, argv);

    if (!was_injected(trace)) {
        return status < 0 ? status : INJECTION_MISSED;
    }
    return status;
}

bool injection_takes_all(void)
{
    return g_strcmp0(g_getenv("VDI_TEST_FAULTS"), "all") == 0;
}

bool injection_is_chosen(const InjectionCall *call, InjectionFault fault, size_t i)
{
    return injection_takes_all() || (call->is_change && fault == INJECTION_KILL)
        || (i * INJECTION_N_FAULTS + fault) % STRIDE == 0;
}

void injection_remove_tree(const char *path)
{
    g_auto(GStrv) names = vdi_file_list(path);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *inner = g_build_filename(path, names[i], NULL);

        injection_remove_tree(inner);
    }
    (void) g_remove(path);
}

/* Not durable: this is a test's, and there are thousands. */
void injection_copy_tree(const char *from, const char *to)
{
    g_auto(GStrv) names = vdi_file_list(from);

    injection_remove_tree(to);
    g_assert(g_mkdir_with_parents(to, 0755) == 0);
    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *source = g_build_filename(from, names[i], NULL);
        g_autofree char *copy = g_build_filename(to, names[i], NULL);
        g_autoptr(GBytes) bytes = vdi_file_read(source, FILE_MAX_BYTES, NULL);
        size_t size = 0;

        if (bytes == NULL) {
            injection_copy_tree(source, copy);
            continue;
        }
        const char *data = g_bytes_get_data(bytes, &size);
        bool done = g_file_set_contents_full(
            copy, data != NULL ? data : "", (gssize) size, G_FILE_SET_CONTENTS_NONE, 0644, NULL);

        g_assert(done);
    }
}
