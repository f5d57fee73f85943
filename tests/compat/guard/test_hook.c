/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "compat/apply.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"

/* vdi-hook as apt starts it: which transactions it stops, and that no fault of its own does. */

enum { BLOCK = 80, CANNOT_JUDGE = 1, HOOK_FD = 20 };

#define HEAD "VERSION 3\nAPT::Architecture=amd64\n\n"
#define BAD "lib 1.0 amd64 same < 2.0 amd64 same /var/cache/lib.deb\n"
#define STATUS(name, version)                                                                      \
    "Package: " name "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " version "\n" \
    "\n"
#define MACHINE STATUS("lib", "1.0") STATUS("client", "1.0") STATUS("dpkg", "1.21")
#define RULES                                                                                      \
    "{'id': 'R1', 'effect': 'block', 'title': {'en': 'It breaks', 'fr': 'Cela casse'}, "           \
    "'message': {'en': 'Wait.'}, 'when': {'all': [{'package': {'purl': 'pkg:deb/debian/lib', "     \
    "'version': 'vers:deb/>=2.0|<2.1'}}, {'package': {'purl': 'pkg:deb/debian/client', "           \
    "'version': 'vers:deb/<2.0'}}]}, 'expires': '2027-02-01T00:00:00Z'}, "                         \
    "{'id': 'R2', 'effect': 'block', 'title': {'en': 'x'}, 'message': {'en': 'x'}, 'when': "       \
    "{'package': {'purl': 'pkg:deb/debian/dpkg', 'version': 'vers:deb/>=2'}}, "                    \
    "'expires': '2027-02-01T00:00:00Z'}"

#define NOW "2026-11-06T22:00:00Z"

static VdiPaths *system_with(const char *rules)
{
    VdiPaths *paths = guard_system();
    g_autofree char *simulation = vdi_paths_below(paths, "/system.json");
    const VdiHostOptions options = {NULL, simulation};
    g_auto(VdiApplyReport) report = {0};

    guard_write(paths, "/var/lib/dpkg/status", MACHINE);
    guard_write(paths, "/system.json", "{\"format\": 1, \"installed\": [], \"offered\": []}");
    guard_organisation(paths, "example", "url = https://updates.example.com/v");
    guard_accept(paths, "example", rules, GUARD_NOW + 10 * GUARD_DAY);
    CHECK(vdi_apply_holds(paths, &options, GUARD_NOW, &report, NULL));
    return paths;
}

static VdiPaths *enforced_system(void)
{
    return system_with(RULES);
}

typedef struct {
    const char *stream;  /* NULL: nobody ever writes, and the pipe stays open */
    const char *now;     /* NULL: NOW */
    const char *setting; /* NAME=VALUE of the caller's environment; NULL */
    const char *errors;  /* where stderr goes; NULL: into *ret_errors */
    bool no_descriptor, closed;
    const char *folder; /* the caller's; NULL */
} Run;

