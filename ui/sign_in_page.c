/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/sign_in_page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/error_bar.h"
#include "ui/style.h"

typedef struct {
    char *name;
    bool is_secret;
    GtkWidget *input; /* GtkEntry or GtkComboBoxText; the grid's */
} Field;

struct _VdiSignInPage {
    GtkBox parent_instance;
    GtkLabel *title, *server, *text;
    GtkWidget *error, *grid, *busy, *go;
    GPtrArray *fields; /* of Field */
    char *user;
};

G_DEFINE_FINAL_TYPE(VdiSignInPage, vdi_sign_in_page, GTK_TYPE_BOX)

/* What the protocol's names are called; another one stands as it is. */
static const struct {
    const char *name, *label;
} labels[] = {
    {"username", N_("_User name")},
    {"password", N_("_Password")},
    {"domain", N_("_Domain")},
    {"passcode", N_("_Passcode")},
    {"tokencode", N_("Next _token code")},
    {"pin1", N_("New _PIN")},
    {"pin2", N_("PIN, _again")},
    {"oldPassword", N_("_Old password")},
    {"newPassword1", N_("_New password")},
    {"newPassword2", N_("New password, _again")},
};

static const struct {
    const char *name, *title, *go;
} screens[] = {
    {"windows-password", N_("Sign In"), N_("_Sign In")},
    {"windows-password-expired", N_("Choose a New Password"), N_("_Change Password")},
    {"disclaimer", N_("Before You Sign In"), N_("_Accept")},
    {"securid-passcode", N_("Sign In with Your Token"), N_("_Sign In")},
    {"securid-nexttokencode", N_("Type the Next Code of Your Token"), N_("_Continue")},
    {"securid-pinchange", N_("Choose a New PIN"), N_("_Continue")},
};

static void field_free(gpointer data)
{
    Field *field = data;

    g_free(field->name);
    g_free(field);
}

/* GTK overwrites what an entry's buffer loses. */
static VdiSecret *take_secret(GtkEntry *entry)
{
    const char *text = gtk_entry_get_text(entry);
    VdiSecret *secret = vdi_secret_new(text, strlen(text));

    gtk_entry_buffer_delete_text(gtk_entry_get_buffer(entry), 0, -1);
    return secret;
}

static char *plain_text(const Field *field)
{
    if (GTK_IS_COMBO_BOX_TEXT(field->input)) {
        const char *chosen = gtk_combo_box_get_active_id(GTK_COMBO_BOX(field->input));

        return g_strdup(chosen != NULL ? chosen : "");
    }
    return g_strdup(gtk_entry_get_text(GTK_ENTRY(field->input)));
}

static void on_go(GtkWidget *widget, gpointer data)
{
    VdiSignInPage *self = data;
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);

    for (size_t i = 0; i < self->fields->len; i++) {
        const Field *field = g_ptr_array_index(self->fields, i);
        g_autofree char *text = field->is_secret ? NULL : plain_text(field);
        VdiSecret *secret = field->is_secret ? take_secret(GTK_ENTRY(field->input)) : NULL;

        if (field->is_secret && secret == NULL) {
            vdi_error_bar_say(VDI_ERROR_BAR(self->error), GTK_MESSAGE_ERROR,
                _("That is longer than a password can be."), _("Type it again."), NULL);
            gtk_widget_grab_focus(field->input);
            return;
        }
        if (text != NULL && g_str_equal(field->name, "username")) {
            g_free(self->user);
            self->user = g_strdup(text);
        }
        g_ptr_array_add(answers, vdi_answer_new(field->name, text, secret));
    }
    g_signal_emit_by_name(self, "answered", g_steal_pointer(&answers));
}

/* Return goes on to the next field that is empty, and signs in from the last. */
static void on_activate(GtkEntry *entry, gpointer data)
{
    VdiSignInPage *self = data;

    for (size_t i = 0; i < self->fields->len; i++) {
        const Field *field = g_ptr_array_index(self->fields, i);

        if (GTK_IS_ENTRY(field->input) && field->input != GTK_WIDGET(entry)
            && gtk_entry_get_text_length(GTK_ENTRY(field->input)) == 0
            && gtk_editable_get_editable(GTK_EDITABLE(field->input))
            && !g_str_equal(field->name, "domain")) {
            gtk_widget_grab_focus(field->input);
            return;
        }
    }
    on_go(GTK_WIDGET(entry), self);
}

