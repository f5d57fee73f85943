/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/screen.h"

#include "base/text.h"
#include "tests/lab/document.h"

struct LabScreen {
    const char *name;
    const char *refusal; /* shown after a wrong answer */
    void (*write)(GString *out, const LabScenario *scenario, const LabSession *session);
    bool (*accepts)(const LabScenario *scenario, LabSession *session, const xmlNode *params);
};

/* The first value of the parameter of that name; NULL when it was not sent. */
static char *read_param(const xmlNode *params, const char *name)
{
    const xmlNode *param = lab_node_find(params, "param");

    for (; param != NULL; param = lab_node_next(param->next, "param")) {
        g_autofree char *found = lab_node_text(lab_node_find(param, "name"));

        if (g_strcmp0(g_strstrip(found), name) == 0) {
            return lab_node_text(lab_node_find(param, "values/value"));
        }
    }
    return NULL;
}

static void write_value(GString *out, const char *name, const char *value)
{
    lab_write_param(out, name, (const char *const[]){value, NULL});
}

static void write_user(GString *out, const LabScenario *scenario, const LabSession *session)
{
    if (session->user != NULL) {
        write_value(out, "username", session->user->name);
    }
}

static void write_nothing(GString *out, const LabScenario *scenario, const LabSession *session)
{
}

static void write_disclaimer(GString *out, const LabScenario *scenario, const LabSession *session)
{
    write_value(out, "text", scenario->disclaimer);
}

static bool accepts_disclaimer(
    const LabScenario *scenario, LabSession *session, const xmlNode *params)
{
    g_autofree char *accept = read_param(params, "accept");

    return g_strcmp0(accept, "true") == 0;
}

static bool accepts_passcode(
    const LabScenario *scenario, LabSession *session, const xmlNode *params)
{
    g_autofree char *name = read_param(params, "username");
    g_autofree char *passcode = read_param(params, "passcode");
    const LabUser *user = name != NULL ? lab_scenario_user(scenario, name) : NULL;

    if (user == NULL || user->passcode == NULL || g_strcmp0(passcode, user->passcode) != 0) {
        return false;
    }
    session->user = user;
    return true;
}

/* The lab's token shows the passcode backwards next. */
static bool accepts_next_token(
    const LabScenario *scenario, LabSession *session, const xmlNode *params)
{
    g_autofree char *tokencode = read_param(params, "tokencode");

    if (session->user == NULL || session->user->passcode == NULL) {
        return false;
    }
    g_autofree char *expected = g_strreverse(g_strdup(session->user->passcode));

    return g_strcmp0(tokencode, expected) == 0;
}

static void write_password(GString *out, const LabScenario *scenario, const LabSession *session)
{
    write_user(out, scenario, session);
    lab_write_param(out, "domain", (const char *const *) scenario->domains);
}

static bool accepts_password(
    const LabScenario *scenario, LabSession *session, const xmlNode *params)
{
    g_autofree char *name = read_param(params, "username");
    g_autofree char *password = read_param(params, "password");
    g_autofree char *domain = read_param(params, "domain");
    const LabUser *user = name != NULL ? lab_scenario_user(scenario, name) : NULL;

    if (user == NULL || g_strcmp0(password, user->password) != 0 || domain == NULL
        || !g_strv_contains((const char *const *) scenario->domains, domain)) {
        return false;
    }
    session->user = user;
    return true;
}

/* Nothing is changed: the lab forgets, and tests that run beside each other share its users. */
static bool accepts_new_password(
    const LabScenario *scenario, LabSession *session, const xmlNode *params)
{
    g_autofree char *old = read_param(params, "oldPassword");
    g_autofree char *first = read_param(params, "newPassword1");
    g_autofree char *second = read_param(params, "newPassword2");

    return session->user != NULL && g_strcmp0(old, session->user->password) == 0 && first != NULL
        && *first != '\0' && g_strcmp0(first, second) == 0 && g_strcmp0(first, old) != 0;
}

static const LabScreen screens[] = {
    {"disclaimer", "You have to accept this.", write_disclaimer, accepts_disclaimer},
    {"securid-passcode", "Access denied.", write_user, accepts_passcode},
    {"securid-nexttokencode", "Wait for the next code.", write_nothing, accepts_next_token},
    {"windows-password", "Unknown user name or bad password.", write_password, accepts_password},
    {"windows-password-expired", "The new password is not acceptable.", write_user,
        accepts_new_password},
};

const LabScreen *lab_screen_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(screens); i++) {
        if (g_str_equal(screens[i].name, name)) {
            return &screens[i];
        }
    }
    return NULL;
}

void lab_screen_write(GString *out, const LabScreen *screen, const LabScenario *scenario,
    const LabSession *session, const char *refusal)
{
    g_string_append(out, "<authentication><screen>");
    lab_write_text(out, "name", screen->name);
    g_string_append(out, "<params>");
    screen->write(out, scenario, session);
    if (refusal != NULL) {
        write_value(out, "error", refusal);
    }
    g_string_append(out, "</params></screen></authentication>");
}

bool lab_screen_is_meant(const LabScreen *screen, const xmlNode *answer)
{
    g_autofree char *name = lab_node_text(lab_node_find(answer, "name"));

    return g_str_equal(g_strstrip(name), screen->name);
}

bool lab_screen_accepts(const LabScreen *screen, const LabScenario *scenario, LabSession *session,
    const xmlNode *answer)
{
    return screen->accepts(scenario, session, lab_node_find(answer, "params"));
}

const char *lab_screen_refusal(const LabScreen *screen)
{
    return screen->refusal;
}

char *lab_screen_describe(const xmlNode *answer)
{
    const char *const shown[] = {"username", "domain", "accept", NULL};
    g_autofree char *screen = lab_node_text(lab_node_find(answer, "name"));
    g_autofree char *clean_screen = vdi_text_clean(screen);
    GString *line = g_string_new("screen=");
    const xmlNode *param = lab_node_find(answer, "params/param");

    g_string_append(line, clean_screen);
    for (; param != NULL; param = lab_node_next(param->next, "param")) {
        g_autofree char *name = lab_node_text(lab_node_find(param, "name"));
        g_autofree char *value = lab_node_text(lab_node_find(param, "values/value"));
        g_autofree char *clean_name = vdi_text_clean(name);
        g_autofree char *quoted = vdi_text_quote(value);

        g_string_append_printf(
            line, " %s=%s", clean_name, g_strv_contains(shown, name) ? quoted : "***");
    }
    return g_string_free(line, FALSE);
}
