/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/guard_page.h"

#include <glib/gi18n.h>

#include "compat/rules/explain.h"
#include "ui/style.h"

struct _VdiGuardPage {
    GtkBox parent_instance;
    GtkWidget *findings, *refusal, *go_on, *go_back, *copy;
    char *details; /* for the clipboard */
};

G_DEFINE_FINAL_TYPE(VdiGuardPage, vdi_guard_page, GTK_TYPE_BOX)

static void on_go_on(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "accepted");
}

static void on_go_back(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "cancelled");
}

static void on_copy(GtkButton *button, gpointer data)
{
    VdiGuardPage *self = data;

    gtk_clipboard_set_text(
        gtk_widget_get_clipboard(GTK_WIDGET(self), GDK_SELECTION_CLIPBOARD), self->details, -1);
}

static GtkWidget *make_remedies(const VdiRule *rule)
{
    g_auto(GStrv) remedies = vdi_explain_remedies(rule, g_get_language_names());
    GtkWidget *list = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE / 2);

    if (remedies[0] != NULL) {
        GtkWidget *heading = vdi_style_text(_("What to do"));

        vdi_style_class(heading, "heading");
        gtk_container_add(GTK_CONTAINER(list), heading);
    }
    for (size_t i = 0; remedies[i] != NULL; i++) {
        GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
        GtkWidget *dot = gtk_label_new("•");

        gtk_widget_set_valign(dot, GTK_ALIGN_START);
        gtk_container_add(GTK_CONTAINER(line), dot);
        gtk_container_add(GTK_CONTAINER(line), vdi_style_text(remedies[i]));
        gtk_container_add(GTK_CONTAINER(list), line);
    }
    return list;
}

static GtkWidget *make_finding(const VdiFinding *finding)
{
    GtkWidget *card = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);
    g_autofree char *title = vdi_explain_title(finding->rule, g_get_language_names());
    g_autofree char *message = vdi_explain_message(finding->rule, g_get_language_names());
    g_autofree char *whose = vdi_explain_source(finding);
    GtkWidget *badge = gtk_label_new(_("Blocked")), *by = vdi_style_dim(whose);
    GtkWidget *headline = vdi_style_title(title), *text = vdi_style_text(message);

    gtk_label_set_xalign(GTK_LABEL(headline), 0);
    gtk_label_set_justify(GTK_LABEL(headline), GTK_JUSTIFY_LEFT);
    gtk_label_set_xalign(GTK_LABEL(by), 0);
    gtk_label_set_selectable(GTK_LABEL(by), true);
    gtk_widget_set_can_focus(by, false);
    gtk_widget_set_halign(badge, GTK_ALIGN_START);
    vdi_style_class(badge, "vdi-badge");
    vdi_style_class(badge, "block");
    vdi_style_class(card, "vdi-card");
    gtk_container_add(GTK_CONTAINER(card), badge);
    gtk_container_add(GTK_CONTAINER(card), headline);
    gtk_container_add(GTK_CONTAINER(card), text);
    gtk_container_add(GTK_CONTAINER(card), make_remedies(finding->rule));
    gtk_container_add(GTK_CONTAINER(card), by);
    return card;
}

static void finalize(GObject *object)
{
    g_free(VDI_GUARD_PAGE(object)->details);
    G_OBJECT_CLASS(vdi_guard_page_parent_class)->finalize(object);
}

static void vdi_guard_page_class_init(VdiGuardPageClass *class)
{
    GType type = G_TYPE_FROM_CLASS(class);

    G_OBJECT_CLASS(class)->finalize = finalize;
    g_signal_new("accepted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_signal_new("cancelled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *make_buttons(VdiGuardPage *self)
{
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);

    self->copy = gtk_button_new_with_mnemonic(_("Copy _Details"));
    self->go_on = gtk_button_new_with_mnemonic(_("Connect _Anyway"));
    self->go_back = gtk_button_new_with_mnemonic(_("Go _Back"));
    vdi_style_class(self->go_on, GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
    vdi_style_class(self->go_back, GTK_STYLE_CLASS_SUGGESTED_ACTION);
    g_signal_connect(self->copy, "clicked", G_CALLBACK(on_copy), self);
    g_signal_connect(self->go_on, "clicked", G_CALLBACK(on_go_on), self);
    g_signal_connect(self->go_back, "clicked", G_CALLBACK(on_go_back), self);
    gtk_box_pack_start(GTK_BOX(line), self->copy, false, false, 0);
    gtk_box_pack_end(GTK_BOX(line), self->go_back, false, false, 0);
    gtk_box_pack_end(GTK_BOX(line), self->go_on, false, false, 0);
    return line;
}

static void vdi_guard_page_init(VdiGuardPage *self)
{
    GtkWidget *column = NULL;
    GtkWidget *scrolled = vdi_style_column(&column);

    self->findings = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);
    self->refusal = vdi_style_dim(
        _("Your site does not allow connecting while this rule holds. Ask your administrator."));
    gtk_container_add(GTK_CONTAINER(column), vdi_style_icon("dialog-warning-symbolic", 64));
    gtk_container_add(
        GTK_CONTAINER(column), vdi_style_title(_("This Computer Cannot Use the Desktop as It Is")));
    gtk_container_add(GTK_CONTAINER(column), self->findings);
    gtk_container_add(GTK_CONTAINER(column), self->refusal);
    gtk_container_add(GTK_CONTAINER(column), make_buttons(self));
    gtk_box_pack_start(GTK_BOX(self), scrolled, true, true, 0);
    gtk_widget_show_all(GTK_WIDGET(self));
}

GtkWidget *vdi_guard_page_new(void)
{
    return g_object_new(VDI_TYPE_GUARD_PAGE, NULL);
}

void vdi_guard_page_show(VdiGuardPage *self, const VdiVerdict *verdict, bool may_go_on)
{
    g_autoptr(GString) details = g_string_new(NULL);

    vdi_style_empty(GTK_CONTAINER(self->findings));
    for (size_t i = 0; vdi_verdict_finding(verdict, i) != NULL; i++) {
        const VdiFinding *finding = vdi_verdict_finding(verdict, i);

        if (finding->effect == VDI_EFFECT_BLOCK) {
            g_autofree char *words = vdi_explain_finding(finding, g_get_language_names());

            g_string_append_printf(details, "%s\n", words);
            gtk_container_add(GTK_CONTAINER(self->findings), make_finding(finding));
        }
    }
    g_free(self->details);
    self->details = g_strdup(details->str);
    gtk_widget_show_all(self->findings);
    gtk_widget_set_visible(self->refusal, !may_go_on);
    gtk_widget_set_visible(self->go_on, may_go_on);
    gtk_widget_grab_focus(self->go_back);
}

char *vdi_guard_advice(const VdiVerdict *verdict)
{
    g_autoptr(GString) words = g_string_new(NULL);

    for (size_t i = 0; vdi_verdict_finding(verdict, i) != NULL; i++) {
        const VdiFinding *finding = vdi_verdict_finding(verdict, i);

        if (finding->effect == VDI_EFFECT_ADVISE) {
            g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());

            g_string_append_printf(words, "%s%s", words->len > 0 ? "\n" : "", sentence);
        }
    }
    return words->len > 0 ? g_strdup(words->str) : NULL;
}