static void on_cancel(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "cancelled");
}

static GtkWidget *make_choice(const VdiScreenField *field)
{
    GtkWidget *combo = gtk_combo_box_text_new();

    for (size_t i = 0; field->choices[i] != NULL; i++) {
        g_autofree char *shown = vdi_text_clean(field->choices[i]);

        /* What is sent is the broker's own word; what is shown is clean. */
        gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), field->choices[i], shown);
        if (i == 0 || g_strcmp0(field->choices[i], field->value) == 0) {
            gtk_combo_box_set_active(GTK_COMBO_BOX(combo), (int) i);
        }
    }
    gtk_widget_set_sensitive(combo, !field->is_read_only);
    return combo;
}

static GtkWidget *make_entry(VdiSignInPage *self, const VdiScreenField *field, const char *user)
{
    GtkWidget *entry = gtk_entry_new();
    bool is_user = g_str_equal(field->name, "username");
    g_autofree char *proposed = vdi_text_clean(field->value != NULL ? field->value
            : is_user                                               ? user
                                                                    : NULL);

    gtk_entry_set_max_length(GTK_ENTRY(entry), 255);
    if (field->is_secret) {
        gtk_entry_set_visibility(GTK_ENTRY(entry), false);
        gtk_entry_set_input_purpose(GTK_ENTRY(entry), GTK_INPUT_PURPOSE_PASSWORD);
        g_object_set(entry, "caps-lock-warning", true, NULL);
    } else {
        gtk_entry_set_text(GTK_ENTRY(entry), proposed);
    }
    if (field->is_read_only) {
        gtk_entry_set_text(GTK_ENTRY(entry), field->value != NULL ? field->value : "");
        gtk_editable_set_editable(GTK_EDITABLE(entry), false);
    }
    g_signal_connect(entry, "activate", G_CALLBACK(on_activate), self);
    return entry;
}

static GtkWidget *make_label(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (g_str_equal(labels[i].name, name)) {
            return gtk_label_new_with_mnemonic(_(labels[i].label));
        }
    }
    g_autofree char *shown = vdi_text_clean(name);

    return gtk_label_new(shown);
}

static void add_field(VdiSignInPage *self, const VdiScreenField *shown, const char *user)
{
    Field *field = g_new0(Field, 1);
    GtkWidget *label = make_label(shown->name);
    int row = (int) self->fields->len;

    field->name = g_strdup(shown->name);
    field->is_secret = shown->is_secret;
    field->input = shown->choices != NULL && !shown->is_secret ? make_choice(shown)
                                                               : make_entry(self, shown, user);
    gtk_label_set_xalign(GTK_LABEL(label), 1);
    vdi_style_class(label, GTK_STYLE_CLASS_DIM_LABEL);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), field->input);
    gtk_widget_set_hexpand(field->input, true);
    gtk_grid_attach(GTK_GRID(self->grid), label, 0, row, 1, 1);
    gtk_grid_attach(GTK_GRID(self->grid), field->input, 1, row, 1, 1);
    g_ptr_array_add(self->fields, field);
}

static void focus_first(VdiSignInPage *self)
{
    for (size_t i = 0; i < self->fields->len; i++) {
        const Field *field = g_ptr_array_index(self->fields, i);

        if (GTK_IS_ENTRY(field->input) && gtk_entry_get_text_length(GTK_ENTRY(field->input)) == 0) {
            gtk_widget_grab_focus(field->input);
            return;
        }
    }
    gtk_widget_grab_focus(self->go);
}

static void dispose(GObject *object)
{
    VdiSignInPage *self = VDI_SIGN_IN_PAGE(object);

    g_clear_pointer(&self->fields, g_ptr_array_unref);
    g_clear_pointer(&self->user, g_free);
    G_OBJECT_CLASS(vdi_sign_in_page_parent_class)->dispose(object);
}

