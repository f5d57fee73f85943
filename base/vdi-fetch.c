/* SPDX-License-Identifier: Apache-2.0 */
/* Brings bytes: an address and a ceiling in, bytes on stdout. It believes nothing, keeps nothing,
 * sends no credential, and knows nothing of what it brings. Started by vdi-guard as _vdi. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fetch.h"
#include "base/http.h"
#include "base/program.h"

enum { DEADLINE_MS = 30000 };
#define CEILING_MAX ((guint64) 64 * 1024 * 1024)

typedef struct {
    char *ca_file, *etag, *max_bytes;
    gboolean allow_http, show_etag;
} Options;

static void options_clear(Options *options)
{
    g_free(options->ca_file);
    g_free(options->etag);
    g_free(options->max_bytes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool read_ceiling(const Options *options, guint64 *ret_ceiling, GError **error)
{
    if (options->max_bytes == NULL
        || !g_ascii_string_to_unsigned(options->max_bytes, 10, 1, CEILING_MAX, ret_ceiling, NULL)) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--max-bytes: a number from 1 to %" G_GUINT64_FORMAT, CEILING_MAX);
        return false;
    }
    return true;
}

/* An ETag is sent back as it came: one line of printable ASCII or nothing. */
static bool is_etag(const char *etag)
{
    for (const char *p = etag; *p != '\0'; p++) {
        if (*p < 0x20 || *p > 0x7e) {
            return false;
        }
    }
    return *etag != '\0';
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
static int fetch(const Options *options, const char *url, GError **error)
{
    VdiHttpOptions http_options = {
        .ca_file = options->ca_file, .allow_http = options->allow_http, .no_proxy = geteuid() == 0};
    VdiHttpLimits limits = {.deadline_ms = DEADLINE_MS, .etag = options->etag};
    g_auto(VdiHttpReply) reply = {0};
    guint64 ceiling = 0;

    if (!read_ceiling(options, &ceiling, error)) {
        return -1;
    }
    if (options->etag != NULL && !is_etag(options->etag)) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "--etag: not printable");
        return -1;
    }
    limits.max_bytes = (size_t) ceiling;
    g_autoptr(VdiHttp) http = vdi_http_new(&http_options, error);

    if (http == NULL || !vdi_http_get(http, url, &limits, NULL, &reply, error)) {
        if (http != NULL && (vdi_http_status(http) == 404 || vdi_http_status(http) == 403)
            && g_error_matches(*error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_STATUS)) {
            return VDI_FETCH_EXIT_ABSENT;
        }
        return -1;
    }
    if (reply.not_modified) {
        return VDI_FETCH_EXIT_NOT_MODIFIED;
    }
    if (options->show_etag && reply.etag != NULL && is_etag(reply.etag)) {
        fprintf(stderr, "etag: %s\n", reply.etag);
    }
    return write_out(reply.body, error);
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
        {"show-etag", 0, 0, G_OPTION_ARG_NONE, &options.show_etag,
            N_("print the file's ETag on standard error"), NULL},
        {"allow-http", 0, 0, G_OPTION_ARG_NONE, &options.allow_http,
            N_("take plain http as well: for signed files alone"), NULL},
        {"max-bytes", 0, 0, G_OPTION_ARG_STRING, &options.max_bytes, N_("refuse what is larger"),
            N_("N")},
        G_OPTION_ENTRY_NULL,
    };
    bool stop = false;

    vdi_program_start("vdi-fetch");
    if (!vdi_program_options(entries, "--max-bytes N URL",
            N_("Writes the bytes at URL to standard output.\n"
               "Exit status: 0 done, 66 no such file there, 67 not modified, 72 too large; "
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
