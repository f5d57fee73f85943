/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/lab/scenario.h"

/* What the broker remembers under a cookie: how far the sign-in has come, and whose it is. */

#define LAB_COOKIE "JSESSIONID"

typedef struct {
    char *cookie;
    unsigned number;     /* for the log, which must not name the cookie */
    unsigned screen;     /* index into the scenario's chain: the question that stands */
    unsigned n_wrong;    /* answers to it */
    const LabUser *user; /* as far as a screen said */
    bool is_signed_in;
    int64_t used_at; /* monotonic microseconds */
} LabSession;

typedef struct LabSessions LabSessions;

LabSessions *lab_sessions_new(int64_t idle_seconds);
void lab_sessions_free(LabSessions *sessions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabSessions, lab_sessions_free)

/* The session of `cookie`, or a new one where it is NULL, unknown or expired. Borrowed, until it is
 * forgotten. */
LabSession *lab_sessions_open(
    LabSessions *sessions, const char *cookie, int64_t now, bool *ret_is_new);
void lab_sessions_forget(LabSessions *sessions, const LabSession *session);
