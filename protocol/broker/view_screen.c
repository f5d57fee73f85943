/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/view_screen.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "protocol/broker/target.h"

enum { FIELDS_MAX = 16, KNOWN_MAX = 3 };

/* Newer brokers send this in place of their list of domains: the person then types one. */
#define ANY_DOMAIN "*DefaultDomain*"

typedef enum {
    FIELD_END,
    FIELD_TEXT,   /* free, the broker may propose it or hold it fast */
    FIELD_CHOICE, /* one of the broker's values */
    FIELD_SECRET,
    FIELD_FIXED, /* never asked */
} FieldKind;

typedef struct {
    const char *name;
    FieldKind kind;
    const char *fixed;
} KnownField;

typedef struct {
    const char *name;
    const char *answered_as; /* NULL: by its own name */
    bool is_elsewhere;       /* needs what this client does not have */
    KnownField fields[KNOWN_MAX + 1];
} KnownScreen;

static const KnownScreen screens[] = {
    {"disclaimer", NULL, false, {{"accept", FIELD_FIXED, "true"}}},
    {"securid-passcode", NULL, false,
        {{"username", FIELD_TEXT, NULL}, {"passcode", FIELD_SECRET, NULL}}},
    {"securid-nexttokencode", NULL, false, {{"tokencode", FIELD_SECRET, NULL}}},
    {"securid-pinchange", NULL, false,
        {{"pin1", FIELD_SECRET, NULL}, {"pin2", FIELD_SECRET, NULL}}},
    {"securid-wait", "securid-passcode", false,
        {{"username", FIELD_TEXT, NULL}, {"passcode", FIELD_SECRET, NULL}}},
    {"windows-password", NULL, false,
        {{"username", FIELD_TEXT, NULL}, {"password", FIELD_SECRET, NULL},
            {"domain", FIELD_CHOICE, NULL}}},
    {"windows-password-expired", NULL, false,
        {{"oldPassword", FIELD_SECRET, NULL}, {"newPassword1", FIELD_SECRET, NULL},
            {"newPassword2", FIELD_SECRET, NULL}}},
    {"cert-auth", NULL, true, {{NULL, FIELD_END, NULL}}},
    {"saml", NULL, true, {{NULL, FIELD_END, NULL}}},
};

static const KnownScreen *find_screen(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(screens); i++) {
        if (strcmp(screens[i].name, name) == 0) {
            return &screens[i];
        }
    }
    return NULL;
}

static const VdiElement *find_param(const VdiElement *params, const char *name)
{
    for (size_t i = 0; params != NULL && i < vdi_element_n_children(params); i++) {
        const VdiElement *param = vdi_element_child(params, i);
        g_autofree char *label = vdi_element_word(param, "name");

        if (g_strcmp0(label, name) == 0) {
            return param;
        }
    }
    return NULL;
}

/* Empty values are dropped; a param that has none gives an empty list. */
static GStrv read_values(const VdiElement *param)
{
    const VdiElement *values = vdi_element_find(param, "values");
    g_autoptr(GStrvBuilder) read = g_strv_builder_new();

    for (size_t i = 0; values != NULL && i < vdi_element_n_children(values); i++) {
        const char *text = vdi_element_text(vdi_element_child(values, i));

        if (*text != '\0') {
            g_strv_builder_add(read, text);
        }
    }
    return g_strv_builder_end(read);
}

static char *join_values(const VdiElement *params, const char *name)
{
    g_auto(GStrv) values = read_values(find_param(params, name));

    return values[0] != NULL ? g_strjoinv("\n", values) : NULL;
}

static void propose(VdiScreenField *field, FieldKind kind, const VdiElement *param)
{
    g_auto(GStrv) values = read_values(param);

    field->is_read_only = vdi_element_find(param, "readonly") != NULL && values[0] != NULL;
    if (kind == FIELD_CHOICE && values[0] != NULL) {
        bool any = g_strv_contains((const char *const *) values, ANY_DOMAIN);

        field->choices = any ? NULL : g_steal_pointer(&values);
        field->value = any ? NULL : g_strdup(field->choices[0]);
    } else {
        field->value = g_strdup(values[0]);
    }
}

static bool add_known(
    VdiScreen *screen, const KnownScreen *known, const VdiElement *params, GError **error)
{
    for (const KnownField *field = known->fields; field->kind != FIELD_END; field++) {
        if (field->kind != FIELD_FIXED) {
            VdiScreenField *added =
                vdi_screen_add(screen, field->name, field->kind == FIELD_SECRET);

            propose(added, field->kind, find_param(params, field->name));
        }
    }
    /* A PIN that the system chose is typed back by nobody: it is sent as it came. */
    if (strcmp(screen->name, "securid-pinchange") == 0) {
        g_autofree char *selectable = join_values(params, "user-selectable");
        bool is_locked = g_strcmp0(selectable, "CANNOT_CHOOSE_PIN") == 0;
        VdiScreenField *first = g_ptr_array_index(screen->fields, 0);
        VdiScreenField *second = g_ptr_array_index(screen->fields, 1);

        first->is_read_only = second->is_read_only = is_locked;
        g_free(second->value);
        second->value = g_strdup(first->value);
        if (is_locked && first->value == NULL) {
            g_set_error_literal(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID,
                "a new PIN that may not be chosen and is not given");
            return false;
        }
    }
    return true;
}

static bool is_hidden(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    return strstr(lower, "pass") != NULL || strstr(lower, "pin") != NULL
        || strstr(lower, "code") != NULL;
}