static void vdi_sign_in_page_class_init(VdiSignInPageClass *class)
{
    GType type = G_TYPE_FROM_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = dispose;
    g_signal_new(
        "answered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("cancelled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *make_buttons(VdiSignInPage *self)
{
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
    GtkWidget *cancel = gtk_button_new_with_mnemonic(_("_Cancel"));

    self->go = gtk_button_new_with_mnemonic(_("_Sign In"));
    self->busy = gtk_spinner_new();
    vdi_style_class(self->go, GTK_STYLE_CLASS_SUGGESTED_ACTION);
    vdi_style_name(self->busy, _("Signing in…"));
    g_signal_connect(cancel, "clicked", G_CALLBACK(on_cancel), self);
    g_signal_connect(self->go, "clicked", G_CALLBACK(on_go), self);
    gtk_box_pack_end(GTK_BOX(line), self->go, false, false, 0);
    gtk_box_pack_end(GTK_BOX(line), cancel, false, false, 0);
    gtk_box_pack_end(GTK_BOX(line), self->busy, false, false, VDI_SPACE / 2);
    gtk_widget_set_margin_top(line, VDI_SPACE);
    return line;
}

static void vdi_sign_in_page_init(VdiSignInPage *self)
{
    GtkWidget *column = NULL;
    GtkWidget *scrolled = vdi_style_column(&column);

    self->fields = g_ptr_array_new_with_free_func(field_free);
    self->user = g_strdup("");
    self->title = GTK_LABEL(vdi_style_title(""));
    self->server = GTK_LABEL(vdi_style_dim(""));
    self->text = GTK_LABEL(vdi_style_text(""));
    self->error = vdi_error_bar_new();
    self->grid = gtk_grid_new();
    gtk_grid_set_row_spacing(GTK_GRID(self->grid), VDI_SPACE);
    gtk_grid_set_column_spacing(GTK_GRID(self->grid), VDI_SPACE);
    gtk_container_add(GTK_CONTAINER(column), vdi_style_icon("dialog-password-symbolic", 64));
    gtk_container_add(GTK_CONTAINER(column), GTK_WIDGET(self->title));
    gtk_container_add(GTK_CONTAINER(column), GTK_WIDGET(self->server));
    gtk_container_add(GTK_CONTAINER(column), self->error);
    gtk_container_add(GTK_CONTAINER(column), GTK_WIDGET(self->text));
    gtk_container_add(GTK_CONTAINER(column), self->grid);
    gtk_container_add(GTK_CONTAINER(column), make_buttons(self));
    gtk_box_pack_start(GTK_BOX(self), scrolled, true, true, 0);
    gtk_widget_show_all(GTK_WIDGET(self));
}

GtkWidget *vdi_sign_in_page_new(void)
{
    return g_object_new(VDI_TYPE_SIGN_IN_PAGE, NULL);
}

void vdi_sign_in_page_ask(
    VdiSignInPage *self, const VdiScreen *screen, const char *server, const char *user)
{
    const char *title = screen->title != NULL ? screen->title : _("Sign In");
    const char *go = _("_Sign In");
    g_autofree char *shown_server = vdi_text_clean(server);
    g_autofree char *text = vdi_text_clean_lines(screen->text);

    for (size_t i = 0; i < G_N_ELEMENTS(screens); i++) {
        if (g_str_equal(screens[i].name, screen->name)) {
            title = _(screens[i].title);
            go = _(screens[i].go);
        }
    }
    g_autofree char *shown_title = vdi_text_clean(title);

    vdi_style_empty(GTK_CONTAINER(self->grid));
    g_ptr_array_set_size(self->fields, 0);
    gtk_label_set_text(self->title, shown_title);
    gtk_label_set_text(self->server, shown_server);
    gtk_label_set_text(self->text, text);
    gtk_widget_set_visible(GTK_WIDGET(self->text), *text != '\0');
    gtk_button_set_label(GTK_BUTTON(self->go), go);
    if (screen->error != NULL) {
        vdi_error_bar_say(VDI_ERROR_BAR(self->error), GTK_MESSAGE_ERROR, screen->error,
            _("Check what you typed and try again."), NULL);
    } else {
        vdi_error_bar_show(VDI_ERROR_BAR(self->error), NULL);
    }
    for (size_t i = 0; i < screen->fields->len; i++) {
        add_field(self, g_ptr_array_index(screen->fields, i), user);
    }
    gtk_widget_show_all(self->grid);
    vdi_sign_in_page_set_busy(self, false);
    focus_first(self);
}

void vdi_sign_in_page_set_busy(VdiSignInPage *self, bool busy)
{
    gtk_widget_set_sensitive(self->grid, !busy);
    gtk_widget_set_sensitive(self->go, !busy);
    g_object_set(self->busy, "active", busy, NULL);
}

const char *vdi_sign_in_page_user(VdiSignInPage *self)
{
    return self->user;
}
