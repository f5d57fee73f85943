/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

/* Each denial is tried by a child of its own that has closed its doors: the kernel's answers are
 * what is tested. */
enum {
    REFUSED = 0,
    ALLOWED = 1,
    NO_SECCOMP = 2,
    NO_LANDLOCK = 3,
};

typedef int (*Attempt)(const VdiSandbox *sandbox, const char *path);

static int verdict(bool was_allowed)
{
    return was_allowed ? ALLOWED : REFUSED;
}

static int opens_an_internet_socket(const VdiSandbox *sandbox, const char *path)
{
    return verdict(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int opens_a_local_socket(const VdiSandbox *sandbox, const char *path)
{
    return verdict(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
}

static int runs_another_program(const VdiSandbox *sandbox, const char *path)
{
    char *argv[] = {(char *) "/bin/false", NULL}; /* its exit status is that of ALLOWED */

    execv(argv[0], argv);
    return errno == EPERM || errno == EACCES ? REFUSED : ALLOWED;
}

static int has_a_child(const VdiSandbox *sandbox, const char *path)
{
    pid_t pid = sandbox->is_for_sanitizers ? -1 : fork();

    if (pid == 0) {
        _exit(0);
    }
    return verdict(pid > 0);
}

static int reads_a_private_file(const VdiSandbox *sandbox, const char *path)
{
    return sandbox->landlock_abi == 0 ? NO_LANDLOCK : verdict(open(path, O_RDONLY) >= 0);
}

static int writes_a_private_file(const VdiSandbox *sandbox, const char *path)
{
    return verdict(open(path, O_WRONLY) >= 0);
}

static int makes_a_file(const VdiSandbox *sandbox, const char *path)
{
    return verdict(open("/tmp/vdi-sandbox-left-this", O_RDONLY | O_CREAT, 0600) >= 0);
}

static int removes_a_file(const VdiSandbox *sandbox, const char *path)
{
    return verdict(unlink(path) == 0);
}

static int reads_accounts(const VdiSandbox *sandbox, const char *path)
{
    return sandbox->landlock_abi == 0 ? NO_LANDLOCK : verdict(open("/etc/passwd", O_RDONLY) >= 0);
}

static int has_a_core(const VdiSandbox *sandbox, const char *path)
{
    struct rlimit limit = {1, 1};

    getrlimit(RLIMIT_CORE, &limit);
    return verdict(limit.rlim_cur != 0 || limit.rlim_max != 0 || prctl(PR_GET_DUMPABLE) != 0);
}

static int gains_privileges(const VdiSandbox *sandbox, const char *path)
{
    return verdict(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
}

/* Killed, not refused: these return only if they were let through. */

static int mounts(const VdiSandbox *sandbox, const char *path)
{
    syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL);
    return ALLOWED;
}

static int loads_bpf(const VdiSandbox *sandbox, const char *path)
{
    syscall(SYS_bpf, 0, NULL, 0);
    return ALLOWED;
}

static int asks_for_keys(const VdiSandbox *sandbox, const char *path)
{
    syscall(SYS_keyctl, 0, 0, 0, 0, 0);
    return ALLOWED;
}

static int reads_another_process(const VdiSandbox *sandbox, const char *path)
{
    syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
    return ALLOWED;
}

static int types_into_the_terminal(const VdiSandbox *sandbox, const char *path)
{
    ioctl(STDERR_FILENO, TIOCSTI, "\n");
    return ALLOWED;
}

static int types_with_a_longer_number(const VdiSandbox *sandbox, const char *path)
{
    syscall(SYS_ioctl, STDERR_FILENO, (unsigned long) TIOCSTI | 1UL << 32, "\n");
    return ALLOWED;
}

static int signals_another_process(const VdiSandbox *sandbox, const char *path)
{
    return verdict(kill(getppid(), 0) == 0 || syscall(SYS_tgkill, getppid(), getppid(), 0) == 0
        || syscall(SYS_tkill, getppid(), 0) == 0);
}

static int signals_itself(const VdiSandbox *sandbox, const char *path)
{
    return verdict(syscall(SYS_tgkill, getpid(), getpid(), 0) == 0); /* as abort does */
}

static int unshares(const VdiSandbox *sandbox, const char *path)
{
    syscall(SYS_unshare, 0x10000000); /* CLONE_NEWUSER */
    return ALLOWED;
}

static int traces(const VdiSandbox *sandbox, const char *path)
{
    if (sandbox->is_for_sanitizers) {
        return REFUSED; /* their leak check traces: the plain build is where this is tested */
    }
    syscall(SYS_ptrace, 0, 0, 0, 0);
    return ALLOWED;
}

/* What must still work. */

static int reads_a_library(const VdiSandbox *sandbox, const char *path)
{
    return verdict(open("/usr", O_RDONLY | O_DIRECTORY) >= 0);
}

static gpointer thread_main(gpointer data)
{
    return data;
}

static int starts_a_thread(const VdiSandbox *sandbox, const char *path)
{
    GThread *thread = g_thread_try_new("trial", thread_main, NULL, NULL);

    if (thread == NULL) {
        return REFUSED;
    }
    g_thread_join(thread);
    return ALLOWED;
}

static const struct {
    const char *name;
    Attempt attempt;
    int expected;
    bool needs_seccomp;
    bool is_killed; /* with SIGSYS */
} attempts[] = {
    {"no internet socket", opens_an_internet_socket, REFUSED, true, false},
    {"no local socket: session bus, X server", opens_a_local_socket, REFUSED, true, false},
    {"no other program", runs_another_program, REFUSED, true, false},
    {"no child", has_a_child, REFUSED, true, false},
    {"no reading of a private file", reads_a_private_file, REFUSED, false, false},
    {"no reading of the accounts", reads_accounts, REFUSED, false, false},
    {"no writing", writes_a_private_file, REFUSED, true, false},
    {"no new file", makes_a_file, REFUSED, true, false},
    {"no removing", removes_a_file, REFUSED, true, false},
    {"no core", has_a_core, REFUSED, false, false},
    {"no new privileges", gains_privileges, REFUSED, false, false},
    {"no mount", mounts, REFUSED, true, true},
    {"no bpf", loads_bpf, REFUSED, true, true},
    {"no keys", asks_for_keys, REFUSED, true, true},
    {"no reading of another process", reads_another_process, REFUSED, true, true},
    {"no typing into the terminal", types_into_the_terminal, REFUSED, true, true},
    {"nor with a longer number", types_with_a_longer_number, REFUSED, true, true},
    {"no signal to another process", signals_another_process, REFUSED, true, false},
    {"a signal to itself", signals_itself, ALLOWED, true, false},
    {"no namespaces", unshares, REFUSED, true, true},
    {"no tracing", traces, REFUSED, true, false},
    {"libraries can be read", reads_a_library, ALLOWED, false, false},
    {"threads can be started", starts_a_thread, ALLOWED, false, false},
};

/* 128 + signal for a death by signal. */
static int try_in_child(Attempt attempt, bool needs_seccomp, const char *path)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        VdiSandbox sandbox = vdi_sandbox_close();

        _exit(needs_seccomp && !sandbox.has_seccomp ? NO_SECCOMP : attempt(&sandbox, path));
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void every_door_is_closed(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "private", NULL);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    CHECK(fd >= 0);
    close(fd);
    for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
        int got = try_in_child(attempts[i].attempt, attempts[i].needs_seccomp, path);

        if (got == NO_SECCOMP || got == NO_LANDLOCK) {
            skip(got == NO_SECCOMP ? "this kernel has no seccomp" : "this kernel has no Landlock");
            continue;
        }
        bool was_killed = got == 128 + SIGSYS;

        CHECK_ROW(attempts[i].name,
            attempts[i].is_killed
                ? was_killed
                : got == attempts[i].expected || (attempts[i].attempt == traces && was_killed));
    }
    CHECK(g_file_test(path, G_FILE_TEST_EXISTS));
}

const Test tests[] = {
    {"every door is closed", every_door_is_closed},
    TEST_END,
};
