/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A lab of a test's own: tests/lab/lab, started in the test's folder and ended with it. Half a
 * second without desktops' first frames; give --no-desktops where a broker is enough. Link with
 * test_lab and base. */

typedef struct {
    uint32_t x, y, width, height;
} TestLabArea;

typedef struct {
    char *key, *name;    /* "office", "Office" */
    char *security;      /* "tls", "nla" */
    uint16_t port;       /* on 127.0.0.1 */
    char *user, *domain; /* what the broker hands out with its password */
    char *display;       /* the desktop's own X server, for lab-probe */
    char *input_log;     /* keys and buttons that arrived there */
    TestLabArea still;   /* of its picture: see tests/lab/lab_desktop.c */
} TestLabDesktop;

typedef struct {
    char *name;
    char *password_file; /* without a line break */
} TestLabUser;

typedef struct {
    char *folder;
    char *broker, *web, *plain_web; /* "https://127.0.0.1:PORT" */
    char *repository;               /* the folder that web serves */
    char *ca_file;
    char *broker_log;    /* one line an operation */
    char *web_log;       /* one line a request */
    GPtrArray *users;    /* of TestLabUser */
    GPtrArray *desktops; /* of TestLabDesktop: those that a machine is behind */
} TestLab;

/* `options`: of "lab up", ended by NULL; may be NULL. NULL when it could not be started: then the
 * test was skipped (a part is missing) or failed, and has said so. */
TestLab *test_lab_start(const char *const *options);
/* Ends its processes and removes its folder. */
void test_lab_stop(TestLab *lab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestLab, test_lab_stop)

/* NULL when there is none. */
const TestLabDesktop *test_lab_desktop(const TestLab *lab, const char *key);
const TestLabUser *test_lab_user(const TestLab *lab, const char *name);

/* The whole of a log, as text; "" before its first line. Yours. */
char *test_lab_log(const char *path);
