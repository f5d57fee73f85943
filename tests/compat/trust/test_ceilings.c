/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

/* Every limit of docs/trust.md at its edge: the last that is taken, the first that is not. The
 * others are at their modules: 64 roots (test_roots), 32 delegated roles (test_search), 64 keys of
 * a delegation and the name of its role (test_delegation), depth and numbers (base/test_json), time
 * (test_fetch). */

#define SIGNED(type, version, members)                                                             \
    "{\"_type\":\"" type "\",\"spec_version\":\"1.0\",\"expires\":\"2038-01-01T00:00:00Z\","       \
    "\"version\":" version "," members "}"

/* Publishes `name` with an unknown member of such a length that the file has `size` bytes. */
static void put_of_size(Scene *scene, const char *name, const char *text, int key, size_t size)
{
    size_t padding = 0;

    for (int turn = 0; turn < 2; turn++) {
        g_autofree char *filler = g_strnfill(padding, 'x');
        g_autofree char *padded = g_strdup_printf("{\"x\":\"%s\",%s", filler, text + 1);

        scene_put_signed(scene, name, padded, key);
        padding += size - g_bytes_get_size(scene_get(scene, name));
    }
    CHECK_INT(g_bytes_get_size(scene_get(scene, name)), size);
}

static char *root_text(Scene *scene)
{
    scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
    g_autoptr(VdiJson) file = vdi_json_parse(scene_get(scene, "2.root.json"), 65536, NULL);
    VdiJson *part = NULL;

    return vdi_json_object(file, "signed", &part, NULL) ? vdi_json_print(part) : NULL;
}

static void metadata_has_its_size(void)
{
    static const struct {
        const char *file, *text; /* NULL: a root */
        int key;
        size_t max;
    } rows[] = {
        {"2.root.json", NULL, 0, 64 * 1024},
        {"timestamp.json", SIGNED("timestamp", "2", "\"meta\":{\"snapshot.json\":{\"version\":2}}"),
            1, 64 * 1024},
        {"2.snapshot.json", SIGNED("snapshot", "2", "\"meta\":{\"targets.json\":{\"version\":2}}"),
            2, 256 * 1024},
        {"2.targets.json", SIGNED("targets", "2", "\"targets\":{}"), 3, 256 * 1024},
    };

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("size-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        size_t large = i / 2;
        bool fits = i % 2 == 0;
        g_autoptr(GError) error = NULL;

        scene_make_plain(scene);
        g_autofree char *root = root_text(scene);

        for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
            const char *text = rows[k].text != NULL ? rows[k].text : root;

            if (k == large) {
                put_of_size(scene, rows[k].file, text, rows[k].key, rows[k].max + (fits ? 0 : 1));
            } else {
                scene_put_signed(scene, rows[k].file, text, rows[k].key);
            }
        }
        bool done = scene_download(scene, NULL, &error);

        CHECK_ROW(rows[large].file, done == fits);
        CHECK_ROW(rows[large].file,
            done || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH));
    }
}

/* What is announced is the ceiling of what is read, and itself has one. */
static void an_announced_length_has_its_ceiling(void)
{
    static const struct {
        const char *name;
        int64_t length;
        size_t n_requests;
    } rows[] = {
        {"the largest that may be announced", 256 * 1024, 3},
        {"one more", 256 * 1024 + 1, 2},
        {"the largest number", VDI_JSON_INTEGER_MAX, 2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("announced-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        g_autofree char *timestamp = g_strdup_printf(
            SIGNED("timestamp", "2",
                "\"meta\":{\"snapshot.json\":{\"version\":2,\"length\":%" G_GINT64_FORMAT "}}"),
            rows[i].length);
        GError *error = NULL;

        scene_make_plain(scene);
        scene_put_signed(scene, "timestamp.json", timestamp, 1);
        scene_put_signed(scene, "2.snapshot.json",
            SIGNED("snapshot", "2", "\"meta\":{\"targets.json\":{\"version\":2}}"), 2);
        CHECK(!scene_download(scene, NULL, &error));
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH);
        CHECK_ROW(rows[i].name, scene->requests->len == rows[i].n_requests);
    }
}

static void a_target_has_8_mib(void)
{
    enum { MAX = 8 * 1024 * 1024 };

    for (int extra = 0; extra <= 1; extra++) {
        g_autofree char *name = g_strdup_printf("target-%d", extra);
        g_autofree char *content = g_strnfill(MAX + (size_t) extra, 'x');
        g_autoptr(Scene) scene = scene_new(name);
        GError *error = NULL;

        scene_release(scene, &(Release){1, 1, 1, .content = content});
        scene_make_plain(scene);
        CHECK((extra == 0) == scene_download(scene, "compat.json", &error));
        if (extra == 0) {
            CHECK_NO_ERROR(error);
            CHECK_INT(scene->requests->len, 5);
        } else {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH);
            CHECK_INT(scene->requests->len, 4); /* it is not even asked for */
        }
    }
}

