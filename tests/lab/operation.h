/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <libxml/tree.h>

#include "tests/lab/fault.h"
#include "tests/lab/scenario.h"
#include "tests/lab/session.h"

/* The operations that the broker knows. One row is one operation (operation.c). */

typedef struct {
    LabScenario *scenario;
    LabFaults *faults;
    LabSessions *sessions;
    GHashTable *running; /* "USER\nDESKTOP-ID" → session id: who is on which desktop */
    unsigned n_sessions; /* of desktops, so far */
    unsigned n_requests; /* POSTs so far; faults count them */
    const LabServerOptions *server;
} LabBroker;

/* One POST while it is answered. */
typedef struct {
    LabBroker *broker;
    LabSession *session; /* NULL once it is forgotten */
    int version;         /* of the request, times 10 */
    bool is_unfinished;  /* a sign-in of this POST has not come to its end */
    GString *out;        /* the document */
    GString *detail;     /* for the log: what this operation was about; never a secret */
} LabTurn;

typedef struct LabOperation LabOperation;

/* NULL when this version has no such operation. */
const LabOperation *lab_operation_find(const char *name, int version);

/* Writes the response element. Returns its <result>, for the log. */
const char *lab_operation_answer(
    const LabOperation *operation, LabTurn *turn, const xmlNode *request);
