/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/holds_file.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "compat/holds_limits.h"

enum { FILE_MAX_BYTES = 4 * 1024 * 1024, ENTRIES_MAX = 10000, TEXT_MAX = 4000 };

static const char *const why_words[] = {"limit", "never", "sudden", "clock", "system", NULL};

static char *file_path(const VdiPaths *paths)
{
    return g_build_filename(paths->state, "holds.json", NULL);
}

/* ---- reading ---- */

static bool read_hold(VdiJson *json, VdiHolds *holds, GError **error)
{
    g_autoptr(VdiHold) hold = g_new0(VdiHold, 1);

    if (!vdi_json_text(json, "package", 1, TEXT_MAX, &hold->package, error)
        || !vdi_json_text(json, "version", 1, TEXT_MAX, &hold->version, error)
        || !vdi_json_text(json, "organisation", 1, TEXT_MAX, &hold->organisation, error)
        || !vdi_json_text(json, "rule", 1, TEXT_MAX, &hold->rule, error)
        || !vdi_json_text(json, "reason", 0, TEXT_MAX, &hold->reason, error)
        || !vdi_json_boolean(json, "security", &hold->is_security, error)
        || !vdi_json_time(json, "until", &hold->until, error) || !vdi_json_end(json, error)) {
        return false;
    }
    g_ptr_array_add(holds->holds, g_steal_pointer(&hold));
    return true;
}

static bool read_countdown(VdiJson *json, VdiHolds *holds, GError **error)
{
    VdiCountdown *countdown = g_new0(VdiCountdown, 1);

    g_ptr_array_add(holds->countdowns, countdown);
    return vdi_json_text(json, "package", 1, TEXT_MAX, &countdown->package, error)
        && vdi_json_boolean(json, "security", &countdown->is_security, error)
        && vdi_json_time(json, "first", &countdown->first_at, error)
        && (!vdi_json_has(json, "ended")
            || vdi_json_time(json, "ended", &countdown->ended_at, error))
        && vdi_json_end(json, error);
}

static bool read_not_held(VdiJson *json, VdiHolds *holds, GError **error)
{
    g_autofree char *package = NULL;
    g_autofree char *version = NULL;
    g_autofree char *organisation = NULL;
    g_autofree char *rule = NULL;
    int why = 0;

    if ((vdi_json_has(json, "package")
            && !vdi_json_text(json, "package", 1, TEXT_MAX, &package, error))
        || (vdi_json_has(json, "version")
            && !vdi_json_text(json, "version", 1, TEXT_MAX, &version, error))
        || !vdi_json_text(json, "organisation", 1, TEXT_MAX, &organisation, error)
        || !vdi_json_text(json, "rule", 1, TEXT_MAX, &rule, error)
        || !vdi_json_word(json, "why", why_words, &why, error) || !vdi_json_end(json, error)) {
        return false;
    }
    vdi_holds_refuse(holds, package, version, organisation, rule, (VdiNotHeldWhy) why);
    return true;
}

typedef bool (*EntryReader)(VdiJson *json, VdiHolds *holds, GError **error);

static bool read_list(
    VdiJson *json, const char *name, EntryReader reader, VdiHolds *holds, GError **error)
{
    VdiJson *array = NULL;

    if (!vdi_json_array(json, name, 0, ENTRIES_MAX, &array, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(array); i++) {
        VdiJson *element = vdi_json_element(array, i);

        if (vdi_json_type(element) != VDI_JSON_OBJECT) {
            g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "%s: not objects", name);
            return false;
        }
        if (!reader(element, holds, error)) {
            g_prefix_error(error, "%s[%zu]: ", name, i);
            return false;
        }
    }
    return true;
}

