/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/visit.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/text.h"

struct VdiVisit {
    VdiPages *pages;
    const VdiVisitDelegate *delegate;
    void *owner;
    char *address, *user, *desktop;
    char *name;      /* of the desktop, clean */
    bool is_decided; /* `desktop` is to be opened without asking */
    bool had_picture;
    bool is_left; /* by the person: what fails now is no news */
    GPtrArray *desktops;
    VdiConnection *connection;
};

/* ---- what the connection says ---- */

/* The state's own page; a state that is not here leaves the page as it is. */
static const struct {
    VdiState state;
    VdiPage page;
    const char *words; /* of the waiting page */
} shown[] = {
    {VDI_STATE_REACHING, VDI_PAGE_WAITING, N_("Asking the Server…")},
    {VDI_STATE_GUARD, VDI_PAGE_GUARD, NULL},
    {VDI_STATE_SIGN_IN, VDI_PAGE_SIGN_IN, NULL},
    {VDI_STATE_CHOOSING, VDI_PAGE_DESKTOPS, NULL},
    {VDI_STATE_ASKING, VDI_PAGE_WAITING, N_("Preparing the Desktop…")},
    {VDI_STATE_OPENING, VDI_PAGE_WAITING, N_("Opening the Desktop…")},
};

static void on_state(VdiConnection *connection, VdiState state, void *user)
{
    VdiVisit *visit = user;

    vdi_pages_set_busy(visit->pages, state == VDI_STATE_SIGNING_IN);
    if (state == VDI_STATE_STOPPING && !visit->had_picture) {
        vdi_waiting_page_say(VDI_WAITING_OF(visit->pages), _("Signing Out…"), visit->address);
        vdi_pages_turn(visit->pages, VDI_PAGE_WAITING);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        if (shown[i].state != state) {
            continue;
        }
        if (shown[i].words != NULL) {
            vdi_waiting_page_say(VDI_WAITING_OF(visit->pages), _(shown[i].words),
                visit->name != NULL ? visit->name : visit->address);
        }
        if (state == VDI_STATE_GUARD) {
            vdi_guard_page_show(VDI_GUARD_OF(visit->pages), vdi_connection_verdict(connection),
                vdi_guard_allows_override(vdi_connection_guard(connection)));
        }
        vdi_pages_turn(visit->pages, shown[i].page);
    }
}

static void on_verdict(
    VdiConnection *connection, const VdiVerdict *verdict, GStrv warnings, void *user)
{
    VdiVisit *visit = user;
    g_autofree char *advice = vdi_guard_advice(verdict);
    g_autofree char *problems = g_strjoinv(" ", warnings);

    if (advice != NULL) {
        vdi_error_bar_say(visit->pages->advice, GTK_MESSAGE_WARNING,
            _("An update or a package on this computer needs attention"), advice, problems);
    } else if (*problems != '\0') {
        vdi_error_bar_say(visit->pages->advice, GTK_MESSAGE_INFO,
            _("The compatibility of this computer could not be checked"),
            _("You can connect all the same."), problems);
    }
}

static void on_ask(VdiConnection *connection, const VdiScreen *screen, void *user)
{
    VdiVisit *visit = user;
    const char *typed = vdi_sign_in_page_user(VDI_SIGN_IN_OF(visit->pages));

    vdi_sign_in_page_ask(
        VDI_SIGN_IN_OF(visit->pages), screen, visit->address, *typed != '\0' ? typed : visit->user);
}

static void choose(VdiVisit *visit, const char *id)
{
    char *chosen = g_strdup(id);

    g_clear_pointer(&visit->name, g_free);
    for (size_t i = 0; i < visit->desktops->len; i++) {
        const VdiDesktop *desktop = g_ptr_array_index(visit->desktops, i);

        if (g_str_equal(desktop->id, id)) {
            visit->name = vdi_text_clean(desktop->name);
        }
    }
    g_free(visit->desktop);
    visit->desktop = chosen;
    vdi_connection_choose(visit->connection, chosen);
}

static void on_choose(VdiConnection *connection, GPtrArray *desktops, void *user)
{
    VdiVisit *visit = user;

    visit->desktops = desktops;
    vdi_desktops_page_fill(VDI_DESKTOPS_OF(visit->pages), desktops);
    vdi_desktops_page_focus(VDI_DESKTOPS_OF(visit->pages));
    visit->delegate->signed_in(
        visit, vdi_sign_in_page_user(VDI_SIGN_IN_OF(visit->pages)), visit->owner);
    if (visit->is_decided) {
        visit->is_decided = false;
        for (size_t i = 0; i < desktops->len; i++) {
            const VdiDesktop *desktop = g_ptr_array_index(desktops, i);

            if (g_str_equal(desktop->id, visit->desktop)) {
                choose(visit, desktop->id);
                return;
            }
        }
    }
}

static void on_identity(VdiConnection *connection, const VdiMessageIdentity *identity, void *user)
{
    VdiVisit *visit = user;

    vdi_pages_turn(visit->pages, VDI_PAGE_IDENTITY);
    vdi_identity_page_show(VDI_IDENTITY_OF(visit->pages), identity);
}

static void on_view(VdiConnection *connection, VdiFd view, void *user)
{
    VdiVisit *visit = user;

    vdi_desktop_view_open(vdi_session_page_view(VDI_SESSION_OF(visit->pages)), view);
}

static void on_phase(VdiConnection *connection, VdiPhase phase, void *user)
{
}

static void on_ended(VdiConnection *connection, const GError *error, void *user)
{
    VdiVisit *visit = user;

    visit->delegate->over(visit, visit->is_left ? NULL : error, visit->owner);
}