/* The stream in a file, as apt's pipe is read: to its end. */
static int open_stream(const VdiPaths *paths, const Run *run)
{
    g_autofree char *path = vdi_paths_below(paths, "/stream");
    int ends[2];

    if (run->stream == NULL) {
        g_assert(pipe(ends) == 0);
        return ends[0]; /* the other end stays open in this process */
    }
    guard_write(paths, "/stream", run->stream);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Exit status; 128 + signal. */
static int run_hook(const VdiPaths *paths, const Run *run, char **ret_errors)
{
    g_autofree char *hook = test_built("compat/vdi-hook");
    g_autofree char *number = g_strdup_printf("APT_HOOK_INFO_FD=%d", HOOK_FD);
    const char *const argv[] = {
        hook, "--root", paths->root, "--now", run->now != NULL ? run->now : NOW, NULL};
    const char *environment[] = {run->no_descriptor ? "A=b" : number, "LC_ALL=C.UTF-8",
        run->setting != NULL ? run->setting : "C=d", NULL};
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(run->errors == NULL ? G_SUBPROCESS_FLAGS_STDERR_PIPE : 0);
    g_autoptr(GError) error = NULL;

    g_subprocess_launcher_set_environ(launcher, (char **) environment);
    if (!run->closed) {
        g_subprocess_launcher_take_fd(launcher, open_stream(paths, run), HOOK_FD);
    }
    if (run->errors != NULL) {
        g_subprocess_launcher_set_stderr_file_path(launcher, run->errors);
    }
    if (run->folder != NULL) {
        g_subprocess_launcher_set_cwd(launcher, run->folder);
    }
    g_autoptr(GSubprocess) child = g_subprocess_launcher_spawnv(launcher, argv, &error);

    CHECK_NO_ERROR(error);
    if (child == NULL) {
        return -1;
    }
    if (run->errors == NULL) {
        char text[32768] = "";
        gsize n = 0;

        (void) g_input_stream_read_all(
            g_subprocess_get_stderr_pipe(child), text, sizeof text - 1, &n, NULL, NULL);
        if (ret_errors != NULL) {
            *ret_errors = g_strdup(text);
        }
    }
    (void) g_subprocess_wait(child, NULL, NULL);
    return g_subprocess_get_if_exited(child) ? g_subprocess_get_exit_status(child)
                                             : 128 + g_subprocess_get_term_sig(child);
}

static void transactions_are_judged_by_how_they_end(void)
{
    static const struct {
        const char *name, *stream;
        int status;
    } rows[] = {
        {"the library alone", HEAD BAD, BLOCK},
        {"the library and its cure",
            HEAD BAD "client 1.0 amd64 none < 2.0 amd64 none /a/client.deb\n", 0},
        {"the library, the cure only configured",
            HEAD BAD "client 2.0 amd64 none < 2.0 amd64 none **CONFIGURE**\n", BLOCK},
        {"the fixed version", HEAD "lib 1.0 amd64 same < 2.1 amd64 same /a/lib.deb\n", 0},
        {"another package", HEAD "x - - none < 1 amd64 same /a/x.deb\n", 0},
        {"the library goes", HEAD "lib 1.0 amd64 same > - - none **REMOVE**\n", 0},
        {"the client goes with it", HEAD BAD "client 1.0 amd64 none > - - none **REMOVE**\n", 0},
        {"a foreign architecture of it", HEAD "lib - - none < 2.0 i386 same /a/lib.deb\n", BLOCK},
        {"protocol version 2", "VERSION 2\n\nlib 1.0 < 2.0 /a/lib.deb\n", BLOCK},
        {"what is never held", HEAD "dpkg 1.21 amd64 none < 2 amd64 none /a/dpkg.deb\n", 0},
        {"nothing", HEAD, 0},
    };

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = enforced_system();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Run run = {.stream = rows[i].stream};
        int status = run_hook(paths, &run, NULL);

        CHECK_ROW(rows[i].name, status == rows[i].status);
    }
}

#define CITRIX "/opt/Citrix/ICAClient/pkginf/Ver.core.linuxx64"
#define CLIENT_RULE                                                                                \
    "{'id': 'C1', 'effect': 'block', 'title': {'en': 'x'}, 'message': {'en': 'x'}, "               \
    "'when': {'all': [{'package': {'purl': 'pkg:deb/debian/lib', 'version': "                      \
    "'vers:deb/>=2.0|<2.1'}}, {'client': {'id': 'citrix-workspace', 'version': "                   \
    "'vers:generic/<25.8'}}]}, 'expires': '2027-02-01T00:00:00Z'}"

