/* SPDX-License-Identifier: Apache-2.0 */
/* Brings bytes: an address and a ceiling in, bytes on stdout. It believes nothing, keeps nothing,
 * sends no credential, and knows nothing of what it brings. Started by vdi-guard as _vdi. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fetch.h"
#include "base/http.h"
#include "base/program.h"

enum { SECONDS_MAX = 120, IDLE_SECONDS_MAX = 30 };
#define CEILING_MAX ((guint64) 64 * 1024 * 1024)

typedef struct {
    char *ca_file, *etag, *last_modified, *max_bytes, *seconds, *then;
    gboolean allow_http, show_reply;
} Options;

static void options_clear(Options *options)
{
    g_free(options->ca_file);
    g_free(options->etag);
    g_free(options->last_modified);
    g_free(options->max_bytes);
    g_free(options->seconds);
    g_free(options->then);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool read_number(
    const char *name, const char *text, guint64 max, guint64 *ret_number, GError **error)
{
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 1, max, ret_number, NULL)) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "%s: a number from 1 to %" G_GUINT64_FORMAT, name, max);
        return false;
    }
    return true;
}

/* A validator is sent back as it came: one line of printable ASCII or nothing. */
static bool is_validator(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e) {
            return false;
        }
    }
    return length > 0 && length <= VDI_FETCH_VALIDATOR_MAX;
}

static bool read_limits(const Options *options, VdiHttpLimits *limits, GError **error)
{
    guint64 ceiling = 0, seconds = SECONDS_MAX;

    if (!read_number("--max-bytes", options->max_bytes, CEILING_MAX, &ceiling, error)
        || (options->seconds != NULL
            && !read_number("--seconds", options->seconds, SECONDS_MAX, &seconds, error))) {
        return false;
    }
    if ((options->etag != NULL && !is_validator(options->etag))
        || (options->last_modified != NULL && !is_validator(options->last_modified))) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--etag, --last-modified: at most %d printable characters", VDI_FETCH_VALIDATOR_MAX);
        return false;
    }
    *limits = (VdiHttpLimits){.max_bytes = (size_t) ceiling,
        .deadline_ms = (unsigned) seconds * 1000,
        .idle_timeout_ms = (unsigned) MIN(seconds, IDLE_SECONDS_MAX) * 1000,
        .etag = options->etag,
        .last_modified = options->last_modified};
    return true;
}

static void show_text(const char *name, const char *value)
{
    if (value != NULL && is_validator(value)) {
        fprintf(stderr, "%s: %s\n", name, value);
    }
}

static void show_seconds(const char *name, int64_t seconds)
{
    if (seconds > 0) {
        fprintf(stderr, "%s: %d\n", name, (int) MIN(seconds, VDI_FETCH_SECONDS_MAX));
    }
}

/* The format is base/fetch.h's. */
static void show_reply(const VdiHttp *http, const VdiHttpReply *reply)
{
    show_text(VDI_FETCH_ETAG, reply->etag);
    show_text(VDI_FETCH_LAST_MODIFIED, reply->last_modified);
    show_seconds(VDI_FETCH_RETRY_AFTER, vdi_http_retry_after(http));
    show_seconds(VDI_FETCH_MAX_AGE, reply->max_age_seconds);
}

static int write_out(GBytes *body, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(body, &size);

    if ((size > 0 && fwrite(data, 1, size, stdout) != size) || fflush(stdout) != 0) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "standard output");
        return -1;
    }
    return VDI_EXIT_OK;
}

/* -1 with an error; else an exit status. */
static int get(const Options *options, VdiHttp *http, const char *url, const VdiHttpLimits *limits,
    GError **error)
{
    g_auto(VdiHttpReply) reply = {0};
    bool done = vdi_http_get(http, url, limits, NULL, &reply, error);
    bool is_absent = !done && (vdi_http_status(http) == 404 || vdi_http_status(http) == 403)
        && g_error_matches(*error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_STATUS);

    if (is_absent && url != options->then && options->then != NULL) {
        return VDI_FETCH_EXIT_ABSENT; /* what is said is said of the other */
    }
    if (options->show_reply) {
        show_reply(http, &reply);
    }
    if (!done) {
        return is_absent ? VDI_FETCH_EXIT_ABSENT : -1;
    }
    return reply.not_modified ? VDI_FETCH_EXIT_NOT_MODIFIED : write_out(reply.body, error);
}

