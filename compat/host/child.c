/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/child.h"

#include <string.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

enum { OUTPUT_MAX_BYTES = 32 * 1024 * 1024, DEADLINE_MS = 180 * 1000 };

static bool says(const VdiProcessResult *result, const char *words)
{
    size_t size = 0;
    const char *output = g_bytes_get_data(result->output, &size);

    return strstr(result->errors, words) != NULL
        || (size > 0 && memmem(output, size, words, strlen(words)) != NULL);
}

/* The last line that is not empty. */
static char *last_line(const char *text, size_t size)
{
    g_autofree char *whole = g_strndup(text != NULL ? text : "", size);

    g_strchomp(whole);
    const char *last = strrchr(whole, '\n');

    return g_strdup(last != NULL ? last + 1 : whole);
}

static void complain(
    const VdiChildQuestion *question, const VdiProcessResult *result, GError **error)
{
    size_t size = 0;
    const char *output = g_bytes_get_data(result->output, &size);
    g_autofree char *in_errors = last_line(result->errors, strlen(result->errors));
    g_autofree char *in_output = last_line(output, size);
    g_autofree char *shown = vdi_text_quote(*in_errors != '\0' ? in_errors : in_output);

    g_set_error(error, VDI_HOST_ERROR, question->failure, "%s: exit status %d, %s",
        question->argv[0], result->status, shown);
}

GBytes *vdi_child_ask(const VdiChildQuestion *question, GError **error)
{
    g_autofree char *home =
        g_strconcat("HOME=", question->home != NULL ? question->home : "/", NULL);
    const char *const none[] = {NULL};
    const char *const *more = question->settings != NULL ? question->settings : none;
    const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
        "LANGUAGE=C", "DEBIAN_FRONTEND=noninteractive", home, more[0],
        more[0] != NULL ? more[1] : NULL, NULL};
    const VdiProcessOptions options = {.environment = environment,
        .folder = "/",
        .max_bytes = OUTPUT_MAX_BYTES,
        .deadline_ms = DEADLINE_MS};
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) local = NULL;

    if (!vdi_process_run(question->argv, &options, &result, &local)) {
        g_set_error(error, VDI_HOST_ERROR, question->failure, "%s", local->message);
        return NULL;
    }
    bool is_good = result.status == 0
        && (question->complaint == NULL || strstr(result.errors, question->complaint) == NULL);

    if (!is_good && (question->forgiven == NULL || !says(&result, question->forgiven))) {
        complain(question, &result, error);
        return NULL;
    }
    return g_steal_pointer(&result.output);
}

static size_t take_fields(char *line, const char *separators, GPtrArray *fields)
{
    g_ptr_array_set_size(fields, 0);
    for (char *at = line; *at != '\0';) {
        size_t length = strcspn(at, separators);
        char *next = at + length;

        if (length > 0) {
            g_ptr_array_add(fields, at);
        }
        if (*next != '\0') {
            *next++ = '\0';
        }
        at = next;
    }
    g_ptr_array_add(fields, NULL);
    return fields->len - 1;
}

bool vdi_child_read(GBytes *output, const char *separators, int failure, VdiChildReader reader,
    void *user, GError **error)
{
    size_t size = 0, n_lines = 0;
    const char *data = g_bytes_get_data(output, &size);
    g_autofree char *text = g_strndup(data != NULL ? data : "", size);
    g_autoptr(GPtrArray) fields = g_ptr_array_new();

    if (strlen(text) != size) {
        g_set_error(error, VDI_HOST_ERROR, failure, "there is a NUL in it");
        return false;
    }
    for (char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        char *next = line + length;

        if (*next != '\0') {
            *next++ = '\0';
        }
        if (++n_lines > VDI_CHILD_LINES_MAX) {
            g_set_error(error, VDI_HOST_ERROR, failure, "more lines than allowed");
            return false;
        }
        size_t n_fields = take_fields(line, separators, fields);

        if (n_fields > 0 && !reader((char **) fields->pdata, n_fields, user, error)) {
            return false;
        }
        line = next;
    }
    return true;
}
