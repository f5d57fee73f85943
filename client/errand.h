/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "protocol/broker/broker.h"

/* One call to the broker, in a GTask: the broker goes along and comes back with the answer, so that
 * it is never in two threads, and whoever gives an errand up need not wait for it. */

typedef enum {
    VDI_ERRAND_BEGIN,
    VDI_ERRAND_ANSWER, /* and the list, when that signed in */
    VDI_ERRAND_LIST,
    VDI_ERRAND_CONNECT,
    VDI_ERRAND_END,
} VdiErrandKind;

/* Borrowed by `done`, which may steal what it wants to keep. */
typedef struct {
    VdiErrandKind kind;
    VdiBroker *broker;
    GPtrArray *answers; /* ANSWER: of VdiAnswer */
    GPtrArray *list;    /* CONNECT: keeps `desktop` alive */
    const VdiDesktop *desktop;

    VdiScreen *screen;   /* from BEGIN and ANSWER; NULL: nothing is asked any more */
    GPtrArray *desktops; /* when nothing is asked; from LIST */
    VdiTarget *target;   /* from CONNECT */
    GError *error;
} VdiErrandWords;

typedef struct VdiErrand VdiErrand;

/* Calls `done` once from the loop, unless the errand was given up. `take_words` is on the heap; all
 * in it is taken over. */
VdiErrand *vdi_errand_start(
    VdiErrandWords *take_words, void (*done)(VdiErrandWords *words, void *user), void *user);
/* Asks it to hurry back; `done` follows. */
void vdi_errand_cancel(VdiErrand *errand);
/* Not waited for: `done` is not called, and the broker is freed when it comes back. */
void vdi_errand_give_up(VdiErrand *errand);