static void another_client_is_protected_too(void)
{
    static const struct {
        const char *name, *file, *stream;
        int status;
    } rows[] = {
        {"not installed", NULL, HEAD BAD, 0},
        {"from a tarball", "ID_VERSION=24.11.0.85\n", HEAD BAD, BLOCK},
        {"in a version that works", "ID_VERSION=25.8.0.88\n", HEAD BAD, 0},
        {"in a version that nobody knows", "nothing\n", HEAD BAD, 0},
        {"its package comes along", "ID_VERSION=24.11.0.85\n",
            HEAD BAD "icaclient - - none < 25.8.0.88 amd64 none /a/icaclient.deb\n", 0},
        {"its package comes along, and is too old", NULL,
            HEAD BAD "icaclient - - none < 24.11.0.85 amd64 none /a/icaclient.deb\n", BLOCK},
    };

    if (!guard_is_root()) {
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiPaths) paths = system_with(CLIENT_RULE);
        const Run run = {.stream = rows[i].stream};

        if (rows[i].file != NULL) {
            guard_write(paths, CITRIX, rows[i].file);
        }
        CHECK_ROW(rows[i].name, run_hook(paths, &run, NULL) == rows[i].status);
    }
}

static void a_block_says_package_rule_days_and_the_way_round(void)
{
    static const char *const words[] = {
        "lib 2.0", "It breaks", "R1", "example", "10 more days", "vdi-guard release R1"};
    const Run run = {.stream = HEAD BAD};
    g_autofree char *errors = NULL;

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = enforced_system();

    CHECK_INT(run_hook(paths, &run, &errors), BLOCK);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        CHECK_ROW(words[i], errors != NULL && strstr(errors, words[i]) != NULL);
    }
    g_autofree char *audit = guard_read(paths, "/var/lib/vdi/audit.jsonl");

    CHECK(audit != NULL && strstr(audit, "\"event\":\"stopped\"") != NULL);
}

/* Each is the block of above, with one thing wrong. */
static void no_fault_of_ours_stops_an_update(void)
{
    static const struct {
        const char *name;
        Run run;
    } rows[] = {
        {"an empty stream", {.stream = ""}},
        {"version 1", {.stream = "/var/cache/lib.deb\n"}},
        {"cut off", {.stream = HEAD "lib 1.0 amd64 same < 2.0"}},
        {"a bad percent", {.stream = "VERSION 3\nA=%\n\n" BAD}},
        {"an escape in a name", {.stream = HEAD BAD "l\x1b 1 a no < 2 a no /x\n"}},
        {"no descriptor is named", {.stream = HEAD BAD, .no_descriptor = true}},
        {"the descriptor is closed", {.stream = HEAD BAD, .closed = true}},
        {"another descriptor is named",
            {.stream = HEAD BAD, .setting = "APT_HOOK_INFO_FD=-1", .no_descriptor = true}},
        {"no end of the stream", {.stream = NULL}},
        {"what is said cannot be written", {.stream = HEAD BAD, .errors = "/dev/full"}},
        {"after the rule's end", {.stream = HEAD BAD, .now = "2027-02-02T00:00:00Z"}},
        {"after the list's end", {.stream = HEAD BAD, .now = "2026-11-17T00:00:00Z"}},
        {"the clock says 1970", {.stream = HEAD BAD, .now = "1970-01-01T00:00:00Z"}},
        {"the clock says 2000", {.stream = HEAD BAD, .now = "2000-01-01T00:00:00Z"}},
        {"the clock says 2038", {.stream = HEAD BAD, .now = "2038-01-20T00:00:00Z"}},
        {"no clock at all", {.stream = HEAD BAD, .now = "yesterday"}},
    };

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = enforced_system();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int status = run_hook(paths, &rows[i].run, NULL);

        CHECK_ROW(rows[i].name, status != BLOCK && status >= 0);
    }
}

/* A list of thousands of rules that hang together through every package of a transaction: the hook
 * answers or its alarm does, and what it says fits into a pipe that nobody empties. */
