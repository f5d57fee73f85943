/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "ui/desktops_page.h"
#include "ui/error_bar.h"
#include "ui/guard_page.h"
#include "ui/identity_page.h"
#include "ui/servers_page.h"
#include "ui/session_page.h"
#include "ui/sign_in_page.h"
#include "ui/waiting_page.h"

/* What the window shows: one page at a time, two bars above all of them. */

typedef enum {
    VDI_PAGE_SERVERS,
    VDI_PAGE_WAITING,
    VDI_PAGE_SIGN_IN,
    VDI_PAGE_GUARD,
    VDI_PAGE_IDENTITY,
    VDI_PAGE_DESKTOPS,
    VDI_PAGE_SESSION,
    VDI_N_PAGES,
} VdiPage;

typedef struct {
    GtkWidget *top; /* bars and stack; the parent's */
    GtkStack *stack;
    GtkWidget *each[VDI_N_PAGES];
    VdiErrorBar *error, *advice;
    VdiPage current;
    bool is_busy;                             /* signing in */
    void (*turned)(VdiPage page, void *user); /* another page is shown, or it is busy; NULL */
    void *user;
} VdiPages;

void vdi_pages_init(VdiPages *pages);
/* Again the same page is no change. */
void vdi_pages_turn(VdiPages *pages, VdiPage page);
/* While the broker thinks about what was typed. */
void vdi_pages_set_busy(VdiPages *pages, bool busy);

#define VDI_SERVERS_OF(pages) VDI_SERVERS_PAGE((pages)->each[VDI_PAGE_SERVERS])
#define VDI_WAITING_OF(pages) VDI_WAITING_PAGE((pages)->each[VDI_PAGE_WAITING])
#define VDI_SIGN_IN_OF(pages) VDI_SIGN_IN_PAGE((pages)->each[VDI_PAGE_SIGN_IN])
#define VDI_GUARD_OF(pages) VDI_GUARD_PAGE((pages)->each[VDI_PAGE_GUARD])
#define VDI_IDENTITY_OF(pages) VDI_IDENTITY_PAGE((pages)->each[VDI_PAGE_IDENTITY])
#define VDI_DESKTOPS_OF(pages) VDI_DESKTOPS_PAGE((pages)->each[VDI_PAGE_DESKTOPS])
#define VDI_SESSION_OF(pages) VDI_SESSION_PAGE((pages)->each[VDI_PAGE_SESSION])
