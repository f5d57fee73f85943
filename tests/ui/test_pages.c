/* SPDX-License-Identifier: Apache-2.0 */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/ui/screen.h"
#include "ui/desktops_page.h"
#include "ui/identity_page.h"
#include "ui/sign_in_page.h"
#include "ui/style.h"

/* Pages of their own in a window of their own, shown what a hostile server would have them show. */

typedef struct {
    Screen *screen;
    GtkWidget *window;
    int n_said;
    GPtrArray *answers;
    char *id;
} Scene;

static bool set_up(Scene *scene, GtkWidget *(*new_page)(void), GtkWidget **ret_page)
{
    static Screen *screen; /* GTK starts once in a process */

    if (screen == NULL) {
        screen = screen_new(900, 700);
        if (screen == NULL || !gtk_init_check(NULL, NULL)) {
            skip("Xvfb");
            return false;
        }
        vdi_style_load(gdk_screen_get_default());
    }
    scene->screen = screen;
    scene->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    *ret_page = new_page();
    gtk_window_set_default_size(GTK_WINDOW(scene->window), 900, 700);
    gtk_container_add(GTK_CONTAINER(scene->window), *ret_page);
    gtk_widget_show(*ret_page);
    gtk_widget_show(scene->window);
    return true;
}

static void settle(void)
{
    for (int i = 0; i < 40; i++) {
        while (g_main_context_iteration(NULL, false)) {
        }
        g_usleep(5000);
    }
}

static void tear_down(Scene *scene)
{
    if (scene->window != NULL) {
        gtk_widget_destroy(scene->window);
    }
    g_clear_pointer(&scene->answers, g_ptr_array_unref);
    g_free(scene->id);
}

typedef struct {
    GString *words;
    bool has_markup;
} Gathered;

/* All the words that labels show, and whether any was read as markup. */
static void gather(GtkWidget *widget, gpointer data)
{
    Gathered *gathered = data;

    if (GTK_IS_LABEL(widget)) {
        g_string_append_printf(gathered->words, "%s\n", gtk_label_get_text(GTK_LABEL(widget)));
        gathered->has_markup |= gtk_label_get_use_markup(GTK_LABEL(widget));
    }
    if (GTK_IS_CONTAINER(widget)) {
        gtk_container_forall(GTK_CONTAINER(widget), gather, gathered);
    }
}

static void on_said(GtkWidget *page, gpointer data)
{
    ((Scene *) data)->n_said++;
}

static void on_answered(GtkWidget *page, gpointer answers, gpointer data)
{
    ((Scene *) data)->answers = answers;
}

static void on_chosen(GtkWidget *page, const char *id, gpointer data)
{
    ((Scene *) data)->id = g_strdup(id);
}

static void an_unknown_identity_is_refused_by_return(void)
{
    Scene scene = {0};
    GtkWidget *page = NULL;
    VdiMessageIdentity identity = {.kind = VDI_MESSAGE_IDENTITY,
        .problem = VDI_IDENTITY_UNKNOWN_ISSUER,
        .not_before = 1795000000,
        .not_after = 1826536000};

    g_strlcpy(identity.subject, "CN=office.example\n<b>trusted</b> \xe2\x80\xae", 256);
    memset(identity.issuer, 'x', sizeof identity.issuer); /* no NUL in it */
    memset(identity.key_sha256, 'a', 64);
    if (set_up(&scene, vdi_identity_page_new, &page)) {
        g_autoptr(GString) words = g_string_new(NULL);
        Gathered gathered = {words, false};

        g_signal_connect(page, "refused", G_CALLBACK(on_said), &scene);
        vdi_identity_page_show(VDI_IDENTITY_PAGE(page), &identity);
        settle();
        gather(page, &gathered);
        CHECK(strstr(words->str, "CN=office.example <b>trusted</b>") != NULL);
        CHECK(strstr(words->str, "\xe2\x80\xae") == NULL); /* no text runs backwards */
        CHECK(strstr(words->str, "aaaa aaaa aaaa") != NULL);
        CHECK(!gathered.has_markup);
        CHECK(screen_keep(scene.screen, "page-identity"));
        GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(scene.window));

        CHECK_TEXT(gtk_button_get_label(GTK_BUTTON(focus)), "_Do Not Connect");
        gtk_button_clicked(GTK_BUTTON(focus));
        CHECK_INT(scene.n_said, 1);
    }
    tear_down(&scene);
}