static void a_hostile_list_takes_no_more_than_its_time(void)
{
    enum { PACKAGES = 3000 };
    g_autoptr(GString) rules = g_string_new(NULL), status = g_string_new(NULL);
    g_autoptr(GString) stream = g_string_new(HEAD);
    g_auto(VdiApplyReport) report = {0};
    g_autofree char *errors = NULL;

    if (!guard_is_root()) {
        return;
    }
    for (int i = 0; i < PACKAGES; i++) {
        g_string_append_printf(rules,
            "%s{'id': 'R%d', 'effect': 'block', 'title': {'en': 'x'}, 'message': {'en': 'x'}, "
            "'expires': '2027-02-01T00:00:00Z', 'when': {'all': ["
            "{'package': {'purl': 'pkg:deb/debian/p%d', 'version': 'vers:deb/>=2'}},"
            "{'package': {'purl': 'pkg:deb/debian/p%d', 'version': 'vers:deb/>=2'}}]}}",
            i > 0 ? "," : "", i, i, i + 1);
        g_string_append_printf(status,
            "Package: p%d\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n", i);
        g_string_append_printf(stream, "p%d 1 amd64 no < 2 amd64 no /a/p%d.deb\n", i, i);
    }
    g_autoptr(VdiPaths) paths = guard_system();
    g_autofree char *simulation = vdi_paths_below(paths, "/system.json");
    const VdiHostOptions options = {NULL, simulation};
    const Run run = {.stream = stream->str};

    guard_write(paths, "/var/lib/dpkg/status", status->str);
    guard_write(paths, "/system.json", "{\"format\": 1, \"installed\": [], \"offered\": []}");
    guard_organisation(paths, "example", "url = https://updates.example.com/v");
    guard_accept(paths, "example", rules->str, GUARD_NOW + 10 * GUARD_DAY);
    CHECK(vdi_apply_holds(paths, &options, GUARD_NOW, &report, NULL));
    int result = run_hook(paths, &run, &errors);

    CHECK(result == BLOCK || result == 128 + SIGALRM);
    CHECK(result != BLOCK || strstr(errors, "more rules ask for it.") != NULL);
}

static void a_hostile_caller_changes_nothing(void)
{
    static const char *const settings[] = {"TMPDIR=/nonexistent", "PATH=.", "PYTHONPATH=/tmp",
        "LC_ALL=../../../../tmp/evil", "LANGUAGE=fr:\x1b[2J", "G_MESSAGES_DEBUG=all",
        "G_DEBUG=fatal-warnings", "HOME=/nonexistent", "APT_CONFIG=/dev/zero",
        "XDG_CONFIG_HOME=/tmp", "CHARSETALIASDIR=/tmp", "GIO_USE_VFS=evil"};

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = enforced_system();

    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        const Run run = {.stream = HEAD BAD, .setting = settings[i]};

        CHECK_ROW(settings[i], run_hook(paths, &run, NULL) == BLOCK);
    }
    const Run elsewhere = {.stream = HEAD BAD, .folder = "/proc/self/fd"};

    CHECK_INT(run_hook(paths, &elsewhere, NULL), BLOCK);
}

static void change_mode(const VdiPaths *paths, const char *absolute, mode_t mode)
{
    g_autofree char *path = vdi_paths_below(paths, absolute);

    CHECK(chmod(path, mode) == 0);
}

static void what_cannot_be_believed_or_read_lets_through(void)
{
    const Run run = {.stream = HEAD BAD};
    const char *enforced = "/var/lib/vdi/enforced.rules";

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = enforced_system();
    g_autofree char *path = vdi_paths_below(paths, enforced);
    g_autoptr(GBytes) whole = vdi_file_read(path, 1024 * 1024, NULL);
    size_t size = g_bytes_get_size(whole);

    change_mode(paths, enforced, 0666);
    CHECK_INT(run_hook(paths, &run, NULL), CANNOT_JUDGE);
    change_mode(paths, enforced, 0644);
    change_mode(paths, "/var/lib/vdi", 0777);
    CHECK_INT(run_hook(paths, &run, NULL), CANNOT_JUDGE);
    change_mode(paths, "/var/lib/vdi", 0755);
    CHECK_INT(run_hook(paths, &run, NULL), BLOCK);
    for (size_t i = 0; i < size; i += 1 + size / 40) {
        g_autofree char *data = g_memdup2(g_bytes_get_data(whole, NULL), size);

        data[i] ^= 4;
        g_autoptr(GBytes) changed = g_bytes_new(data, size);
        g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(whole, NULL), i);

        CHECK(vdi_file_write(path, changed, 0644, NULL));
        CHECK_INT(run_hook(paths, &run, NULL), CANNOT_JUDGE);
        CHECK(vdi_file_write(path, cut, 0644, NULL));
        CHECK_INT(run_hook(paths, &run, NULL), CANNOT_JUDGE);
    }
    CHECK(vdi_file_write(path, whole, 0644, NULL));
    CHECK_INT(run_hook(paths, &run, NULL), BLOCK);
    guard_write(paths, "/var/lib/dpkg/status", MACHINE "Package: half\nStat");
    CHECK_INT(run_hook(paths, &run, NULL), CANNOT_JUDGE);
    guard_write(paths, "/var/lib/dpkg/status", STATUS("lib", "2.0") STATUS("client", "1.0"));
    CHECK_INT(run_hook(paths, &run, NULL), 0); /* broken already: nothing new is broken */
    CHECK(vdi_file_remove(path, NULL));
    CHECK_INT(run_hook(paths, &run, NULL), 0);
}

