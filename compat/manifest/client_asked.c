/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/client_asked.h"

#include <stdbool.h>
#include <string.h>

#include "base/command.h"
#include "base/text.h"
#include "compat/host/clients.h"
#include "compat/rules/condition.h"
#include "compat/rules/version.h"

static bool is_client_id(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return length > 0 && length <= VDI_CONDITION_TEXT_MAX && id[length] == '\0';
}

/* What people call it, without what explains it: "View Client, before …". */
static char *product_of(const char *id)
{
    for (const VdiClientRow *row = vdi_clients(); row->id != NULL; row++) {
        if (strcmp(row->id, id) == 0) {
            return g_strndup(row->product, strcspn(row->product, ",("));
        }
    }
    return g_strdup(id);
}

VdiClientAsked *vdi_client_asked_read(const char *text, GError **error)
{
    static const char *const comparators[] = {"<=", "<", "="};
    g_autoptr(VdiClientAsked) client = g_new0(VdiClientAsked, 1);
    size_t length = strcspn(text, "<=");

    client->id = g_strndup(text, length);
    client->comparator = "*";
    for (size_t k = 0; text[length] != '\0' && client->version == NULL; k++) {
        if (g_str_has_prefix(text + length, comparators[k])) {
            client->comparator = comparators[k];
            client->version = g_strdup(text + length + strlen(comparators[k]));
        }
    }
    if (!is_client_id(client->id)
        || (client->version != NULL
            && !vdi_version_is_valid(&vdi_version_generic, client->version))) {
        g_autofree char *shown = vdi_text_quote(text);
        g_autofree char *detail = g_strdup_printf(
            "--client %s: a name and dotted numbers are due, as view-client<4.5 or view-client",
            shown);

        (void) vdi_call_fail_value(detail, error);
        return NULL;
    }
    client->product = g_strchomp(product_of(client->id));
    return g_steal_pointer(&client);
}

void vdi_client_asked_free(VdiClientAsked *client)
{
    if (client != NULL) {
        g_free(client->id);
        g_free(client->product);
        g_free(client->version);
        g_free(client);
    }
}
