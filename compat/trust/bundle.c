/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/bundle_private.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/metadata.h"

#define WELCOME_NAME "welcome.json"

enum { NAME_MAX_BYTES = 255 };

static void member_free(gpointer data)
{
    VdiBundleMember *member = data;

    g_free(member->name);
    g_clear_pointer(&member->bytes, g_bytes_unref);
    g_free(member);
}

VdiBundle *vdi_bundle_new(VdiBundleKind kind)
{
    VdiBundle *bundle = g_new0(VdiBundle, 1);

    bundle->kind = kind;
    bundle->members = g_ptr_array_new_with_free_func(member_free);
    return bundle;
}

void vdi_bundle_set_organisation(VdiBundle *bundle, const char *name)
{
    g_free(bundle->organisation);
    bundle->organisation = g_strdup(name);
}

void vdi_bundle_free(VdiBundle *bundle)
{
    if (bundle != NULL) {
        g_free(bundle->organisation);
        g_ptr_array_unref(bundle->members);
        g_free(bundle);
    }
}

/* ---- members ---- */

/* "7.snapshot.json" and "snapshot.json" are the snapshot; a delegated role's name never is one of
 * the four. */
VdiBundleRank vdi_bundle_rank(VdiTrustKind kind, const char *name, guint64 *ret_number)
{
    static const struct {
        const char *name;
        VdiBundleRank rank;
    } ranks[] = {{"root.json", VDI_BUNDLE_RANK_ROOT}, {"timestamp.json", VDI_BUNDLE_RANK_TIMESTAMP},
        {"snapshot.json", VDI_BUNDLE_RANK_SNAPSHOT}, {"targets.json", VDI_BUNDLE_RANK_TARGETS}};
    size_t digits = strspn(name, "0123456789");
    const char *role = digits > 0 && name[digits] == '.' ? name + digits + 1 : name;

    *ret_number = 0;
    if (kind == VDI_TRUST_TARGET) {
        return VDI_BUNDLE_RANK_TARGET;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ranks); i++) {
        if (strcmp(role, ranks[i].name) == 0) {
            g_autofree char *number = g_strndup(name, digits);

            return ranks[i].rank != VDI_BUNDLE_RANK_ROOT
                    || g_ascii_string_to_unsigned(number, 10, 1, G_MAXINT32, ret_number, NULL)
                ? ranks[i].rank
                : VDI_BUNDLE_RANK_ROLE;
        }
    }
    return VDI_BUNDLE_RANK_ROLE;
}

int vdi_bundle_compare(const VdiBundleMember *a, const VdiBundleMember *b)
{
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

/* As vdi_trust_source_name makes them. */
static bool is_name(const char *name, bool is_path)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);

    for (size_t i = 0; parts[i] != NULL; i++) {
        for (const char *at = parts[i]; *at != '\0'; at++) {
            if (!g_ascii_isalnum(*at) && strchr("-._~%", *at) == NULL) {
                return false;
            }
        }
        if (*parts[i] == '\0' || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0) {
            return false;
        }
    }
    return parts[0] != NULL && (is_path || parts[1] == NULL) && strlen(name) <= NAME_MAX_BYTES;
}

static size_t ceiling(VdiBundleRank rank)
{
    return rank == VDI_BUNDLE_RANK_TARGET ? VDI_METADATA_TARGET_MAX_BYTES
        : rank == VDI_BUNDLE_RANK_WELCOME ? VDI_BUNDLE_WELCOME_MAX_BYTES
                                          : VDI_METADATA_MAX_BYTES;
}

/* NULL when it is such as no bundle has. */
VdiBundleMember *vdi_bundle_member_new(
    VdiBundleRank rank, guint64 number, const char *name, GBytes *bytes)
{
    if (!is_name(name, rank == VDI_BUNDLE_RANK_TARGET) || g_bytes_get_size(bytes) > ceiling(rank)
        || (rank == VDI_BUNDLE_RANK_WELCOME) != (strcmp(name, WELCOME_NAME) == 0)) {
        return NULL;
    }
    VdiBundleMember *member = g_new0(VdiBundleMember, 1);

    member->rank = rank;
    member->number = number;
    member->name = g_strdup(name);
    member->bytes = g_bytes_ref(bytes);
    return member;
}

