/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* An HTTP server on 127.0.0.1, with or without TLS, around one GMainLoop: what the lab's broker and
 * its web server share. HTTP/1.1 alone, connections are kept, "Expect: 100-continue" is answered.
 * One request at a time is decided, none blocks another: a late answer waits on a timer. */

#define LAB_BODY_MAX (1024 * 1024)

typedef struct {
    char *certificate, *key; /* PEM files; both or neither */
    char *port_file;         /* written once connections are taken */
    char *log;               /* one line a request; NULL: stderr */
    int port;                /* 0: a free one */
} LabServerOptions;

/* The server's options after a program's own; ended by G_OPTION_ENTRY_NULL; yours. */
GOptionEntry *lab_server_entries(LabServerOptions *options, const GOptionEntry *own, size_t n_own);
void lab_server_options_clear(LabServerOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LabServerOptions, lab_server_options_clear)

typedef struct {
    const char *method;
    const char *path; /* percent-decoded, without the query; from outside */
    GBytes *body;
    gconstpointer connection; /* for lab_request_header */
} LabRequest;

/* NULL when there is none; borrowed. */
const char *lab_request_header(const LabRequest *request, const char *name);
const char *lab_request_cookie(const LabRequest *request, const char *name);

typedef struct {
    unsigned status;
    GString *body;
    GHashTable *headers; /* name → value, both owned */
    unsigned delay_ms;   /* the answer is held back that long */
    bool is_cut;         /* the head announces all of the body, half of it comes, then the end */
} LabReply;

void lab_reply_header(LabReply *reply, const char *name, const char *value);

/* Decides the answer; `reply` is 200 without a body before. */
typedef void (*LabAnswer)(const LabRequest *request, LabReply *reply, gpointer data);

/* Serves until SIGTERM or SIGINT; false, with the reason, when it could not start. */
bool lab_server_run(const LabServerOptions *options, LabAnswer answer, gpointer data,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One line, with the time before it, into options->log. */
void lab_server_log(const LabServerOptions *options, const char *line);