/* The first without a condition; where it is absent, --then over the same connection. */
static int get_both(const Options *options, VdiHttp *http, const char *url,
    const VdiHttpLimits *limits, GError **error)
{
    VdiHttpLimits first = *limits, then = *limits;
    gint64 from = g_get_monotonic_time();

    first.etag = first.last_modified = NULL;
    int status = get(options, http, url, &first, error);
    unsigned passed_ms = (unsigned) ((g_get_monotonic_time() - from) / 1000);

    if (status != VDI_FETCH_EXIT_ABSENT) {
        return status;
    }
    g_clear_error(error);
    then.deadline_ms -= MIN(passed_ms, then.deadline_ms - 1);
    status = get(options, http, options->then, &then, error);
    return status == VDI_EXIT_OK ? VDI_FETCH_EXIT_THEN : status;
}

static int fetch(const Options *options, const char *url, GError **error)
{
    VdiHttpOptions http_options = {
        .ca_file = options->ca_file, .allow_http = options->allow_http, .no_proxy = geteuid() == 0};
    VdiHttpLimits limits = {0};

    if (!read_limits(options, &limits, error)) {
        return -1;
    }
    g_autoptr(VdiHttp) http = vdi_http_new(&http_options, error);

    if (http == NULL) {
        return -1;
    }
    return options->then != NULL ? get_both(options, http, url, &limits, error)
                                 : get(options, http, url, &limits, error);
}

int main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca_file,
            N_("believe the authorities in this file instead of the system's"), N_("FILE")},
        {"etag", 0, 0, G_OPTION_ARG_STRING, &options.etag,
            N_("only if the file has changed since it had this ETag"), N_("ETAG")},
        {"last-modified", 0, 0, G_OPTION_ARG_STRING, &options.last_modified,
            N_("only if the file has changed since that date of the server's"), N_("DATE")},
        {"reply", 0, 0, G_OPTION_ARG_NONE, &options.show_reply,
            N_("print what the server says beside the file on standard error"), NULL},
        {"allow-http", 0, 0, G_OPTION_ARG_NONE, &options.allow_http,
            N_("take plain http as well: for signed files alone"), NULL},
        {"max-bytes", 0, 0, G_OPTION_ARG_STRING, &options.max_bytes, N_("refuse what is larger"),
            N_("N")},
        {"then", 0, 0, G_OPTION_ARG_STRING, &options.then,
            N_("where there is no such file: this one, to which --etag and --last-modified belong"),
            N_("URL")},
        {"seconds", 0, 0, G_OPTION_ARG_STRING, &options.seconds,
            N_("give up after so long, at most 120"), N_("N")},
        G_OPTION_ENTRY_NULL,
    };
    bool stop = false;

    vdi_program_start("vdi-fetch");
    if (!vdi_program_options(entries, "--max-bytes N URL",
            N_("Writes the bytes at URL to standard output.\n"
               "Exit status: 0 done, 66 no such file there, 67 not modified, 68 done with --then, "
               "72 too large; "
               "all others in docs/exit-codes.md."),
            &argc, &argv, &stop, &error)) {
        return vdi_program_fail(error);
    }
    if (stop) {
        return VDI_EXIT_OK;
    }
    int first = argc > 1 && g_str_equal(argv[1], "--") ? 2 : 1;

    if (argc != first + 1) {
        g_set_error(&error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "one URL is needed");
        return vdi_program_fail(error);
    }
    int status = fetch(&options, argv[first], &error);

    if (error == NULL) {
        return status;
    }
    /* What, and where: the words for people are those of the program that reads this. */
    fprintf(stderr, "%s\n", error->message);
    if (status > 0) {
        return status;
    }
    return g_error_matches(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_LARGE)
        ? VDI_FETCH_EXIT_LARGE
        : vdi_error_row(error)->exit_status;
}
