/* SPDX-License-Identifier: Apache-2.0 */

/* A static file server on loopback, for the manifest repository: GET and HEAD, ETag, Last-Modified,
 * 304, 404; no listing, no link is followed, nothing outside its folder. Its log says what was
 * asked for and what was answered. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "tests/lab/server.h"

#define FILE_MAX (64 * 1024 * 1024)

typedef struct {
    LabServerOptions server;
    char *folder;
    VdiFd root;
} Web;

static void web_clear(Web *web)
{
    lab_server_options_clear(&web->server);
    g_free(web->folder);
    vdi_fd_close(web->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Web, web_clear)

/* By extension; the rest is bytes. */
static const struct {
    const char *suffix, *type;
} types[] = {
    {".json", "application/json"},
    {".html", "text/html; charset=UTF-8"},
    {".txt", "text/plain; charset=UTF-8"},
    {".vdi", "application/vnd.vigie.bundle"},
};

static const char *content_type(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_suffix(path, types[i].suffix)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

/* Walks down one component at a time, so that neither ".." nor a link leads out. -1: no such file.
 */
static VdiFd open_below(int root, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 32);
    g_auto(VdiFd) at = fcntl(root, F_DUPFD_CLOEXEC, 3);

    for (char **part = parts + 1; parts[0] != NULL && *part != NULL && at >= 0; part++) {
        int flags =
            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (part[1] != NULL ? O_DIRECTORY : 0);
        VdiFd next = **part == '\0' || **part == '.' ? -1 : openat(at, *part, flags);

        vdi_fd_close(at);
        at = next;
    }
    VdiFd found = at;

    at = -1;
    return found;
}

static char *http_date(time_t at)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at);
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autofree char *rest = g_date_time_format(time, "%Y %H:%M:%S GMT");

    return g_strdup_printf("%s, %02d %s %s", days[g_date_time_get_day_of_week(time) - 1],
        g_date_time_get_day_of_month(time), months[g_date_time_get_month(time) - 1], rest);
}

/* If-None-Match counts before If-Modified-Since, as RFC 9110 section 13.2.2 has it. */
static bool is_unchanged(const LabRequest *request, const char *tag, const char *date)
{
    const char *tags = lab_request_header(request, "If-None-Match");
    const char *since = lab_request_header(request, "If-Modified-Since");

    return tags != NULL ? g_str_equal(tags, "*") || strstr(tags, tag) != NULL
                        : g_strcmp0(since, date) == 0;
}

static void reply_with(const LabRequest *request, LabReply *reply, GBytes *bytes, time_t changed_at)
{
    g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_autofree char *tag = g_strdup_printf("\"%.32s\"", digest);
    g_autofree char *date = http_date(changed_at);
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);

    lab_reply_header(reply, "ETag", tag);
    lab_reply_header(reply, "Last-Modified", date);
    lab_reply_header(reply, "Cache-Control", "no-cache");
    if (is_unchanged(request, tag, date)) {
        reply->status = 304;
        return;
    }
    lab_reply_header(reply, "Content-Type", content_type(request->path));
    g_string_append_len(reply->body, data, (gssize) size);
}

static void serve(const Web *web, const LabRequest *request, LabReply *reply)
{
    g_auto(VdiFd) file = open_below(web->root, request->path);
    struct stat info;

    if (!g_str_equal(request->method, "GET") && !g_str_equal(request->method, "HEAD")) {
        reply->status = 405;
        lab_reply_header(reply, "Allow", "GET, HEAD");
        return;
    }
    g_autoptr(GBytes) bytes = file >= 0 && fstat(file, &info) == 0 && S_ISREG(info.st_mode)
        ? vdi_file_read_fd(file, FILE_MAX, NULL)
        : NULL;

    if (bytes == NULL) {
        reply->status = 404;
        g_string_append(reply->body, "Not here.\n");
        return;
    }
    reply_with(request, reply, bytes, info.st_mtime);
}

static void answer(const LabRequest *request, LabReply *reply, gpointer data)
{
    const Web *web = data;
    g_autofree char *path = vdi_text_clean(request->path);

    serve(web, request, reply);
    g_autofree char *line =
        g_strdup_printf("%s %s %u %zu", request->method, path, reply->status, reply->body->len);

    lab_server_log(&web->server, line);
}

int main(int argc, char **argv)
{
    g_auto(Web) web = {.root = -1};
    g_autoptr(GError) error = NULL;
    bool is_done = false;
    const GOptionEntry own[] = {
        {"folder", 0, 0, G_OPTION_ARG_FILENAME, &web.folder, "serve this folder", "FOLDER"},
    };
    g_autofree GOptionEntry *entries = lab_server_entries(&web.server, own, G_N_ELEMENTS(own));

    vdi_program_start("lab-web");
    if (!vdi_program_options(entries, NULL, NULL, &argc, &argv, &is_done, &error)) {
        return vdi_program_fail(error);
    }
    if (is_done) {
        return 0;
    }
    web.root = web.folder != NULL ? open(web.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (web.root < 0) {
        g_printerr("lab-web: --folder: %s\n", web.folder != NULL ? g_strerror(errno) : "is needed");
        return 64;
    }
    return lab_server_run(&web.server, answer, &web, &error) ? 0 : vdi_program_fail(error);
}
