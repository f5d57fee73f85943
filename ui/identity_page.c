/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/identity_page.h"

#include <glib/gi18n.h>
#include <stdbool.h>

#include "base/text.h"
#include "ui/style.h"

enum { ROW_SUBJECT, ROW_ISSUER, ROW_SINCE, ROW_UNTIL, ROW_FINGERPRINT, N_ROWS };

struct _VdiIdentityPage {
    GtkBox parent_instance;
    GtkLabel *problem, *values[N_ROWS];
    GtkWidget *refuse;
};

G_DEFINE_FINAL_TYPE(VdiIdentityPage, vdi_identity_page, GTK_TYPE_BOX)

static const char *const rows[N_ROWS] = {
    N_("Says it is"), N_("Signed by"), N_("Valid from"), N_("Valid until"), N_("Fingerprint")};

/* In the order of VdiIdentityProblem. */
static const char *const problems[] = {
    [0] = N_("The desktop cannot prove who it is."),
    [VDI_IDENTITY_UNKNOWN_ISSUER] =
        N_("Nobody whom this computer trusts vouches for this desktop."),
    [VDI_IDENTITY_WRONG_NAME] = N_("The desktop's certificate is for another name."),
    [VDI_IDENTITY_DATES] = N_("The desktop's certificate is not valid today."),
    [VDI_IDENTITY_PURPOSE] = N_("The desktop's certificate is not meant for this use."),
    [VDI_IDENTITY_PIN] = N_("The desktop shows another key than the one that was announced."),
};

char *vdi_identity_groups(const char *hex)
{
    GString *groups = g_string_new(NULL);

    for (size_t i = 0; hex[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0) {
            g_string_append_c(groups, ' ');
        }
        g_string_append_c(groups, hex[i]);
    }
    return g_string_free(groups, false);
}

static void on_accept(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "accepted");
}

static void on_refuse(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "refused");
}

static void vdi_identity_page_class_init(VdiIdentityPageClass *class)
{
    GType type = G_TYPE_FROM_CLASS(class);

    g_signal_new("accepted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_signal_new("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *make_grid(VdiIdentityPage *self)
{
    GtkWidget *grid = gtk_grid_new();

    gtk_grid_set_row_spacing(GTK_GRID(grid), VDI_SPACE / 2);
    gtk_grid_set_column_spacing(GTK_GRID(grid), VDI_SPACE);
    vdi_style_class(grid, "vdi-card");
    for (int i = 0; i < N_ROWS; i++) {
        GtkWidget *name = vdi_style_dim(_(rows[i])), *value = vdi_style_text("");

        self->values[i] = GTK_LABEL(value);
        gtk_widget_set_valign(name, GTK_ALIGN_START);
        gtk_label_set_xalign(GTK_LABEL(name), 1);
        gtk_label_set_selectable(self->values[i], true);
        gtk_widget_set_can_focus(value, false);
        gtk_label_set_max_width_chars(self->values[i], i == ROW_FINGERPRINT ? 20 : 44);
        gtk_label_set_mnemonic_widget(GTK_LABEL(name), value);
        gtk_grid_attach(GTK_GRID(grid), name, 0, i, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), value, 1, i, 1, 1);
    }
    vdi_style_class(GTK_WIDGET(self->values[ROW_FINGERPRINT]), "vdi-fingerprint");
    return grid;
}

static void vdi_identity_page_init(VdiIdentityPage *self)
{
    GtkWidget *column = NULL;
    GtkWidget *scrolled = vdi_style_column(&column);
    GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
    GtkWidget *accept = gtk_button_new_with_mnemonic(_("_Trust It This Time"));

    self->problem = GTK_LABEL(vdi_style_dim(""));
    self->refuse = gtk_button_new_with_mnemonic(_("_Do Not Connect"));
    vdi_style_class(self->refuse, GTK_STYLE_CLASS_SUGGESTED_ACTION);
    vdi_style_class(accept, GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
    g_signal_connect(accept, "clicked", G_CALLBACK(on_accept), self);
    g_signal_connect(self->refuse, "clicked", G_CALLBACK(on_refuse), self);
    gtk_box_pack_end(GTK_BOX(buttons), self->refuse, false, false, 0);
    gtk_box_pack_end(GTK_BOX(buttons), accept, false, false, 0);
    gtk_container_add(GTK_CONTAINER(column), vdi_style_icon("security-low-symbolic", 64));
    gtk_container_add(GTK_CONTAINER(column), vdi_style_title(_("Is This the Right Desktop?")));
    gtk_container_add(GTK_CONTAINER(column), GTK_WIDGET(self->problem));
    gtk_container_add(GTK_CONTAINER(column),
        vdi_style_dim(_("Somebody in between could read your password. Ask your administrator to "
                        "read the fingerprint to you, and go on only if it is the same.")));
    gtk_container_add(GTK_CONTAINER(column), make_grid(self));
    gtk_container_add(GTK_CONTAINER(column), buttons);
    gtk_box_pack_start(GTK_BOX(self), scrolled, true, true, 0);
    gtk_widget_show_all(GTK_WIDGET(self));
}

GtkWidget *vdi_identity_page_new(void)
{
    return g_object_new(VDI_TYPE_IDENTITY_PAGE, NULL);
}

static void show_date(GtkLabel *label, int64_t at)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(at);
    g_autofree char *words = date != NULL ? g_date_time_format(date, "%x") : NULL;

    gtk_label_set_text(label, words != NULL ? words : _("unknown"));
}

/* A field of the message need not end in NUL. */
static void show_name(GtkLabel *label, const char *field, size_t size)
{
    g_autofree char *whole = g_strndup(field, size);
    g_autofree char *shown = vdi_text_clean(whole);

    gtk_label_set_text(label, *shown != '\0' ? shown : _("nobody"));
}

void vdi_identity_page_show(VdiIdentityPage *self, const VdiMessageIdentity *identity)
{
    g_autofree char *key = g_strndup(identity->key_sha256, sizeof identity->key_sha256);
    g_autofree char *clean = vdi_text_clean(key);
    g_autofree char *groups = vdi_identity_groups(clean);

    gtk_label_set_text(self->problem,
        _(problems[identity->problem < G_N_ELEMENTS(problems) ? identity->problem : 0]));
    show_name(self->values[ROW_SUBJECT], identity->subject, sizeof identity->subject);
    show_name(self->values[ROW_ISSUER], identity->issuer, sizeof identity->issuer);
    show_date(self->values[ROW_SINCE], identity->not_before);
    show_date(self->values[ROW_UNTIL], identity->not_after);
    gtk_label_set_text(self->values[ROW_FINGERPRINT], groups);
    gtk_widget_grab_focus(self->refuse);
}
