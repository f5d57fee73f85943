/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/fault.h"

#include <gio/gio.h>
#include <string.h>

#define FAILURE(code, message)                                                                     \
    "<result>error</result><error-code>" code "</error-code><error-message>" message               \
    "</error-message>"

typedef struct {
    const char *name;
    const char *help;
    const char *built_in;                              /* VALUE where none is given */
    void (*spoil)(LabReply *reply, const char *value); /* NULL: `response` and `answer` it is */
    const char *response, *answer;
} Row;

typedef struct {
    const Row *row;
    char *value;
    unsigned n; /* 0: every request */
} Fault;

struct LabFaults {
    GPtrArray *faults; /* of Fault */
};

static void set_body(LabReply *reply, const char *type, const char *body)
{
    g_string_assign(reply->body, body);
    lab_reply_header(reply, "Content-Type", type);
}

static void spoil_html(LabReply *reply, const char *value)
{
    set_body(reply, "text/html; charset=UTF-8",
        "<!DOCTYPE html>\n<html><head><title>Guest network</title></head>\n"
        "<body><h1>Welcome</h1><p>Accept the terms to go on.<br></body></html>\n");
}

static void spoil_status(LabReply *reply, const char *value)
{
    reply->status = 503;
    set_body(reply, "text/html", "<html><body>Service Unavailable</body></html>\n");
    lab_reply_header(reply, "Retry-After", value);
}

static void spoil_redirect(LabReply *reply, const char *value)
{
    reply->status = 302;
    set_body(reply, "text/html", "");
    lab_reply_header(reply, "Location", value);
}

static void spoil_truncated(LabReply *reply, const char *value)
{
    g_string_truncate(reply->body, reply->body->len / 2);
}

static void spoil_cut(LabReply *reply, const char *value)
{
    reply->is_cut = true;
}

/* A DTD whose entity would read a file; who expands it gives itself away. */
static void spoil_doctype(LabReply *reply, const char *value)
{
    const char *root = strstr(reply->body->str, "<broker");

    if (root != NULL) {
        g_string_insert(reply->body, root - reply->body->str,
            "<!DOCTYPE broker [<!ENTITY name SYSTEM \"file:///etc/hostname\">]>");
    }
}