static void limit_memory(gpointer data)
{
    const rlim_t *bytes = data;
    const struct rlimit limit = {*bytes, *bytes};

    (void) setrlimit(RLIMIT_AS, &limit);
}

/* Memory runs out somewhere, at a different place each time. */
static void without_memory_a_block_is_said_or_there_is_none(void)
{
    g_autofree char *hook = test_built("compat/vdi-hook");
    g_autofree char *number = g_strdup_printf("APT_HOOK_INFO_FD=%d", HOOK_FD);
    const Run run = {.stream = HEAD BAD};
    int n_blocks = 0;

    /* It wants more than there is memory. */
    if (TEST_IS_SANITIZED) {
        skip("the address space of a sanitizer cannot be limited");
        return;
    }
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = enforced_system();
    const char *const argv[] = {hook, "--root", paths->root, "--now", NOW, NULL};
    const char *environment[] = {number, NULL};

    for (rlim_t bytes = 3 << 20; bytes < 24 << 20; bytes += 1 << 18) {
        g_autoptr(GSubprocessLauncher) launcher =
            g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);

        g_subprocess_launcher_set_environ(launcher, (char **) environment);
        g_subprocess_launcher_take_fd(launcher, open_stream(paths, &run), HOOK_FD);
        g_subprocess_launcher_set_child_setup(launcher, limit_memory, &bytes, NULL);
        g_autoptr(GSubprocess) child = g_subprocess_launcher_spawnv(launcher, argv, NULL);
        char text[32768] = "";
        gsize n = 0;

        if (child == NULL) {
            continue; /* not even enough to start it */
        }
        (void) g_input_stream_read_all(
            g_subprocess_get_stderr_pipe(child), text, sizeof text - 1, &n, NULL, NULL);
        (void) g_subprocess_wait(child, NULL, NULL);
        bool is_block =
            g_subprocess_get_if_exited(child) && g_subprocess_get_exit_status(child) == BLOCK;

        CHECK(!is_block || strstr(text, "vdi-guard release R1") != NULL);
        n_blocks += is_block ? 1 : 0;
    }
    CHECK(n_blocks > 0); /* at the end there was enough */
}

const Test tests[] = {
    {"transactions are judged by how they end", transactions_are_judged_by_how_they_end},
    {"another client is protected too", another_client_is_protected_too},
    {"a block says package, rule, days and the way round",
        a_block_says_package_rule_days_and_the_way_round},
    {"no fault of ours stops an update", no_fault_of_ours_stops_an_update},
    {"a hostile list takes no more than its time", a_hostile_list_takes_no_more_than_its_time},
    {"a hostile caller changes nothing", a_hostile_caller_changes_nothing},
    {"without memory a block is said, or there is none",
        without_memory_a_block_is_said_or_there_is_none},
    {"what cannot be believed or read lets through", what_cannot_be_believed_or_read_lets_through},
    TEST_END,
};
