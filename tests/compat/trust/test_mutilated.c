/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "compat/trust/metadata.h"
#include "tests/support/check.h"

/* Metadata with one part missing, or of another kind: each member in turn, at every depth. */

typedef enum { LEFT_OUT, NULLED, NEGATIVE, N_HARMS } Harm;

static const char *const harms[] = {"left out", "null", "-1"};

/* A copy of a document, but for one value. */
typedef struct {
    GString *out;
    int at, victim; /* values are counted as they are met */
    Harm harm;
    char *name;   /* of the victim; NULL: an element, or there are not so many */
    char *parent; /* the name of what holds it */
} Copy;

static void copy_value(Copy *copy, VdiJson *value, const char *name);

/* True when something was written. */
static bool copy_member(
    Copy *copy, VdiJson *value, const char *name, const char *parent, const char *comma)
{
    bool is_victim = copy->at++ == copy->victim;

    if (is_victim) {
        copy->name = g_strdup(name);
        copy->parent = g_strdup(parent);
        if (copy->harm == LEFT_OUT) {
            return false;
        }
    }
    g_string_append(copy->out, comma);
    if (name != NULL) {
        g_string_append_printf(copy->out, "\"%s\":", name);
    }
    if (is_victim) {
        g_string_append(copy->out, harms[copy->harm]);
    } else {
        copy_value(copy, value, name != NULL ? name : parent);
    }
    return true;
}

static void copy_value(Copy *copy, VdiJson *value, const char *name)
{
    VdiJsonType type = vdi_json_type(value);

    if (type != VDI_JSON_OBJECT && type != VDI_JSON_ARRAY) {
        g_autofree char *text = vdi_json_print(value);

        g_string_append(copy->out, text);
        return;
    }
    g_autofree const char **names = type == VDI_JSON_OBJECT ? vdi_json_names(value) : NULL;
    const char *comma = "";

    g_string_append_c(copy->out, names != NULL ? '{' : '[');
    for (size_t i = 0; i < vdi_json_length(value); i++) {
        if (copy_member(
                copy, vdi_json_element(value, i), names != NULL ? names[i] : NULL, name, comma)) {
            comma = ",";
        }
    }
    g_string_append_c(copy->out, names != NULL ? '}' : ']');
}

/* Without these nothing can be believed. Keys and what is inside them are not among them: an
 * unusable key is one key less. */
static bool is_required(const char *name, const char *parent, Harm harm)
{
    static const char *const required[] = {"signed", "signatures", "keyid", "sig", "_type",
        "spec_version", "version", "expires", "keys", "roles", "keyids", "threshold", "root",
        "timestamp", "snapshot", "targets", "meta", "snapshot.json", "targets.json", "length",
        "hashes", "name", NULL};
    static const char *const typed[] = {
        "consistent_snapshot", "terminating", "delegations", "sha256", NULL};
    static const char *const lists[] = {"paths", "path_hash_prefixes", NULL}; /* null is empty */

    /* Of another metadata file, its version alone must be announced. */
    if (harm == LEFT_OUT && parent != NULL && g_str_has_suffix(parent, ".json")) {
        return g_str_equal(name, "version");
    }
    if (name == NULL || g_strcmp0(parent, "keys") == 0 || g_strcmp0(parent, "keyval") == 0) {
        return false;
    }
    return g_strv_contains(required, name) || (harm != LEFT_OUT && g_strv_contains(typed, name))
        || (harm == NEGATIVE && g_strv_contains(lists, name));
}

static bool is_read(VdiRole role, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    VdiEnvelope *envelope = vdi_envelope_parse(bytes, VDI_METADATA_MAX_BYTES, &error);
    g_autoptr(VdiMetadata) metadata =
        envelope != NULL ? vdi_metadata_take(role, envelope, &error) : NULL;

    CHECK((metadata == NULL) == (error != NULL));
    return metadata != NULL;
}

/* How many values there were. */
static int harm_each(VdiRole role, const char *file, VdiJson *whole, Harm harm)
{
    for (int victim = 0;; victim++) {
        g_autoptr(GString) out = g_string_new(NULL);
        Copy copy = {.out = out, .victim = victim, .harm = harm};

        copy_value(&copy, whole, NULL);
        g_autofree char *name = copy.name, *parent = copy.parent;

        if (victim >= copy.at) {
            CHECK_ROW(file, is_read(role, out->str)); /* nothing was harmed */
            return victim;
        }
        g_autofree char *row = g_strdup_printf(
            "%s: %s of %s, %s", file, name, parent, harm == LEFT_OUT ? "left out" : "null");
        bool is_good = is_read(role, out->str);

        CHECK_ROW(row, !is_good || !is_required(name, parent, harm));
    }
}

static void no_part_that_is_needed_can_be_missing(void)
{
    static const struct {
        VdiRole role;
        const char *file;
    } rows[] = {
        {VDI_ROLE_ROOT, "root.json"},
        {VDI_ROLE_TIMESTAMP, "timestamp.json"},
        {VDI_ROLE_SNAPSHOT, "snapshot.json"},
        {VDI_ROLE_TARGETS, "targets.json"},
        {VDI_ROLE_TARGETS, "delegations.json"},
    };
    int n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("tests/fuzz/corpus/metadata/", rows[i].file, NULL);
        g_autofree char *path = test_source(name);
        g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_METADATA_MAX_BYTES, NULL);
        g_autoptr(VdiJson) whole =
            bytes != NULL ? vdi_json_parse(bytes, VDI_METADATA_MAX_BYTES, NULL) : NULL;

        CHECK_ROW(rows[i].file, whole != NULL);
        for (Harm harm = LEFT_OUT; whole != NULL && harm < N_HARMS; harm++) {
            n += harm_each(rows[i].role, rows[i].file, whole, harm);
        }
    }
    printf("%d mutilations\n", n);
    CHECK(n > 100);
}

const Test tests[] = {
    {"no part that is needed can be missing", no_part_that_is_needed_can_be_missing},
    TEST_END,
};