static const VdiConnectionDelegate connection_delegate = {
    on_state, on_verdict, on_ask, on_choose, on_identity, on_view, on_phase, on_ended};

/* ---- what the person does ---- */

static void on_answered(GtkWidget *page, gpointer answers, gpointer data)
{
    VdiVisit *visit = data;

    vdi_connection_take_answers(visit->connection, answers);
}

static void on_left(GtkWidget *page, gpointer data)
{
    vdi_visit_leave(data);
}

static void on_accepted_risk(GtkWidget *page, gpointer data)
{
    VdiVisit *visit = data;
    g_autoptr(GError) error = NULL;

    if (vdi_connection_state(visit->connection) == VDI_STATE_GUARD
        && !vdi_connection_accept_risk(visit->connection, NULL, &error)) {
        vdi_error_bar_show(visit->pages->error, error);
    }
}

static void answer_identity(VdiVisit *visit, bool accept)
{
    vdi_waiting_page_say(VDI_WAITING_OF(visit->pages), _("Opening the Desktop…"), visit->name);
    vdi_pages_turn(visit->pages, VDI_PAGE_WAITING);
    vdi_connection_answer_identity(visit->connection, accept);
}

static void on_identity_accepted(GtkWidget *page, gpointer data)
{
    answer_identity(data, true);
}

static void on_identity_refused(GtkWidget *page, gpointer data)
{
    answer_identity(data, false);
}

static void on_chosen(GtkWidget *page, const char *id, gpointer data)
{
    VdiVisit *visit = data;

    if (vdi_connection_state(visit->connection) == VDI_STATE_CHOOSING) {
        choose(visit, id);
    }
}

static void on_picture(VdiDesktopView *view, gpointer data)
{
    VdiVisit *visit = data;

    if (!visit->had_picture) {
        visit->had_picture = true;
        if (gtk_info_bar_get_message_type(GTK_INFO_BAR(visit->pages->advice)) == GTK_MESSAGE_INFO) {
            vdi_error_bar_show(visit->pages->advice, NULL); /* it was read, or never will be */
        }
        visit->delegate->opened(
            visit, visit->name != NULL ? visit->name : visit->address, visit->owner);
        vdi_session_page_begin(VDI_SESSION_OF(visit->pages));
    }
}

static void connect_pages(VdiVisit *visit)
{
    VdiPages *pages = visit->pages;
    const struct {
        void *page;
        const char *signal;
        GCallback handler;
    } signals[] = {
        {pages->each[VDI_PAGE_WAITING], "cancelled", G_CALLBACK(on_left)},
        {pages->each[VDI_PAGE_SIGN_IN], "answered", G_CALLBACK(on_answered)},
        {pages->each[VDI_PAGE_SIGN_IN], "cancelled", G_CALLBACK(on_left)},
        {pages->each[VDI_PAGE_GUARD], "accepted", G_CALLBACK(on_accepted_risk)},
        {pages->each[VDI_PAGE_GUARD], "cancelled", G_CALLBACK(on_left)},
        {pages->each[VDI_PAGE_IDENTITY], "accepted", G_CALLBACK(on_identity_accepted)},
        {pages->each[VDI_PAGE_IDENTITY], "refused", G_CALLBACK(on_identity_refused)},
        {pages->each[VDI_PAGE_DESKTOPS], "chosen", G_CALLBACK(on_chosen)},
        {vdi_session_page_view(VDI_SESSION_OF(pages)), "picture", G_CALLBACK(on_picture)},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_signal_connect(signals[i].page, signals[i].signal, signals[i].handler, visit);
    }
}

/* ---- the public side ---- */

VdiVisit *vdi_visit_new(
    VdiPages *pages, const VdiVisitOptions *options, const VdiVisitDelegate *delegate, void *owner)
{
    VdiVisit *visit = g_new0(VdiVisit, 1);
    VdiConnectionOptions connection = *options->connection;

    visit->pages = pages;
    visit->delegate = delegate;
    visit->owner = owner;
    visit->address = g_strdup(options->address);
    visit->user = g_strdup(options->user);
    visit->desktop = g_strdup(options->desktop);
    visit->is_decided = options->desktop != NULL;
    connection.server = visit->address;
    vdi_error_bar_show(pages->error, NULL);
    vdi_error_bar_show(pages->advice, NULL);
    connect_pages(visit);
    visit->connection = vdi_connection_new(&connection, &connection_delegate, visit);
    vdi_connection_start(visit->connection);
    return visit;
}

void vdi_visit_free(VdiVisit *visit)
{
    if (visit == NULL) {
        return;
    }
    for (int i = 0; i < VDI_N_PAGES; i++) {
        g_signal_handlers_disconnect_by_data(visit->pages->each[i], visit);
    }
    g_signal_handlers_disconnect_by_data(
        vdi_session_page_view(VDI_SESSION_OF(visit->pages)), visit);
    vdi_connection_free(visit->connection);
    g_free(visit->address);
    g_free(visit->user);
    g_free(visit->desktop);
    g_free(visit->name);
    g_free(visit);
}

void vdi_visit_leave(VdiVisit *visit)
{
    visit->is_left = true;
    vdi_connection_stop(visit->connection);
}

void vdi_visit_refresh(VdiVisit *visit)
{
    vdi_connection_refresh_list(visit->connection);
}

const char *vdi_visit_desktop(const VdiVisit *visit)
{
    return visit->desktop;
}

bool vdi_visit_had_picture(const VdiVisit *visit)
{
    return visit->had_picture;
}
