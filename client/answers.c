/* SPDX-License-Identifier: Apache-2.0 */
#include "client/answers.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum { NAMES_SHOWN_MAX = 20 };

GError *vdi_answers_unanswerable(const VdiScreen *screen, const char *why)
{
    g_autofree char *shown = vdi_text_quote(screen->name);

    return g_error_new(VDI_BROKER_ERROR, VDI_BROKER_ERROR_SCREEN, "screen %s: %s", shown, why);
}

GPtrArray *vdi_answers_to(const VdiOptions *options, const VdiScreen *screen, GError **error)
{
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);
    const char *user = vdi_options_text(options, "user");
    const char *domain = vdi_options_text(options, "domain");

    for (size_t i = 0; i < screen->fields->len; i++) {
        const VdiScreenField *field = g_ptr_array_index(screen->fields, i);

        if (strcmp(field->name, "username") == 0 && user == NULL && field->value == NULL) {
            g_set_error_literal(error, VDI_CLIENT_ERROR, VDI_CLIENT_ERROR_NO_USER, "no --user");
            return NULL;
        }
        if (strcmp(field->name, "username") == 0) {
            if (user != NULL) {
                g_ptr_array_add(answers, vdi_answer_new(field->name, user, NULL));
            }
        } else if (strcmp(field->name, "domain") == 0) {
            if (domain != NULL) {
                g_ptr_array_add(answers, vdi_answer_new(field->name, domain, NULL));
            }
        } else if (strcmp(field->name, "password") == 0 && options->password == NULL) {
            g_set_error_literal(error, VDI_CLIENT_ERROR, VDI_CLIENT_ERROR_NO_SECRET,
                "no --password-fd and no --password-file");
            return NULL;
        } else if (strcmp(field->name, "password") == 0) {
            g_ptr_array_add(
                answers, vdi_answer_new(field->name, NULL, vdi_secret_copy(options->password)));
        } else {
            g_autofree char *shown = vdi_text_quote(field->name);
            g_autofree char *why = g_strdup_printf("nothing is known for its field %s", shown);

            g_propagate_error(error, vdi_answers_unanswerable(screen, why));
            return NULL;
        }
    }
    return g_steal_pointer(&answers);
}

static GError *not_offered(const GPtrArray *desktops, const char *wanted)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *shown_wanted = vdi_text_quote(wanted);

    for (size_t i = 0; i < desktops->len && i < NAMES_SHOWN_MAX; i++) {
        const VdiDesktop *desktop = g_ptr_array_index(desktops, i);
        g_autofree char *shown = vdi_text_quote(desktop->name);

        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", shown);
    }
    if (desktops->len > NAMES_SHOWN_MAX) {
        g_string_append(names, ", …");
    }
    return g_error_new(VDI_BROKER_ERROR, VDI_BROKER_ERROR_NO_DESKTOP, "wanted %s, there are %s",
        shown_wanted, names->str);
}

/* By its exact name; without one, the only desktop, or the one that the person's preference at the
 * broker opens. */
static const VdiDesktop *find_desktop(const GPtrArray *desktops, const char *wanted)
{
    for (size_t i = 0; i < desktops->len; i++) {
        const VdiDesktop *desktop = g_ptr_array_index(desktops, i);

        if (wanted != NULL ? strcmp(desktop->name, wanted) == 0
                           : desktops->len == 1 || desktop->connects_at_start) {
            return desktop;
        }
    }
    return NULL;
}

const VdiDesktop *vdi_answers_desktop(const GPtrArray *desktops, const char *wanted, GError **error)
{
    const VdiDesktop *desktop = find_desktop(desktops, wanted);

    if (desktop == NULL) {
        g_propagate_error(error, not_offered(desktops, wanted));
    }
    return desktop;
}
