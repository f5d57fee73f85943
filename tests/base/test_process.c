/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

static bool run(
    const char *script, const VdiProcessOptions *options, VdiProcessResult *result, GError **error)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};

    return vdi_process_run(argv, options, result, error);
}

static void output_and_status_come_back(void)
{
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) error = NULL;

    CHECK(run("echo out; echo err >&2; exit 7",
        &(VdiProcessOptions){.max_bytes = 100, .deadline_ms = 20000}, &result, &error));
    CHECK_NO_ERROR(error);
    CHECK_INT(result.status, 7);
    CHECK_INT(g_bytes_get_size(result.output), 4);
    CHECK_TEXT(result.errors, "err\n");
}

static void a_child_has_nothing_to_read(void)
{
    const char *const argv[] = {"/bin/cat", NULL};
    const VdiProcessOptions options = {.max_bytes = 100, .deadline_ms = 20000};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) output = vdi_process_output(argv, &options, &error);

    CHECK_NO_ERROR(error);
    CHECK(output != NULL && g_bytes_get_size(output) == 0);
}

static void the_environment_is_what_was_given(void)
{
    const char *const environment[] = {"ONLY=this", NULL};
    const char *const argv[] = {"/usr/bin/env", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) output = vdi_process_output(argv,
        &(VdiProcessOptions){.environment = environment, .max_bytes = 1000, .deadline_ms = 20000},
        &error);

    CHECK_NO_ERROR(error);
    CHECK(output != NULL && g_bytes_get_size(output) == strlen("ONLY=this\n"));
}

static void a_child_is_bounded(void)
{
    static const struct {
        const char *name, *script;
        size_t max_bytes;
        unsigned deadline_ms;
        VdiProcessError code;
    } rows[] = {
        {"too late", "exec sleep 60", 100, 50, VDI_PROCESS_ERROR_DEADLINE},
        /* It ends by itself once nobody listens. */
        {"too late, with a child of its own", "(while sleep 0.1; do echo; done) & wait", 1000000,
            50, VDI_PROCESS_ERROR_DEADLINE},
        {"too much", "exec yes", 1000, 20000, VDI_PROCESS_ERROR_LARGE},
        {"too much on stderr", "exec yes >&2", 1000, 20000, VDI_PROCESS_ERROR_LARGE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(VdiProcessResult) result = {0};
        g_autoptr(GError) error = NULL;

        CHECK_ROW(rows[i].name,
            !run(rows[i].script,
                &(VdiProcessOptions){
                    .max_bytes = rows[i].max_bytes, .deadline_ms = rows[i].deadline_ms},
                &result, &error));
        CHECK_ROW(rows[i].name, g_error_matches(error, VDI_PROCESS_ERROR, (int) rows[i].code));
    }
}

static void a_failure_is_told_with_its_last_words(void)
{
    const char *const argv[] = {
        "/bin/sh", "-c", "echo first >&2; printf 'la\\033st' >&2; exit 3", NULL};
    const char *const absent[] = {"/nonexistent", NULL};
    const VdiProcessOptions options = {.max_bytes = 100, .deadline_ms = 20000};
    g_autoptr(GError) error = NULL;

    CHECK(vdi_process_output(argv, &options, &error) == NULL);
    CHECK(error != NULL && strstr(error->message, "exit status 3") != NULL);
    CHECK(error != NULL && strchr(error->message, '\033') == NULL);
    CHECK_ERROR(error, VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_STATUS);
    CHECK(vdi_process_output(absent, &options, &error) == NULL);
    CHECK_ERROR(error, VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_START);
}

static void a_death_by_signal_is_a_status(void)
{
    g_auto(VdiProcessResult) result = {0};

    CHECK(run("kill -SEGV $$", &(VdiProcessOptions){.max_bytes = 100, .deadline_ms = 20000},
        &result, NULL));
    CHECK_INT(result.status, 128 + 11);
}

const Test tests[] = {
    {"output and status come back", output_and_status_come_back},
    {"a child has nothing to read", a_child_has_nothing_to_read},
    {"the environment is what was given", the_environment_is_what_was_given},
    {"a child is bounded in time and words", a_child_is_bounded},
    {"a failure is told with its last words, cleaned", a_failure_is_told_with_its_last_words},
    {"a death by signal is a status", a_death_by_signal_is_a_status},
    TEST_END,
};
