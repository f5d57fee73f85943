/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER true
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER false
#endif

/* ---- limits ---- */

static const struct {
    __rlimit_resource_t resource;
    rlim_t most;
    bool stays_off_for_sanitizers;
} limits[] = {
    {RLIMIT_CORE, 0, false}, {RLIMIT_NOFILE, 512, false},
    {RLIMIT_AS, (rlim_t) 6 << 30, true}, /* threads reserve much more than they use */
};

static void close_limits(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        struct rlimit limit = {limits[i].most, limits[i].most};

        if (!HAS_SANITIZER || !limits[i].stays_off_for_sanitizers) {
            (void) setrlimit(limits[i].resource, &limit); /* it may be lower already */
        }
    }
}

/* ---- Landlock ---- */

/* Readable; nothing is writable. What is not there is left out. */
static const struct {
    const char *path;
    bool is_for_sanitizers; /* alone */
} readable[] = {
    {"/usr", false}, {"/lib", false}, {"/lib64", false}, {"/etc/ssl", false}, {"/etc/pki", false},
    {"/etc/crypto-policies", false}, {"/etc/ld.so.cache", false}, {"/etc/localtime", false},
    {"/etc/timezone", false}, {"/etc/gss", false}, {"/dev/urandom", false},
    {"/sys/devices/system/cpu", false}, {"/proc", true}, /* a report reads the maps */
};

/* Newer than the kernel headers that we are built with. */
typedef struct {
    uint64_t files, network, scoped;
} RulesetAttributes;

enum {
    FILES_ABI_1 = (1 << 13) - 1,
    FILE_REFER = 1 << 13,     /* ABI 2 */
    FILE_TRUNCATE = 1 << 14,  /* ABI 3 */
    FILE_IOCTL_DEV = 1 << 15, /* ABI 5 */
    TCP_BIND_CONNECT = 3,     /* ABI 4 */
    SCOPE_ALL = 3,            /* ABI 6: abstract sockets, signals */
};

static bool allow_reading(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR};
    g_auto(VdiFd) fd = open(path, O_PATH | O_CLOEXEC);

    if (fd < 0) {
        return true;
    }
    rule.parent_fd = fd;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) {
        return true;
    }
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE; /* it is no folder */
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* The ABI that is in force; 0: none. */
static int close_files(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (abi <= 0) {
        return 0;
    }
    RulesetAttributes attributes = {
        .files = (uint64_t) (FILES_ABI_1 | (abi >= 2 ? FILE_REFER : 0)
            | (abi >= 3 ? FILE_TRUNCATE : 0) | (abi >= 5 ? FILE_IOCTL_DEV : 0)),
        .network = abi >= 4 ? TCP_BIND_CONNECT : 0,
        .scoped = abi >= 6 ? SCOPE_ALL : 0,
    };
    size_t size = abi >= 6 ? sizeof attributes : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    g_auto(VdiFd) ruleset = (int) syscall(SYS_landlock_create_ruleset, &attributes, size, 0);

    if (ruleset < 0) {
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(readable); i++) {
        if ((!readable[i].is_for_sanitizers || HAS_SANITIZER)
            && !allow_reading(ruleset, readable[i].path)) {
            return 0;
        }
    }
    return syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ? (int) abi : 0;
}

/* ---- seccomp ---- */

/* EPERM: a library may try innocently (a name service, a helper program) and lives on. Kill:
 * nothing here ever calls it; whoever does has taken the process over. */
typedef enum { REFUSE, KILL } Answer;

#define CALL(name, answer)                                                                         \
    {                                                                                              \
        SCMP_SYS(name), answer, false                                                              \
    }
#define CALL_OF_SANITIZERS(name, answer)                                                           \
    {                                                                                              \
        SCMP_SYS(name), answer, true                                                               \
    }

static const struct {
    int call;
    Answer answer;
    bool is_for_sanitizers; /* left open in their builds: the leak check traces its own process */
} refused[] = {
    CALL(socket, REFUSE),
    CALL(connect, REFUSE),
    CALL(bind, REFUSE),
    CALL(listen, REFUSE),
    CALL(accept, REFUSE),
    CALL(accept4, REFUSE),
    CALL(execve, REFUSE),
    CALL(execveat, REFUSE),
    CALL(fork, REFUSE),
    CALL(vfork, REFUSE),
    CALL_OF_SANITIZERS(ptrace, KILL),
    CALL(kill, REFUSE),
    CALL(tkill, REFUSE),
    CALL(rt_sigqueueinfo, REFUSE),
    CALL(rt_tgsigqueueinfo, REFUSE),
    CALL(process_vm_readv, KILL),
    CALL(process_vm_writev, KILL),
    CALL(kcmp, KILL),
    CALL(pidfd_open, REFUSE),
    CALL(pidfd_getfd, KILL),
    CALL(pidfd_send_signal, KILL),
    CALL(mount, KILL),
    CALL(umount2, KILL),
    CALL(pivot_root, KILL),
    CALL(chroot, KILL),
    CALL(move_mount, KILL),
    CALL(open_tree, KILL),
    CALL(fsopen, KILL),
    CALL(fsmount, KILL),
    CALL(mount_setattr, KILL),
    CALL(unshare, KILL),
    CALL(setns, KILL),
    CALL(keyctl, KILL),
    CALL(add_key, KILL),
    CALL(request_key, KILL),
    CALL(bpf, KILL),
    CALL(perf_event_open, KILL),
    CALL(userfaultfd, KILL),
    CALL(io_uring_setup, REFUSE),
    CALL(io_uring_enter, KILL),
    CALL(io_uring_register, KILL),
    CALL(init_module, KILL),
    CALL(finit_module, KILL),
    CALL(delete_module, KILL),
    CALL(kexec_load, KILL),
    CALL(kexec_file_load, KILL),
    CALL(reboot, KILL),
    CALL(open_by_handle_at, KILL),
    CALL(name_to_handle_at, REFUSE),
    CALL(acct, KILL),
    CALL(swapon, KILL),
    CALL(swapoff, KILL),
    CALL(quotactl, KILL),
    CALL(personality, REFUSE),
    CALL(settimeofday, KILL),
    CALL(clock_settime, KILL),
    CALL(sethostname, KILL),
    CALL(mknod, REFUSE),
    CALL(mknodat, REFUSE),
    CALL(symlink, REFUSE),
    CALL(symlinkat, REFUSE),
    CALL(link, REFUSE),
    CALL(linkat, REFUSE),
    CALL(chmod, REFUSE),
    CALL(fchmodat, REFUSE),
    CALL(chown, REFUSE),
    CALL(fchownat, REFUSE),
    CALL(mkdir, REFUSE),
    CALL(mkdirat, REFUSE),
    CALL(rename, REFUSE),
    CALL(renameat, REFUSE),
    CALL(renameat2, REFUSE),
    CALL(unlink, REFUSE),
    CALL(unlinkat, REFUSE),
    CALL(truncate, REFUSE),
};

