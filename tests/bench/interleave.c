/* SPDX-License-Identifier: Apache-2.0 */

/* Times commands one after the other, again and again, so that a busy minute hits all of them.
 *
 *   interleave RUNS NAME COMMAND… -- NAME COMMAND… [-- …]
 *
 * In a command %d is the number of the run, from 0. A file as standard input is given to each from
 * its beginning. Prints for each the median of its wall time and of its processor time (its own and
 * of the children that it waited for), the ratio of both to the first one's, and the most memory
 * that one process of it had. A command that fails is said, and counts. */

#include <fcntl.h>
#include <glib.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CASES_MAX = 24, WORDS_MAX = 64 };

typedef struct {
    const char *name;
    char *words[WORDS_MAX]; /* ended by NULL */
    GArray *wall_ms, *cpu_ms;
    long peak_kib;
    int status; /* of the last run */
} Case;

static double cpu_ms(const struct rusage *usage)
{
    return (double) (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e3
        + (double) (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e3;
}

static void run(Case *one, int number)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = g_strdup_printf("%d", number);
    posix_spawn_file_actions_t quiet;
    struct rusage usage;
    int input = open("/proc/self/fd/0", O_RDONLY | O_CLOEXEC);
    pid_t pid = 0;

    for (int i = 0; one->words[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(one->words[i], "%d", -1);

        g_ptr_array_add(argv, g_strjoinv(text, parts));
    }
    g_ptr_array_add(argv, NULL);
    posix_spawn_file_actions_init(&quiet);
    if (input >= 0) {
        posix_spawn_file_actions_adddup2(&quiet, input, STDIN_FILENO);
    }
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    gint64 from = g_get_monotonic_time();

    if (posix_spawnp(&pid, argv->pdata[0], &quiet, NULL, (char **) argv->pdata, environ) == 0
        && wait4(pid, &one->status, 0, &usage) == pid) {
        double wall = (double) (g_get_monotonic_time() - from) / 1e3;
        double cpu = cpu_ms(&usage);

        g_array_append_val(one->wall_ms, wall);
        g_array_append_val(one->cpu_ms, cpu);
        one->peak_kib = MAX(one->peak_kib, usage.ru_maxrss);
    }
    posix_spawn_file_actions_destroy(&quiet);
    if (input >= 0) {
        close(input);
    }
}

static int compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median(GArray *values)
{
    g_array_sort(values, compare);
    return values->len > 0 ? g_array_index(values, double, values->len / 2) : 0;
}

static int read_cases(int argc, char **argv, Case *cases)
{
    int n = 0, words = 0;

    for (int i = 2; i < argc && n < CASES_MAX; i++) {
        if (cases[n].name == NULL) {
            cases[n].name = argv[i];
            cases[n].wall_ms = g_array_new(FALSE, FALSE, sizeof(double));
            cases[n].cpu_ms = g_array_new(FALSE, FALSE, sizeof(double));
        } else if (strcmp(argv[i], "--") == 0) {
            n++;
            words = 0;
        } else if (words < WORDS_MAX - 1) {
            cases[n].words[words++] = argv[i];
        }
    }
    return MIN(n + (n < CASES_MAX && cases[n].name != NULL ? 1 : 0), CASES_MAX);
}

int main(int argc, char **argv)
{
    Case cases[CASES_MAX] = {{0}};
    int n = argc > 3 ? read_cases(argc, argv, cases) : 0;
    int runs = argc > 1 ? (int) g_ascii_strtoull(argv[1], NULL, 10) : 0;

    if (n == 0 || runs <= 0) {
        fprintf(stderr, "usage: interleave RUNS NAME COMMAND... [-- NAME COMMAND...]\n");
        return 64;
    }
    for (int number = 0; number < runs; number++) {
        for (int i = 0; i < n; i++) {
            run(&cases[i], number);
        }
    }
    double first_wall = median(cases[0].wall_ms), first_cpu = median(cases[0].cpu_ms);

    for (int i = 0; i < n; i++) {
        double wall = median(cases[i].wall_ms), cpu = median(cases[i].cpu_ms);

        printf("  %-44s %8.2f ms  x%5.2f   processor %8.2f ms  x%5.2f   peak %6.1f MiB%s\n",
            cases[i].name, wall, wall / first_wall, cpu, cpu / first_cpu,
            (double) cases[i].peak_kib / 1024,
            cases[i].status != 0 ? "   FAILED, the last time" : "");
        g_array_unref(cases[i].wall_ms);
        g_array_unref(cases[i].cpu_ms);
    }
    return 0;
}
