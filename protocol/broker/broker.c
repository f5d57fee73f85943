/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/broker.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "protocol/broker/direct.h"
#include "protocol/broker/view_conversation.h"

static const VdiBrokerOps *const implementations[] = {&vdi_view_ops, &vdi_direct_ops};

static void field_free(VdiScreenField *field)
{
    if (field != NULL) {
        g_free(field->name);
        g_free(field->value);
        g_strfreev(field->choices);
        g_free(field);
    }
}

VdiScreen *vdi_screen_new(const char *name)
{
    VdiScreen *screen = g_new0(VdiScreen, 1);

    screen->name = g_strdup(name);
    screen->fields = g_ptr_array_new_with_free_func((GDestroyNotify) field_free);
    return screen;
}

void vdi_screen_free(VdiScreen *screen)
{
    if (screen != NULL) {
        g_free(screen->name);
        g_free(screen->title);
        g_free(screen->text);
        g_free(screen->error);
        g_clear_pointer(&screen->fields, g_ptr_array_unref);
        g_free(screen);
    }
}

VdiScreenField *vdi_screen_add(VdiScreen *screen, const char *name, bool is_secret)
{
    VdiScreenField *field = g_new0(VdiScreenField, 1);

    field->name = g_strdup(name);
    field->is_secret = is_secret;
    g_ptr_array_add(screen->fields, field);
    return field;
}

VdiScreen *vdi_screen_copy(const VdiScreen *screen)
{
    VdiScreen *copy = vdi_screen_new(screen->name);

    copy->title = g_strdup(screen->title);
    copy->text = g_strdup(screen->text);
    copy->error = g_strdup(screen->error);
    copy->is_known = screen->is_known;
    for (size_t i = 0; i < screen->fields->len; i++) {
        const VdiScreenField *field = g_ptr_array_index(screen->fields, i);
        VdiScreenField *added = vdi_screen_add(copy, field->name, field->is_secret);

        added->value = g_strdup(field->value);
        added->choices = g_strdupv(field->choices);
        added->is_read_only = field->is_read_only;
    }
    return copy;
}

VdiAnswer *vdi_answer_new(const char *name, const char *text, VdiSecret *take_secret)
{
    VdiAnswer *answer = g_new0(VdiAnswer, 1);

    g_assert((text != NULL) != (take_secret != NULL));
    answer->name = g_strdup(name);
    answer->text = g_strdup(text);
    answer->secret = take_secret;
    return answer;
}

void vdi_answer_free(VdiAnswer *answer)
{
    if (answer != NULL) {
        g_free(answer->name);
        g_free(answer->text);
        vdi_secret_free(answer->secret);
        g_free(answer);
    }
}

const VdiAnswer *vdi_answers_find(const GPtrArray *answers, const char *name)
{
    for (size_t i = 0; i < answers->len; i++) {
        const VdiAnswer *answer = g_ptr_array_index(answers, i);

        if (strcmp(answer->name, name) == 0) {
            return answer;
        }
    }
    return NULL;
}

void vdi_desktop_free(VdiDesktop *desktop)
{
    if (desktop != NULL) {
        g_free(desktop->id);
        g_free(desktop->name);
        g_strfreev(desktop->protocols);
        g_free(desktop);
    }
}

void vdi_target_free(VdiTarget *target)
{
    if (target != NULL) {
        g_free(target->host);
        g_free(target->user);
        g_free(target->domain);
        vdi_secret_free(target->password);
        g_free(target->pin);
        g_free(target);
    }
}

static VdiBroker *fail_address(const char *address, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(address);

    g_set_error(error, VDI_CLIENT_ERROR, VDI_CLIENT_ERROR_SERVER, "%s: %s", shown, what);
    return NULL;
}

VdiBroker *vdi_broker_new(const char *address, const VdiBrokerOptions *options, GError **error)
{
    g_autofree char *full =
        strstr(address, "://") != NULL ? g_strdup(address) : g_strconcat("https://", address, NULL);
    g_autoptr(GUri) uri = g_uri_parse(full, G_URI_FLAGS_HAS_PASSWORD, NULL);

    if (uri == NULL || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0') {
        return fail_address(address, "no host in it", error);
    }
    if (g_uri_get_password(uri) != NULL) {
        g_set_error_literal(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_SECRET,
            "a password inside the server's address");
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(implementations); i++) {
        if (implementations[i]->takes(uri)) {
            return implementations[i]->create(uri, options, error);
        }
    }
    return fail_address(address, "neither https:// nor rdp://", error);
}

void vdi_broker_free(VdiBroker *broker)
{
    if (broker != NULL) {
        broker->ops->destroy(broker);
    }
}
