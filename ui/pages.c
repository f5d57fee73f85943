/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pages.h"

#include <glib/gi18n.h>

void vdi_pages_init(VdiPages *pages)
{
    GtkWidget *each[VDI_N_PAGES] = {
        [VDI_PAGE_SERVERS] = vdi_servers_page_new(),
        [VDI_PAGE_WAITING] = vdi_waiting_page_new(_("_Cancel")),
        [VDI_PAGE_SIGN_IN] = vdi_sign_in_page_new(),
        [VDI_PAGE_GUARD] = vdi_guard_page_new(),
        [VDI_PAGE_IDENTITY] = vdi_identity_page_new(),
        [VDI_PAGE_DESKTOPS] = vdi_desktops_page_new(),
        [VDI_PAGE_SESSION] = vdi_session_page_new(),
    };

    pages->top = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    pages->stack = GTK_STACK(gtk_stack_new());
    pages->error = VDI_ERROR_BAR(vdi_error_bar_new());
    pages->advice = VDI_ERROR_BAR(vdi_error_bar_new());
    for (int i = 0; i < VDI_N_PAGES; i++) {
        pages->each[i] = each[i];
        gtk_container_add(GTK_CONTAINER(pages->stack), each[i]);
    }
    gtk_box_pack_start(GTK_BOX(pages->top), GTK_WIDGET(pages->error), false, false, 0);
    gtk_box_pack_start(GTK_BOX(pages->top), GTK_WIDGET(pages->advice), false, false, 0);
    gtk_box_pack_start(GTK_BOX(pages->top), GTK_WIDGET(pages->stack), true, true, 0);
    gtk_widget_show(pages->top);
    gtk_widget_show(GTK_WIDGET(pages->stack));
}

void vdi_pages_turn(VdiPages *pages, VdiPage page)
{
    pages->current = page;
    gtk_stack_set_visible_child(pages->stack, pages->each[page]);
    if (pages->turned != NULL) {
        pages->turned(page, pages->user);
    }
}

void vdi_pages_set_busy(VdiPages *pages, bool busy)
{
    if (busy != pages->is_busy) {
        pages->is_busy = busy;
        vdi_sign_in_page_set_busy(VDI_SIGN_IN_OF(pages), busy);
        vdi_pages_turn(pages, pages->current);
    }
}
