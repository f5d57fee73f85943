/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "client/connection.h"
#include "client/errand.h"
#include "client/preflight.h"

/* Between connection.c, which has the table of states and events, and connection_steps.c, which has
 * what happens on the way from one state to the next. Nobody else includes it. */

typedef enum {
    VDI_EVENT_START,
    VDI_EVENT_BLOCKED,   /* both the broker's first word and the verdict are there; it blocks */
    VDI_EVENT_CLEAR,     /* the same; nothing stands in the way */
    VDI_EVENT_SCREEN,    /* the broker asks */
    VDI_EVENT_LISTED,    /* it asks no more, and named its desktops */
    VDI_EVENT_ANSWERED,  /* the person did */
    VDI_EVENT_REFRESHED, /* the person wants the list anew */
    VDI_EVENT_CHOSEN,
    VDI_EVENT_TARGET,
    VDI_EVENT_SIGNED_IN, /* the desktop is there */
    VDI_EVENT_FAILED, /* `failure` says why; or the session ended, in good order where it is NULL */
    VDI_EVENT_STOP,
    VDI_EVENT_ALONE, /* nobody who was told to stop is left */
    VDI_EVENT_LOGGED_OUT,
} VdiConnectionEvent;

struct VdiConnection {
    const VdiConnectionDelegate *delegate;
    void *user;
    char *server, *ca_file, *session_program;
    VdiPaths *paths;
    VdiConnectionOptions options; /* its texts are the copies above */

    VdiState state;
    VdiBroker *broker; /* NULL while an errand has it */
    VdiErrand *errand;
    VdiPreflight *preflight;
    VdiLaunch *launch;
    bool has_begun; /* the broker's first answer is here */
    const VdiVerdict *verdict;
    VdiScreen *screen;
    GPtrArray *desktops;
    GPtrArray *answers; /* on their way to the broker */
    const VdiDesktop *chosen;
    VdiTarget *target;
    GError *failure;
    guint alone; /* source; 0: none */
    int64_t started_us;
    VdiConnectionTimes times;
};

void vdi_connection_handle(VdiConnection *connection, VdiConnectionEvent event);
/* The first failure counts; the connection ends. */
void vdi_connection_fail(VdiConnection *connection, GError *take_error);

void vdi_connection_do_start(VdiConnection *connection);
void vdi_connection_do_pass_guard(VdiConnection *connection);
void vdi_connection_do_ask(VdiConnection *connection);
void vdi_connection_do_answer(VdiConnection *connection);
void vdi_connection_do_list(VdiConnection *connection);
void vdi_connection_do_choose(VdiConnection *connection);
void vdi_connection_do_connect(VdiConnection *connection);
void vdi_connection_do_open(VdiConnection *connection);
void vdi_connection_do_tell_everyone(VdiConnection *connection);
void vdi_connection_do_log_out(VdiConnection *connection);
void vdi_connection_do_end(VdiConnection *connection);
