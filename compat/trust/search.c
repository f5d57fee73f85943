/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/search.h"

#include "base/error.h"
#include "base/text.h"

typedef struct {
    const char *path;
    VdiSearchLoad load;
    void *user;
    GHashTable *seen; /* names of roles */
    GPtrArray *chain; /* of VdiMetadata: the way to the role that is visited */
    bool is_over;
    bool is_found; /* by the last of the chain */
} Search;

/* The role's metadata at the end of the chain. *ret_entered is false when it is to be skipped. */
static bool enter(
    Search *search, const VdiDelegation *delegation, bool *ret_entered, GError **error)
{
    VdiMetadata *metadata = NULL;

    *ret_entered = false;
    if (g_hash_table_contains(search->seen, delegation->name)) {
        return true;
    }
    if (g_hash_table_size(search->seen) == VDI_SEARCH_ROLES_MAX) {
        search->is_over = true;
        return true;
    }
    g_hash_table_add(search->seen, g_strdup(delegation->name));
    metadata = search->load(search->user, delegation, error);
    if (metadata == NULL) {
        return false;
    }
    g_ptr_array_add(search->chain, metadata);
    *ret_entered = true;
    return true;
}

/* At most VDI_SEARCH_ROLES_MAX deep. False: the search failed. */
static bool visit(Search *search, const VdiMetadata *targets, GError **error)
{
    const GPtrArray *roles = targets->delegations != NULL ? targets->delegations->roles : NULL;

    search->is_found = vdi_metadata_target(targets, search->path) != NULL;
    search->is_over = search->is_found;
    for (guint i = 0; roles != NULL && !search->is_over && i < roles->len; i++) {
        const VdiDelegation *delegation = g_ptr_array_index(roles, i);
        bool entered = false;

        if (!vdi_delegation_covers(delegation, search->path)) {
            continue;
        }
        if (!enter(search, delegation, &entered, error)) {
            return false;
        }
        if (entered) {
            guint here = search->chain->len - 1;

            if (!visit(search, g_ptr_array_index(search->chain, here), error)) {
                return false;
            }
            if (!search->is_found) {
                g_ptr_array_remove_index(search->chain, here);
            }
        }
        search->is_over = search->is_over || delegation->is_terminating;
    }
    return true;
}

GPtrArray *vdi_search_run(
    const VdiMetadata *targets, const char *path, VdiSearchLoad load, void *user, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_metadata_free);
    Search search = {.path = path, .load = load, .user = user, .seen = seen, .chain = chain};

    if (!visit(&search, targets, error)) {
        return NULL;
    }
    if (!search.is_found) {
        g_autofree char *shown = vdi_text_quote(path);

        g_set_error(
            error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "%s: no role announces it", shown);
        return NULL;
    }
    return g_steal_pointer(&chain);
}