static void spoil_root(LabReply *reply, const char *value)
{
    set_body(reply, "text/xml; charset=UTF-8",
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title></channel></rss>");
}

static void spoil_empty(LabReply *reply, const char *value)
{
    g_string_truncate(reply->body, 0);
}

static void spoil_slow(LabReply *reply, const char *value)
{
    guint64 delay_ms = 0;

    if (g_ascii_string_to_unsigned(value, 10, 1, 3600000, &delay_ms, NULL)) {
        reply->delay_ms = (unsigned) delay_ms;
    }
}

static const Row rows[] = {
    {"html", "a login page of the network answers, with 200", NULL, spoil_html, NULL, NULL},
    {"status-503", "503; VALUE is Retry-After", "5", spoil_status, NULL, NULL},
    {"redirect", "302; VALUE is the target", "https://127.0.0.2/broker/xml", spoil_redirect, NULL,
        NULL},
    {"truncated", "half of the XML, as if it were all", NULL, spoil_truncated, NULL, NULL},
    {"cut", "the connection ends in the middle of the body", NULL, spoil_cut, NULL, NULL},
    {"doctype", "the XML begins with a DTD and an entity", NULL, spoil_doctype, NULL, NULL},
    {"wrong-root", "good XML of another kind", NULL, spoil_root, NULL, NULL},
    {"empty", "200 without a body", NULL, spoil_empty, NULL, NULL},
    {"slow", "the answer comes VALUE milliseconds late", "3000", spoil_slow, NULL, NULL},
    {"tunnel", "desktops can be reached through the tunnel only", NULL, NULL, "tunnel-connection",
        "<result>ok</result><bypass-tunnel>false</bypass-tunnel>"},
    {"tunnel-error", "the tunnel has failed", NULL, NULL, "tunnel-connection",
        FAILURE("TUNNEL_ERROR", "The tunnel is not available.")},
    {"unavailable", "no desktop can be had", NULL, NULL, "desktop-connection",
        FAILURE("DESKTOP_NOT_AVAILABLE", "No machine is free.")},
    {"launch-error", "every desktop fails to start", NULL, NULL, "desktop-connection",
        FAILURE("DESKTOP_LAUNCH_ERROR", "The machine did not start.")},
    {"not-entitled", "the entitlement is gone when the desktop is asked for", NULL, NULL,
        "desktop-connection", FAILURE("NOT_ENTITLED", "You are not entitled to this desktop.")},
    {"forgotten", "the session is gone when the desktop is asked for", NULL, NULL,
        "desktop-connection", FAILURE("NOT_AUTHENTICATED", "Sign in first.")},
    {"no-desktops", "an empty list", NULL, NULL, "desktops", "<result>ok</result>"},
    {"refused", "nobody listens where the desktop should be", NULL, NULL, "desktop-connection",
        "<result>ok</result><address>127.0.0.1</address><port>1</port>"},
    {"bad-port", "the desktop's port is 70000", NULL, NULL, "desktop-connection",
        "<result>ok</result><address>127.0.0.1</address><port>70000</port>"},
    {"bad-address", "the desktop's address is an option", NULL, NULL, "desktop-connection",
        "<result>ok</result><address>-oProxyCommand=true</address><port>3389</port>"},
};

static void fault_free(gpointer data)
{
    Fault *fault = data;

    g_free(fault->value);
    g_free(fault);
}

LabFaults *lab_faults_new(void)
{
    LabFaults *faults = g_new0(LabFaults, 1);

    faults->faults = g_ptr_array_new_with_free_func(fault_free);
    return faults;
}

void lab_faults_free(LabFaults *faults)
{
    if (faults != NULL) {
        g_ptr_array_unref(faults->faults);
        g_free(faults);
    }
}

static const Row *find_row(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].name, name)) {
            return &rows[i];
        }
    }
    return NULL;
}

bool lab_faults_add(LabFaults *faults, const char *text, GError **error)
{
    g_autofree char *name = g_strdup(text);
    char *at = strrchr(name, '@');
    guint64 n = 0;

    if (at != NULL && g_ascii_string_to_unsigned(at + 1, 10, 1, 1000000, &n, NULL)) {
        *at = '\0';
    }
    char *value = strchr(name, '=');

    if (value != NULL) {
        *value++ = '\0';
    }
    const Row *row = find_row(name);

    if (row == NULL || (value != NULL && row->built_in == NULL)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
            row == NULL ? "there is no fault \"%s\"" : "the fault \"%s\" takes no value", name);
        return false;
    }
    Fault *fault = g_new0(Fault, 1);

    fault->row = row;
    fault->value = g_strdup(value != NULL ? value : row->built_in);
    fault->n = (unsigned) n;
    g_ptr_array_add(faults->faults, fault);
    return true;
}

static bool is_due(const Fault *fault, unsigned n)
{
    return fault->n == 0 || fault->n == n;
}

const char *lab_faults_operation(const LabFaults *faults, unsigned n, const char *response)
{
    for (guint i = 0; i < faults->faults->len; i++) {
        const Fault *fault = g_ptr_array_index(faults->faults, i);

        if (is_due(fault, n) && g_strcmp0(fault->row->response, response) == 0) {
            return fault->row->answer;
        }
    }
    return NULL;
}

void lab_faults_reply(const LabFaults *faults, unsigned n, LabReply *reply)
{
    for (guint i = 0; i < faults->faults->len; i++) {
        const Fault *fault = g_ptr_array_index(faults->faults, i);

        if (is_due(fault, n) && fault->row->spoil != NULL) {
            fault->row->spoil(reply, fault->value);
        }
    }
}

char *lab_faults_list(void)
{
    GString *list = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_string_append_printf(list, "%-14s %s", rows[i].name, rows[i].help);
        if (rows[i].built_in != NULL) {
            g_string_append_printf(list, " (%s)", rows[i].built_in);
        }
        g_string_append_c(list, '\n');
    }
    return g_string_free(list, FALSE);
}