static void any_screen_becomes_a_form(void)
{
    Scene scene = {0};
    GtkWidget *page = NULL;
    VdiScreen *screen = vdi_screen_new("retina-scan");
    VdiScreenField *choice = NULL;

    screen->text = g_strdup("Look <i>here</i>.\nThen say which eye.");
    screen->error = g_strdup("That was the <u>wrong</u> eye.");
    vdi_screen_add(screen, "pattern", true);
    choice = vdi_screen_add(screen, "eye", false);
    choice->choices = g_strsplit("left\a|right", "|", 2);
    if (set_up(&scene, vdi_sign_in_page_new, &page)) {
        g_autoptr(GString) words = g_string_new(NULL);
        Gathered gathered = {words, false};

        g_signal_connect(page, "answered", G_CALLBACK(on_answered), &scene);
        vdi_sign_in_page_ask(VDI_SIGN_IN_PAGE(page), screen, "https://broker.example", NULL);
        settle();
        gather(page, &gathered);
        CHECK(strstr(words->str, "Look <i>here</i>.\nThen say which eye.") != NULL);
        CHECK(strstr(words->str, "That was the <u>wrong</u> eye.") != NULL);
        CHECK(!gathered.has_markup);
        GtkWidget *entry = gtk_window_get_focus(GTK_WINDOW(scene.window));

        CHECK(GTK_IS_ENTRY(entry) && !gtk_entry_get_visibility(GTK_ENTRY(entry)));
        gtk_entry_set_text(GTK_ENTRY(entry), "canary");
        CHECK(screen_keep(scene.screen, "page-any-screen"));
        g_signal_emit_by_name(entry, "activate");
        CHECK_TEXT(gtk_entry_get_text(GTK_ENTRY(entry)), ""); /* it has left the entry */
        CHECK(scene.answers != NULL && scene.answers->len == 2);
        const VdiAnswer *pattern = vdi_answers_find(scene.answers, "pattern");
        const VdiAnswer *eye = vdi_answers_find(scene.answers, "eye");

        CHECK(pattern != NULL && pattern->secret != NULL && pattern->text == NULL);
        CHECK_TEXT(vdi_secret_text(pattern->secret), "canary");
        CHECK_TEXT(eye->text, "left\a"); /* sent as the broker wrote it */
    }
    vdi_screen_free(screen);
    tear_down(&scene);
}

static void add_desktop(GPtrArray *desktops, const char *id, const char *name, int state)
{
    VdiDesktop *desktop = g_new0(VdiDesktop, 1);

    desktop->id = g_strdup(id);
    desktop->name = g_strdup(name);
    desktop->state = (VdiDesktopState) state;
    g_ptr_array_add(desktops, desktop);
}

static void activate_card(GtkWidget *widget, gpointer data)
{
    if (GTK_IS_FLOW_BOX_CHILD(widget)) {
        gtk_widget_activate(widget);
    } else if (GTK_IS_CONTAINER(widget)) {
        gtk_container_forall(GTK_CONTAINER(widget), activate_card, data);
    }
}

static void a_desktop_that_cannot_be_opened_is_not(void)
{
    Scene scene = {0};
    GtkWidget *page = NULL;
    g_autoptr(GPtrArray) desktops =
        g_ptr_array_new_with_free_func((GDestroyNotify) vdi_desktop_free);

    add_desktop(desktops, "1", "In <b>maintenance</b>", VDI_DESKTOP_MAINTENANCE);
    add_desktop(desktops, "2", "Gone", VDI_DESKTOP_EXPIRED);
    if (set_up(&scene, vdi_desktops_page_new, &page)) {
        g_autoptr(GString) words = g_string_new(NULL);
        Gathered gathered = {words, false};

        g_signal_connect(page, "chosen", G_CALLBACK(on_chosen), &scene);
        vdi_desktops_page_fill(VDI_DESKTOPS_PAGE(page), desktops);
        settle();
        activate_card(page, NULL);
        CHECK(scene.id == NULL);
        gather(page, &gathered);
        CHECK(strstr(words->str, "In <b>maintenance</b>") != NULL && !gathered.has_markup);
        add_desktop(desktops, "3", "Office", VDI_DESKTOP_AVAILABLE);
        vdi_desktops_page_fill(VDI_DESKTOPS_PAGE(page), desktops);
        settle();
        activate_card(page, NULL);
        CHECK_TEXT(scene.id, "3");
    }
    tear_down(&scene);
}

const Test tests[] = {
    {"an unknown desktop is shown clean, and Return does not connect",
        an_unknown_identity_is_refused_by_return},
    {"any screen of a broker becomes a form, and a secret leaves its entry",
        any_screen_becomes_a_form},
    {"a desktop that cannot be opened says why and is not opened",
        a_desktop_that_cannot_be_opened_is_not},
    TEST_END,
};
