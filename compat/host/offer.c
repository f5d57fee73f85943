/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/offer.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/package_type.h"
#include "compat/rules/version.h"

typedef struct {
    char *name, *arch, *version;
    bool is_security;
} Line;

struct VdiOffer {
    char *type, *namespace;
    GPtrArray *come, *go;   /* of Line, owned */
    GHashTable *come_names; /* name → GPtrArray of Line, borrowed */
};

static void line_free(gpointer data)
{
    Line *line = data;

    g_free(line->name);
    g_free(line->arch);
    g_free(line->version);
    g_free(line);
}

VdiOffer *vdi_offer_new(const char *type, const char *namespace)
{
    VdiOffer *offer = g_new0(VdiOffer, 1);

    offer->type = g_strdup(type);
    offer->namespace = g_strdup(namespace);
    offer->come = g_ptr_array_new_with_free_func(line_free);
    offer->go = g_ptr_array_new_with_free_func(line_free);
    offer->come_names =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
    return offer;
}

void vdi_offer_free(VdiOffer *offer)
{
    if (offer != NULL) {
        g_hash_table_unref(offer->come_names);
        g_ptr_array_unref(offer->come);
        g_ptr_array_unref(offer->go);
        g_free(offer->type);
        g_free(offer->namespace);
        g_free(offer);
    }
}

/* "0:1.2-3" is "1.2-3": programs differ in whether they say so. */
static const char *without_zero_epoch(const char *version)
{
    return g_str_has_prefix(version, "0:") ? version + 2 : version;
}

static Line *new_line(const char *name, const char *arch, const char *version, GError **error)
{
    const char *plain = without_zero_epoch(version);

    if (!vdi_package_type_is_name(name) || !vdi_package_type_is_version(plain)
        || (arch != NULL && !vdi_package_type_is_name(arch))) {
        g_autofree char *whole = g_strconcat(name, " ", version, " ", arch, NULL);
        g_autofree char *shown = vdi_text_quote(whole);

        g_set_error(
            error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "not a version of a package: %s", shown);
        return NULL;
    }
    Line *line = g_new0(Line, 1);

    line->name = g_strdup(name);
    line->arch = g_strdup(arch);
    line->version = g_strdup(plain);
    return line;
}

bool vdi_offer_comes(
    VdiOffer *offer, const char *name, const char *arch, const char *version, GError **error)
{
    Line *line = new_line(name, arch, version, error);

    if (line == NULL) {
        return false;
    }
    GPtrArray *same = g_hash_table_lookup(offer->come_names, line->name);

    if (same == NULL) {
        same = g_ptr_array_new();
        g_hash_table_insert(offer->come_names, line->name, same);
    }
    g_ptr_array_add(same, line);
    g_ptr_array_add(offer->come, line);
    return true;
}

bool vdi_offer_goes(
    VdiOffer *offer, const char *name, const char *arch, const char *version, GError **error)
{
    Line *line = new_line(name, arch, version, error);

    if (line != NULL) {
        g_ptr_array_add(offer->go, line);
    }
    return line != NULL;
}

void vdi_offer_mark_security(
    VdiOffer *offer, const char *name, const char *arch, const char *version)
{
    const GPtrArray *same = g_hash_table_lookup(offer->come_names, name);
    const VdiVersionScheme *scheme = vdi_version_scheme(offer->type);
    const char *plain = without_zero_epoch(version);

    for (guint i = 0; same != NULL && i < same->len; i++) {
        Line *line = same->pdata[i];

        if (vdi_package_type_same_arch(line->arch, arch)
            && vdi_version_is_valid(scheme, line->version) && vdi_version_is_valid(scheme, plain)
            && scheme->compare(line->version, plain) >= 0) {
            line->is_security = true;
        }
    }
}

bool vdi_offer_has(const VdiOffer *offer, const char *name, const char *version)
{
    const GPtrArray *same = g_hash_table_lookup(offer->come_names, name);

    for (guint i = 0; same != NULL && i < same->len; i++) {
        const Line *line = same->pdata[i];

        if (version == NULL || strcmp(line->version, version) == 0) {
            return true;
        }
    }
    return false;
}

/* What goes for it: of the same architecture before one that stands for all. */
static const Line *find_replaced(const VdiOffer *offer, const Line *line, GHashTable *taken)
{
    const Line *other = NULL;

    for (guint i = 0; i < offer->go->len; i++) {
        const Line *gone = offer->go->pdata[i];

        if (strcmp(gone->name, line->name) != 0 || g_hash_table_contains(taken, gone)) {
            continue;
        }
        if (g_strcmp0(gone->arch, line->arch) == 0) {
            return gone;
        }
        if (vdi_package_type_same_arch(gone->arch, line->arch)) {
            other = gone;
        }
    }
    return other;
}

VdiChange *vdi_offer_change(const VdiOffer *offer)
{
    VdiChange *change = vdi_change_new();
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < offer->come->len; i++) {
        const Line *line = offer->come->pdata[i];
        const Line *gone = find_replaced(offer, line, taken);

        if (gone != NULL) {
            g_hash_table_add(taken, (gpointer) gone);
        }
        vdi_change_add(change, offer->type, offer->namespace, line->name, line->arch,
            gone != NULL ? gone->version : NULL, line->version, line->is_security);
    }
    for (guint i = 0; i < offer->go->len; i++) {
        const Line *gone = offer->go->pdata[i];

        if (!g_hash_table_contains(taken, gone)) {
            vdi_change_add(change, offer->type, offer->namespace, gone->name, gone->arch,
                gone->version, NULL, false);
        }
    }
    return change;
}

VdiChange *vdi_offer_bring(
    const VdiOffer *offer, const VdiChangeItem *candidate, const char *program, GError **error)
{
    if (!vdi_offer_has(offer, candidate->name, candidate->after)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s cannot install %s %s", program,
            candidate->name, candidate->after);
        return NULL;
    }
    return vdi_offer_change(offer);
}