/* Takes `member`. */
static void insert(VdiBundle *bundle, VdiBundleMember *member)
{
    guint at = bundle->members->len;

    while (at > 0) {
        int order = vdi_bundle_compare(bundle->members->pdata[at - 1], member);

        if (order == 0) {
            member_free(member);
            return;
        }
        if (order < 0) {
            break;
        }
        at--;
    }
    g_ptr_array_insert(bundle->members, (int) at, member);
}

bool vdi_bundle_add(
    VdiBundle *bundle, VdiTrustKind kind, const char *name, GBytes *bytes, GError **error)
{
    guint64 number = 0;
    VdiBundleRank rank = vdi_bundle_rank(kind, name, &number);
    VdiBundleMember *member = bundle->members->len < VDI_BUNDLE_MEMBERS_MAX
        ? vdi_bundle_member_new(rank, number, name, bytes)
        : NULL;

    if (member == NULL) {
        g_autofree char *shown = vdi_text_quote(name);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "%s: too many, too large, or a name that no bundle can hold", shown);
        return false;
    }
    insert(bundle, member);
    return true;
}

void vdi_bundle_set_welcome(VdiBundle *bundle, GBytes *bytes)
{
    VdiBundleMember *member =
        vdi_bundle_member_new(VDI_BUNDLE_RANK_WELCOME, 0, WELCOME_NAME, bytes);

    g_assert(member != NULL && bundle->kind == VDI_BUNDLE_WELCOME);
    insert(bundle, member);
}

VdiBundleKind vdi_bundle_kind(const VdiBundle *bundle)
{
    return bundle->kind;
}

const char *vdi_bundle_organisation(const VdiBundle *bundle)
{
    return bundle->organisation;
}

static const VdiBundleMember *find(const VdiBundle *bundle, bool is_target, const char *name)
{
    for (guint i = 0; i < bundle->members->len; i++) {
        const VdiBundleMember *member = bundle->members->pdata[i];

        if ((member->rank == VDI_BUNDLE_RANK_TARGET) == is_target
            && strcmp(member->name, name) == 0) {
            return member;
        }
    }
    return NULL;
}

GBytes *vdi_bundle_welcome(const VdiBundle *bundle)
{
    const VdiBundleMember *member = bundle->members->len > 0 ? bundle->members->pdata[0] : NULL;

    return member != NULL && member->rank == VDI_BUNDLE_RANK_WELCOME ? member->bytes : NULL;
}

GBytes *vdi_bundle_file(const VdiBundle *bundle, VdiTrustKind kind, const char *name)
{
    const VdiBundleMember *member = find(bundle, kind == VDI_TRUST_TARGET, name);

    return member != NULL && member->rank != VDI_BUNDLE_RANK_WELCOME ? member->bytes : NULL;
}

GBytes *vdi_bundle_first_root(const VdiBundle *bundle, int64_t *ret_version)
{
    for (guint i = 0; i < bundle->members->len; i++) {
        const VdiBundleMember *member = bundle->members->pdata[i];

        if (member->rank == VDI_BUNDLE_RANK_ROOT) {
            *ret_version = (int64_t) member->number;
            return member->bytes;
        }
    }
    return NULL;
}

/* ---- the source ---- */

typedef struct {
    VdiTrustSource source;
    const VdiBundle *bundle;
} BundleSource;

static GBytes *bundle_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    BundleSource *self = (BundleSource *) source;
    GBytes *bytes = vdi_bundle_file(self->bundle, request->kind, request->name);

    if (bytes == NULL) {
        g_set_error(
            error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "%s: not in the file", request->name);
        return NULL;
    }
    if (g_bytes_get_size(bytes) > request->max_bytes) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH, "%s: more than %zu bytes",
            request->name, request->max_bytes);
        return NULL;
    }
    return g_bytes_ref(bytes);
}

static void bundle_source_free(VdiTrustSource *source)
{
    g_free(source);
}

VdiTrustSource *vdi_trust_source_new_bundle(const VdiBundle *bundle)
{
    BundleSource *self = g_new0(BundleSource, 1);

    self->source = (VdiTrustSource){bundle_fetch, bundle_source_free};
    self->bundle = bundle;
    return &self->source;
}
