/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "client/connection.h"
#include "ui/pages.h"

/* One connection, shown on the pages: what client/connection says turns them, what the person does
 * there answers it. Ends with `over`, once, from the loop. */

typedef struct VdiVisit VdiVisit;

typedef struct {
    const char *address, *user;
    const char *desktop; /* id of one to open without asking; NULL */
    const VdiConnectionOptions *connection;
} VdiVisitOptions;

typedef struct {
    /* The broker knows this person: worth remembering. */
    void (*signed_in)(VdiVisit *visit, const char *user, void *owner);
    /* The first picture of a desktop is there: the owner turns to it. `name` is clean. */
    void (*opened)(VdiVisit *visit, const char *name, void *owner);
    /* `error` NULL: a log-off, or left by the person. The owner frees the visit. */
    void (*over)(VdiVisit *visit, const GError *error, void *owner);
} VdiVisitDelegate;

/* Copies its options; begins at once. */
VdiVisit *vdi_visit_new(
    VdiPages *pages, const VdiVisitOptions *options, const VdiVisitDelegate *delegate, void *owner);
void vdi_visit_free(VdiVisit *visit);

/* From anywhere: `over` follows. */
void vdi_visit_leave(VdiVisit *visit);
void vdi_visit_refresh(VdiVisit *visit);
/* Id of the desktop that was chosen last; NULL before. */
const char *vdi_visit_desktop(const VdiVisit *visit);
/* A desktop was on the screen. */
bool vdi_visit_had_picture(const VdiVisit *visit);
