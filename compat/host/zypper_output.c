/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/child.h"
#include "compat/host/package_type.h"
#include "compat/host/zypper.h"

/* What stands below a list of the summary: does the version named come, does the old one go? */
static const struct {
    const char *list;
    bool comes, goes_old, goes;
} lists[] = {
    {"to-upgrade", true, true, false},
    {"to-downgrade", true, true, false},
    {"to-change-arch", true, true, false},
    {"to-change-vendor", true, true, false},
    {"to-install", true, false, false},
    {"to-remove", false, false, true},
    {"to-reinstall", false, false, false},
};

typedef struct {
    VdiOffer *offer;    /* of a summary */
    GPtrArray *patches; /* of a list of patches */
    int list;           /* of `lists`; -1: none */
    bool is_whole;
    bool in_error;
    GString *complaint; /* the last <message type="error">, owned */
} Reader;

static const char *find(const char **names, const char **values, const char *wanted)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], wanted) == 0) {
            return values[i];
        }
    }
    return NULL;
}

static bool take_solvable(
    const Reader *reader, const char **names, const char **values, GError **error)
{
    const char *name = find(names, values, "name"), *version = find(names, values, "edition");
    const char *arch = find(names, values, "arch");
    const char *old_version = find(names, values, "edition-old");
    const char *old_arch = find(names, values, "arch-old");

    if (reader->list < 0 || g_strcmp0(find(names, values, "type"), "package") != 0) {
        return true;
    }
    if (name == NULL || version == NULL || (lists[reader->list].goes_old && old_version == NULL)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
            "zypper says what is not understood of a package");
        return false;
    }
    return (!lists[reader->list].comes
               || vdi_offer_comes(reader->offer, name, arch, version, error))
        && (!lists[reader->list].goes || vdi_offer_goes(reader->offer, name, arch, version, error))
        && (!lists[reader->list].goes_old
            || vdi_offer_goes(
                reader->offer, name, old_arch != NULL ? old_arch : arch, old_version, error));
}

static void take_patch(const Reader *reader, const char **names, const char **values)
{
    const char *name = find(names, values, "name");

    if (g_strcmp0(find(names, values, "kind"), "patch") == 0
        && g_strcmp0(find(names, values, "category"), "security") == 0
        && g_strcmp0(find(names, values, "status"), "needed") == 0 && name != NULL
        && vdi_package_type_is_name(name)) {
        g_ptr_array_add(reader->patches, g_strdup(name));
    }
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names,
    const char **values, gpointer user, GError **error)
{
    Reader *reader = user;

    if (strcmp(element, "message") == 0 && g_strcmp0(find(names, values, "type"), "error") == 0) {
        reader->in_error = true;
        g_string_truncate(reader->complaint, 0);
        return;
    }
    if (reader->patches != NULL) {
        reader->is_whole = reader->is_whole || strcmp(element, "update-status") == 0;
        if (strcmp(element, "update") == 0) {
            take_patch(reader, names, values);
        }
        return;
    }
    reader->is_whole = reader->is_whole || strcmp(element, "install-summary") == 0;
    if (strcmp(element, "solvable") == 0) {
        (void) take_solvable(reader, names, values, error);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strcmp(element, lists[i].list) == 0) {
            reader->list = (int) i;
        }
    }
}

static void on_end(GMarkupParseContext *context, const char *element, gpointer user, GError **error)
{
    Reader *reader = user;

    if (reader->list >= 0 && strcmp(element, lists[reader->list].list) == 0) {
        reader->list = -1;
    }
    reader->in_error = reader->in_error && strcmp(element, "message") != 0;
}

static void on_text(
    GMarkupParseContext *context, const char *text, gsize size, gpointer user, GError **error)
{
    Reader *reader = user;

    if (reader->in_error) {
        g_string_append_len(reader->complaint, text, (gssize) size);
    }
}

/* Who tells no summary says why not. */
static void complain(const Reader *reader, const GError *local, GError **error)
{
    const char *why = reader->complaint->len > 0 ? reader->complaint->str
        : local != NULL                          ? local->message
                                                 : NULL;
    g_autofree char *shown = vdi_text_quote(why);

    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
        "zypper does not say to its end what it would do: %s", shown);
}

static bool parse(GBytes *xml, Reader *reader, GError **error)
{
    static const GMarkupParser parser = {
        .start_element = on_start, .end_element = on_end, .text = on_text};
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, reader, NULL);
    size_t size = 0;
    const char *data = g_bytes_get_data(xml, &size);
    g_autoptr(GError) local = NULL;

    reader->complaint = g_string_new(NULL);
    bool good = size > 0 && g_markup_parse_context_parse(context, data, (gssize) size, &local)
        && g_markup_parse_context_end_parse(context, &local) && reader->is_whole;

    if (!good && local != NULL && local->domain == VDI_HOST_ERROR) {
        g_propagate_error(error, g_steal_pointer(&local));
    } else if (!good) {
        complain(reader, local, error);
    }
    g_string_free(reader->complaint, true);
    return good;
}

bool vdi_zypper_read_summary(GBytes *xml, VdiOffer *offer, GError **error)
{
    Reader reader = {.offer = offer, .list = -1};

    return parse(xml, &reader, error);
}

GPtrArray *vdi_zypper_read_patches(GBytes *xml, GError **error)
{
    g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func(g_free);
    Reader reader = {.patches = patches, .list = -1};

    return parse(xml, &reader, error) ? g_steal_pointer(&patches) : NULL;
}

static bool mark(char **fields, size_t n_fields, void *user, GError **error)
{
    char *dot = n_fields == 3 && strcmp(fields[1], "<") == 0 ? strrchr(fields[0], '.') : NULL;

    if (dot != NULL) {
        *dot = '\0';
        vdi_offer_mark_security(user, fields[0], dot + 1, fields[2]);
    }
    return true;
}

bool vdi_zypper_mark_security(GBytes *text, VdiOffer *offer, GError **error)
{
    return vdi_child_read(text, " ", VDI_HOST_ERROR_OFFER, mark, offer, error);
}