/* A screen that nobody told us of: an entry for each param that may be changed. */
static bool add_generic(VdiScreen *screen, const VdiElement *params, GError **error)
{
    for (size_t i = 0; params != NULL && i < vdi_element_n_children(params); i++) {
        const VdiElement *param = vdi_element_child(params, i);
        g_autofree char *name = vdi_element_word(param, "name");

        if (name == NULL || *name == '\0' || screen->fields->len == FIELDS_MAX) {
            g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID,
                "a sign-in screen with a nameless field, or with more than %d", FIELDS_MAX);
            return false;
        }
        if (strcmp(name, "error") != 0 && strcmp(name, "text") != 0
            && strcmp(name, "message") != 0) {
            propose(vdi_screen_add(screen, name, is_hidden(name)), FIELD_TEXT, param);
        }
    }
    return true;
}

static char *read_text(const VdiElement *screen, const VdiElement *params)
{
    char *text = join_values(params, "text");

    if (text == NULL) {
        text = join_values(params, "message");
    }
    return text != NULL ? text : vdi_element_word(screen, "text");
}

VdiScreen *vdi_view_screen_read(const VdiElement *authentication, GError **error)
{
    const VdiElement *element = vdi_element_find(authentication, "screen");
    const VdiElement *params = vdi_element_find(element, "params");
    g_autofree char *name = vdi_element_word(element, "name");

    if (name == NULL || *name == '\0') {
        g_set_error_literal(
            error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID, "a sign-in screen without a name");
        return NULL;
    }
    const KnownScreen *known = find_screen(name);
    g_autoptr(VdiScreen) screen = vdi_screen_new(name);

    if (known != NULL && known->is_elsewhere) {
        g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_SCREEN, "screen \"%s\"", known->name);
        return NULL;
    }
    screen->is_known = known != NULL;
    screen->title = vdi_element_word(element, "title");
    screen->text = read_text(element, params);
    screen->error = join_values(params, "error");
    if (known != NULL ? !add_known(screen, known, params, error)
                      : !add_generic(screen, params, error)) {
        return NULL;
    }
    return g_steal_pointer(&screen);
}

/* What the person said; else what the broker proposed; else nothing. */
static VdiAnswer *answer_field(const VdiScreenField *field, const GPtrArray *answers)
{
    const VdiAnswer *given = vdi_answers_find(answers, field->name);

    if (given != NULL && !field->is_read_only) {
        return given->secret != NULL
            ? vdi_answer_new(field->name, NULL, vdi_secret_copy(given->secret))
            : vdi_answer_new(field->name, given->text, NULL);
    }
    return vdi_answer_new(field->name, field->value != NULL ? field->value : "", NULL);
}

static bool spell_domain(const VdiScreenField *field, VdiAnswer *answer, GError **error)
{
    if (field->choices == NULL || answer->text == NULL) {
        return true;
    }
    for (size_t i = 0; field->choices[i] != NULL; i++) {
        if (*answer->text == '\0' || g_ascii_strcasecmp(field->choices[i], answer->text) == 0) {
            g_free(answer->text);
            answer->text = g_strdup(field->choices[i]);
            return true;
        }
    }
    g_autofree char *offered = g_strjoinv(", ", field->choices);
    g_autofree char *shown = vdi_text_quote(answer->text);
    g_autofree char *shown_offered = vdi_text_quote(offered);

    g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED,
        "domain %s is none of the broker's: %s", shown, shown_offered);
    return false;
}

/* XML 1.0 carries no control characters, and the wire is UTF-8: better said than left out. */
static bool can_be_sent(const VdiAnswer *answer, GError **error)
{
    const char *text = answer->secret != NULL ? vdi_secret_text(answer->secret) : answer->text;

    if (vdi_target_text_is_sound(text)) {
        return true;
    }
    g_autofree char *shown = vdi_text_quote(answer->name);

    g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED,
        "%s is not UTF-8, or holds control characters: it cannot be sent", shown);
    return false;
}

/* DOMAIN\user, where nobody gave a domain of its own. */
static void split_user(GPtrArray *sent)
{
    VdiAnswer *user = (VdiAnswer *) vdi_answers_find(sent, "username");
    VdiAnswer *domain = (VdiAnswer *) vdi_answers_find(sent, "domain");
    const char *stroke =
        user != NULL && user->text != NULL && domain != NULL ? strchr(user->text, '\\') : NULL;

    if (stroke != NULL) {
        char *name = g_strdup(stroke + 1);

        g_free(domain->text);
        domain->text = g_strndup(user->text, (gsize) (stroke - user->text));
        g_free(user->text);
        user->text = name;
    }
}

GPtrArray *vdi_view_screen_answer(
    const VdiScreen *screen, const GPtrArray *answers, const char **ret_name, GError **error)
{
    const KnownScreen *known = find_screen(screen->name);
    g_autoptr(GPtrArray) sent = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);

    for (size_t i = 0; i < screen->fields->len; i++) {
        g_ptr_array_add(sent, answer_field(g_ptr_array_index(screen->fields, i), answers));
    }
    split_user(sent);
    for (size_t i = 0; i < screen->fields->len; i++) {
        if (!can_be_sent(g_ptr_array_index(sent, i), error)
            || !spell_domain(
                g_ptr_array_index(screen->fields, i), g_ptr_array_index(sent, i), error)) {
            return NULL;
        }
    }
    for (const KnownField *field = known != NULL ? known->fields : NULL;
         field != NULL && field->kind != FIELD_END; field++) {
        if (field->kind == FIELD_FIXED) {
            g_ptr_array_add(sent, vdi_answer_new(field->name, field->fixed, NULL));
        }
    }
    *ret_name = known != NULL && known->answered_as != NULL ? known->answered_as : screen->name;
    return g_steal_pointer(&sent);
}