/* Children and namespaces; threads are neither. clone3 cannot be looked into, as its flags are in
 * memory: glibc falls back to clone when it is told that there is no such call. */
static int refuse_children(scmp_filter_ctx filter)
{
    const scmp_datum_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC
        | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    int failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

    /* A child: whatever is no thread. */
    if (failure == 0) {
        failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    }
    for (scmp_datum_t space = 1; failure == 0 && space <= spaces; space <<= 1) {
        if ((spaces & space) != 0) {
            failure = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
                SCMP_A0(SCMP_CMP_MASKED_EQ, space, space));
        }
    }
    return failure;
}

/* Not writing: a file that is opened to be written is refused even where Landlock is missing. */
static int refuse_writing(scmp_filter_ctx filter)
{
    static const scmp_datum_t ways[] = {O_WRONLY, O_RDWR, O_CREAT};
    int failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(creat), 0);

    for (size_t i = 0; failure == 0 && i < G_N_ELEMENTS(ways); i++) {
        failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 1,
            SCMP_A1(SCMP_CMP_MASKED_EQ, ways[i], ways[i]));
        if (failure == 0) {
            failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
                SCMP_A2(SCMP_CMP_MASKED_EQ, ways[i], ways[i]));
        }
    }
    return failure != 0 ? failure
                        : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
}

/* Landlock keeps signals in only from its sixth version on, and no version keeps a process from
 * typing into the terminal that it was started from, for the shell to run. Only the lower half of
 * an ioctl's number counts, so only that is compared. */
static int refuse_meddling(scmp_filter_ctx filter)
{
    static const scmp_datum_t typing[] = {TIOCSTI, TIOCLINUX};
    int failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
        SCMP_A0(SCMP_CMP_NE, (scmp_datum_t) getpid(), 0));

    for (size_t i = 0; failure == 0 && i < G_N_ELEMENTS(typing); i++) {
        failure = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(ioctl), 1,
            SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, typing[i]));
    }
    return failure;
}

/* 0, or a negative errno. */
static int close_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int failure = filter == NULL ? -ENOMEM : 0;

    for (size_t i = 0; failure == 0 && i < G_N_ELEMENTS(refused); i++) {
        if (!HAS_SANITIZER || !refused[i].is_for_sanitizers) {
            failure = seccomp_rule_add(filter,
                refused[i].answer == KILL ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM),
                refused[i].call, 0);
        }
    }
    if (failure == 0 && !HAS_SANITIZER) {
        failure = refuse_children(filter);
    }
    if (failure == 0) {
        failure = refuse_writing(filter);
    }
    if (failure == 0) {
        failure = refuse_meddling(filter);
    }
    if (failure == 0) {
        failure = seccomp_load(filter);
    }
    if (filter != NULL) {
        seccomp_release(filter);
    }
    return failure;
}

unsigned vdi_sandbox_count_threads(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    unsigned n = 0;

    while (tasks != NULL && g_dir_read_name(tasks) != NULL) {
        n++;
    }
    return n;
}

VdiSandbox vdi_sandbox_close(void)
{
    VdiSandbox sandbox = {.is_for_sanitizers = HAS_SANITIZER};

    close_limits();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        g_debug("sandbox: no_new_privs is missing: %s", g_strerror(errno));
        return sandbox;
    }
    (void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    sandbox.landlock_abi = close_files();
    if (sandbox.landlock_abi == 0) {
        g_debug("sandbox: this kernel has no Landlock: files are guarded by their rights alone");
    } else if (sandbox.landlock_abi < 6) {
        g_debug("sandbox: Landlock ABI %d", sandbox.landlock_abi);
    }
    int failure = close_calls();

    sandbox.has_seccomp = failure == 0;
    if (failure != 0) {
        g_debug("sandbox: seccomp is missing: %s", g_strerror(-failure));
    }
    return sandbox;
}