static void a_version_is_at_most_2_to_the_53_minus_1(void)
{
    static const struct {
        const char *version;
        bool is_read;
    } rows[] = {
        {"9007199254740991", true},
        {"9007199254740992", false},
        {"9223372036854775807", false},
        {"99999999999999999999", false},
        {"0", false},
        {"-1", false},
        {"1.0", false},
        {"1e3", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("version-%zu", i);
        g_autofree char *text = g_strdup_printf(
            "{\"signed\":" SIGNED("timestamp", "%s",
                "\"meta\":{\"snapshot.json\":{\"version\":%s}}") ",\"signatures\":[]}",
            rows[i].version, rows[i].version);
        g_autoptr(Scene) scene = scene_new(name);
        g_autoptr(GError) error = NULL;

        scene_make_plain(scene);
        if (rows[i].is_read) {
            g_autofree char *part = g_strdup_printf(
                SIGNED("timestamp", "%s", "\"meta\":{\"snapshot.json\":{\"version\":%s}}"),
                rows[i].version, rows[i].version);

            scene_put_signed(scene, "timestamp.json", part, 1);
        } else {
            scene_put_text(scene, "timestamp.json", text);
        }
        CHECK_ROW(rows[i].version, !scene_download(scene, NULL, &error));
        CHECK_ROW(rows[i].version,
            error->code
                == (rows[i].is_read        ? VDI_TRUST_ERROR_MISSING
                        : i >= 4 && i <= 5 ? VDI_TRUST_ERROR_SIGNATURE
                                           : VDI_TRUST_ERROR_FORMAT));
        CHECK_ROW(rows[i].version,
            scene->report.timestamp_version == (rows[i].is_read ? VDI_JSON_INTEGER_MAX : 0));
    }
}

static void a_file_has_at_most_64_keys_and_64_signatures(void)
{
    static const struct {
        const char *name, *from;
        const char *element; /* written again and again before what is there; "%d" counts */
        int have;            /* already there */
    } rows[] = {
        {"keys", "\"keys\":{", "\"%d\":{},", 4},
        {"keyids of a role", "\"targets\":{\"keyids\":[", "\"%d\",", 1},
    };

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("many-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        g_autoptr(GString) to = g_string_new(rows[i / 2].from);
        bool fits = i % 2 == 0;
        g_autoptr(GError) error = NULL;

        for (int n = rows[i / 2].have; n < (fits ? 64 : 65); n++) {
            g_auto(GStrv) parts = g_strsplit(rows[i / 2].element, "%d", 2);

            g_string_append_printf(to, "%s%d%s", parts[0], n, parts[1]);
        }
        scene_release(scene, &(Release){1, 1, 1, .content = "one"});
        scene_make_plain(scene);
        scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
        scene_edit(scene, "2.root.json", rows[i / 2].from, to->str, 0);
        CHECK_ROW(rows[i / 2].name, scene_download(scene, NULL, &error) == fits);
        CHECK_ROW(rows[i / 2].name,
            fits || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT));
    }
    for (int n = 64; n <= 65; n++) {
        g_autofree char *name = g_strdup_printf("signatures-%d", n);
        g_autoptr(Scene) scene = scene_new(name);
        g_autoptr(GString) text = g_string_new(NULL);

        scene_release(scene, &(Release){1, 1, 1, .content = "one"});
        scene_make_plain(scene);
        g_string_append_len(text, g_bytes_get_data(scene_get(scene, "timestamp.json"), NULL),
            (gssize) g_bytes_get_size(scene_get(scene, "timestamp.json")));
        g_autoptr(GString) more = g_string_new("\"signatures\": [");

        for (int k = 1; k < n; k++) {
            g_string_append_printf(more, "{\"keyid\": \"%d\", \"sig\": \"\"},", k);
        }
        CHECK_INT(g_string_replace(text, "\"signatures\": [", more->str, 0)
                + g_string_replace(text, "\"signatures\":[", more->str, 0),
            1);
        scene_put_text(scene, "timestamp.json", text->str);
        CHECK((n == 64) == scene_download(scene, NULL, NULL));
    }
}

const Test tests[] = {
    {"metadata has its size", metadata_has_its_size},
    {"an announced length has its ceiling", an_announced_length_has_its_ceiling},
    {"a target has 8 MiB", a_target_has_8_mib},
    {"a version is at most 2^53 - 1", a_version_is_at_most_2_to_the_53_minus_1},
    {"a file has at most 64 keys and 64 signatures", a_file_has_at_most_64_keys_and_64_signatures},
    TEST_END,
};