static VdiHolds *read_document(GBytes *bytes, GError **error)
{
    g_autoptr(VdiJson) json = vdi_json_parse(bytes, FILE_MAX_BYTES, error);
    g_autoptr(VdiHolds) holds = vdi_holds_new();
    int64_t format = 0;

    if (json == NULL || !vdi_json_integer(json, "format", 1, 1, &format, error)
        || !vdi_json_boolean(json, "all-advice", &holds->all_advice, error)
        || !read_list(json, "holds", read_hold, holds, error)
        || !read_list(json, "countdowns", read_countdown, holds, error)
        || !read_list(json, "not-held", read_not_held, holds, error)
        || !vdi_json_end(json, error)) {
        return NULL;
    }
    return g_steal_pointer(&holds);
}

VdiHolds *vdi_holds_read(const VdiPaths *paths, char **ret_problem)
{
    g_autofree char *path = file_path(paths);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = paths->is_personal
        ? vdi_file_read(path, FILE_MAX_BYTES, &error)
        : vdi_file_read_trusted(paths->root, path, FILE_MAX_BYTES, &error);
    VdiHolds *holds = bytes != NULL ? read_document(bytes, &error) : NULL;

    *ret_problem = NULL;
    if (holds == NULL && !g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        *ret_problem = g_strdup_printf("%s: %s", path, error->message);
    }
    return holds != NULL ? holds : vdi_holds_new();
}

/* ---- writing ---- */

VdiJson *vdi_holds_add_json(VdiJson *array, const VdiHold *hold)
{
    VdiJson *json = vdi_json_add_object(array, NULL);

    vdi_json_add_text(json, "package", hold->package);
    vdi_json_add_text(json, "version", hold->version);
    vdi_json_add_text(json, "organisation", hold->organisation);
    vdi_json_add_text(json, "rule", hold->rule);
    vdi_json_add_text(json, "reason", hold->reason);
    vdi_json_add_boolean(json, "security", hold->is_security);
    vdi_json_add_time(json, "until", hold->until);
    return json;
}

static void write_holds(VdiJson *array, const GPtrArray *holds)
{
    for (guint i = 0; i < holds->len; i++) {
        vdi_holds_add_json(array, holds->pdata[i]);
    }
}

static void write_countdowns(VdiJson *array, const GPtrArray *countdowns)
{
    for (guint i = 0; i < countdowns->len; i++) {
        const VdiCountdown *countdown = countdowns->pdata[i];
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "package", countdown->package);
        vdi_json_add_boolean(json, "security", countdown->is_security);
        vdi_json_add_time(json, "first", countdown->first_at);
        if (countdown->ended_at > 0) {
            vdi_json_add_time(json, "ended", countdown->ended_at);
        }
    }
}

static void write_not_held(VdiJson *array, const GPtrArray *not_held)
{
    for (guint i = 0; i < not_held->len; i++) {
        const VdiNotHeld *entry = not_held->pdata[i];
        VdiJson *json = vdi_json_add_object(array, NULL);

        if (entry->package != NULL) {
            vdi_json_add_text(json, "package", entry->package);
        }
        if (entry->version != NULL) {
            vdi_json_add_text(json, "version", entry->version);
        }
        vdi_json_add_text(json, "organisation", entry->organisation);
        vdi_json_add_text(json, "rule", entry->rule);
        vdi_json_add_text(json, "why", vdi_not_held_name(entry->why));
    }
}

bool vdi_holds_write(const VdiPaths *paths, const VdiHolds *holds, GError **error)
{
    g_autofree char *path = file_path(paths);
    g_autoptr(VdiJson) json = vdi_json_new_object();

    vdi_json_add_integer(json, "format", 1);
    vdi_json_add_boolean(json, "all-advice", holds->all_advice);
    write_holds(vdi_json_add_array(json, "holds"), holds->holds);
    write_countdowns(vdi_json_add_array(json, "countdowns"), holds->countdowns);
    write_not_held(vdi_json_add_array(json, "not-held"), holds->not_held);
    g_autofree char *text = vdi_json_print_pretty(json);

    return vdi_file_write_text(path, text, 0644, error);
}
