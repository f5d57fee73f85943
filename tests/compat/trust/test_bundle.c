/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "compat/trust/trial.h"
#include "tests/compat/trust/graph.h"
#include "tests/support/check.h"

static VdiBundle *empty(VdiBundleKind kind, const char *organisation)
{
    VdiBundle *bundle = vdi_bundle_new(kind);

    vdi_bundle_set_organisation(bundle, organisation);
    return bundle;
}

/* What the scene publishes, as a bundle. */
static VdiBundle *pack(const Scene *scene, VdiBundleKind kind)
{
    VdiBundle *bundle = empty(kind, "example-corp");
    GHashTableIter iter;
    gpointer name = NULL, bytes = NULL;

    g_hash_table_iter_init(&iter, scene->files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        bool is_target = g_str_has_suffix(name, ".compat.json");

        CHECK(vdi_bundle_add(
            bundle, is_target ? VDI_TRUST_TARGET : VDI_TRUST_METADATA, name, bytes, NULL));
    }
    return bundle;
}

static char *text_of(const VdiBundle *bundle)
{
    GError *error = NULL;
    g_autoptr(GBytes) written = vdi_bundle_write(bundle, &error);

    CHECK_NO_ERROR(error);
    return written != NULL ? g_strndup(g_bytes_get_data(written, NULL), g_bytes_get_size(written))
                           : g_strdup("");
}

static VdiBundle *parse(const char *text, GError **error)
{
    g_autoptr(GBytes) document = g_bytes_new(text, strlen(text));

    return vdi_bundle_parse(document, error);
}

static Scene *released(const char *name)
{
    Scene *scene = scene_new(name);

    scene_release(scene, &(Release){1, 1, 1, .content = "{\"one\": 1}"});
    return scene;
}

static char *replaced(const char *text, const char *old, const char *new)
{
    g_auto(GStrv) parts = g_strsplit(text, old, -1);

    return g_strjoinv(new, parts);
}

static void writes_the_same_bytes_for_the_same_input(void)
{
    g_autoptr(Scene) scene = released("same-bytes");
    g_autoptr(VdiBundle) one = pack(scene, VDI_BUNDLE_UPDATE);
    g_autoptr(VdiBundle) two = empty(VDI_BUNDLE_UPDATE, "example-corp");
    guint n_names = 0;
    g_autofree gpointer *names = g_hash_table_get_keys_as_array(scene->files, &n_names);
    g_autofree char *first = text_of(one);

    for (guint i = n_names; i-- > 0;) {
        bool is_target = g_str_has_suffix(names[i], ".compat.json");

        for (int again = 0; again < 2; again++) {
            CHECK(vdi_bundle_add(two, is_target ? VDI_TRUST_TARGET : VDI_TRUST_METADATA, names[i],
                scene_get(scene, names[i]), NULL));
        }
    }
    g_autofree char *second = text_of(two);

    CHECK_TEXT(second, first);
    CHECK(strstr(first, "metadata 1.root.json") < strstr(first, "metadata timestamp.json"));
    CHECK(strstr(first, "metadata timestamp.json") < strstr(first, "metadata 1.snapshot.json"));
    CHECK(strstr(first, "metadata 1.snapshot.json") < strstr(first, "metadata 1.targets.json"));
    CHECK(strstr(first, "metadata 1.targets.json") < strstr(first, "\ntarget "));
    g_auto(GStrv) lines = g_strsplit(first, "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        CHECK_ROW(lines[i], strlen(lines[i]) <= 90); /* TARGET-HASH.compat.json is 84 */
    }
}

static void reads_back_what_was_written(void)
{
    g_autoptr(Scene) scene = released("round-trip");
    g_autoptr(VdiBundle) bundle = pack(scene, VDI_BUNDLE_WELCOME);
    g_autoptr(GBytes) words = g_bytes_new_static("hello", 5);
    GError *error = NULL;

    vdi_bundle_set_welcome(bundle, words);
    g_autofree char *text = text_of(bundle);
    g_autoptr(VdiBundle) again = parse(text, &error);

    CHECK_NO_ERROR(error);
    if (again == NULL) {
        return;
    }
    g_autofree char *same = text_of(again);
    int64_t version = 0;

    CHECK_TEXT(same, text);
    CHECK_TEXT(vdi_bundle_organisation(again), "example-corp");
    CHECK(vdi_bundle_kind(again) == VDI_BUNDLE_WELCOME);
    CHECK(g_bytes_equal(vdi_bundle_welcome(again), words));
    CHECK(g_bytes_equal(vdi_bundle_first_root(again, &version), scene_get(scene, "1.root.json")));
    CHECK_INT(version, 1);
    CHECK(vdi_bundle_file(again, VDI_TRUST_METADATA, "welcome.json") == NULL);
    CHECK(vdi_bundle_file(again, VDI_TRUST_TARGET, "timestamp.json") == NULL);
    CHECK(vdi_bundle_file(again, VDI_TRUST_METADATA, "9.root.json") == NULL);
}

/* Content in lines of `columns`. */
static char *wrapped(const char *text, size_t columns)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; lines[i] != NULL; i++) {
        size_t length = strlen(lines[i]);
        bool is_content = length > 0 && strchr(lines[i], ' ') == NULL;

        for (size_t at = 0; at < MAX(length, (size_t) 1); at += is_content ? columns : length + 1) {
            g_string_append_len(
                out, lines[i] + at, (gssize) (is_content ? MIN(columns, length - at) : length));
            g_string_append_c(out, '\n');
        }
    }
    return g_string_free(g_steal_pointer(&out), false);
}

static void survives_what_mail_does_to_a_file(void)
{
    g_autoptr(Scene) scene = released("mail");
    g_autoptr(VdiBundle) bundle = pack(scene, VDI_BUNDLE_UPDATE);
    g_autofree char *text = text_of(bundle);
    g_autofree char *crlf = replaced(text, "\n", "\r\n");
    g_autofree char *blanks = replaced(text, "\n", " \t\n");
    g_autofree char *empty = replaced(text, "\n", "\n\n");
    g_autofree char *tight = replaced(text, "\n\n", "\n");
    g_autofree char *no_end = g_strndup(text, strlen(text) - 1);
    g_autofree char *around = g_strdup_printf("\n\r\n%s\n\n \r\n", text);
    g_autofree char *narrow = wrapped(text, 20);
    g_autofree char *wide = wrapped(text, 900);
    const struct {
        const char *name, *text;
    } rows[] = {
        {"another line end", crlf},
        {"blanks at the end of lines", blanks},
        {"empty lines between", empty},
        {"no empty line", tight},
        {"no end of line at the end", no_end},
        {"empty lines around", around},
        {"wrapped at 20", narrow},
        {"wrapped at 900", wide},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiBundle) read = parse(rows[i].text, &error);
        g_autofree char *again = read != NULL ? text_of(read) : NULL;

        CHECK_ROW(rows[i].name, g_strcmp0(again, text) == 0);
    }
}

static void refuses_every_cut_and_every_changed_byte(void)
{
    g_autoptr(Scene) scene = released("damage");
    g_autoptr(VdiBundle) bundle = pack(scene, VDI_BUNDLE_UPDATE);
    g_autofree char *text = text_of(bundle);
    size_t length = strlen(text);
    size_t accepted = 0;

    for (size_t i = 0; i < length - 1; i++) {
        g_autofree char *cut = g_strndup(text, i);
        g_autoptr(VdiBundle) read = parse(cut, NULL);

        accepted += read != NULL;
    }
    CHECK_INT(accepted, 0);
    for (size_t i = 0; i < length; i++) {
        g_autofree char *flipped = g_strdup(text);

        if (text[i] == '\n') {
            continue; /* another wrapping */
        }
        flipped[i] ^= 1;
        g_autoptr(VdiBundle) read = parse(flipped, NULL);

        accepted += read != NULL;
    }
    CHECK_INT(accepted, 0);
}

static void refuses_what_is_no_bundle(void)
{
    g_autoptr(Scene) scene = released("no-bundle");
    g_autoptr(VdiBundle) bundle = pack(scene, VDI_BUNDLE_UPDATE);
    g_autofree char *text = text_of(bundle);
    g_autofree char *two = g_strconcat(text, text, NULL);
    g_autofree char *tail = g_strconcat(text, "A footer of a list.\n", NULL);
    g_autofree char *before = g_strconcat("Dear all,\n", text, NULL);
    g_autofree char *quoted = replaced(text, "\n", "\n> ");
    g_autofree char *junk =
        replaced(text, "metadata timestamp.json\n", "metadata timestamp.json\n*");
    g_autofree char *newer = replaced(text, "format 1", "format 2");
    g_autofree char *kind = replaced(text, "kind update", "kind wish");
    g_autofree char *other_kind = replaced(text, "kind update", "kind welcome");
    g_autofree char *path = replaced(text, "organisation example-corp", "organisation ../etc");
    g_autofree char *escape = replaced(text, "metadata timestamp.json", "metadata ../etc/passwd");
    g_autofree char *absolute = replaced(text, "\ntarget ", "\ntarget /etc/");
    g_autofree char *twice = replaced(
        text, "metadata timestamp.json", "metadata 1.root.json\nZm9v\nmetadata timestamp.json");
    g_autofree char *wrong_place = replaced(
        text, "metadata 1.root.json", "metadata timestamp.json\nZm9v\nmetadata 1.root.json");
    g_autofree char *bits = replaced(
        text, "\nmetadata timestamp.json", "\nmetadata 2.root.json\nZm9=\nmetadata timestamp.json");
    g_autofree char *more_bits = replaced(text, "\nmetadata timestamp.json",
        "\nmetadata 2.root.json\nZm9vZh==\nmetadata timestamp.json");
    g_autofree char *only_padding = replaced(
        text, "\nmetadata timestamp.json", "\nmetadata 2.root.json\n====\nmetadata timestamp.json");
    g_autofree char *two_ends = replaced(text, "\nmetadata timestamp.json",
        "\nmetadata 2.root.json\nZm8=\nZm8=\nmetadata timestamp.json");
    g_autofree char *half = replaced(text, "\nmetadata timestamp.json",
        "\nmetadata 2.root.json\nZm9vZg\nmetadata timestamp.json");
    g_autoptr(VdiBundle) empty_welcome = empty(VDI_BUNDLE_WELCOME, "o");
    g_autofree char *unwelcome = text_of(empty_welcome);
    g_autofree char *long_name = g_strnfill(256, 'a');
    g_autofree char *long_line = g_strdup_printf("metadata %s", long_name);
    g_autofree char *too_long = replaced(text, "metadata timestamp.json", long_line);
    g_autofree char *other_welcome =
        replaced(text, "metadata 1.root.json", "welcome other.json\nZm9v\nmetadata 1.root.json");
    g_autofree char *no_welcome =
        replaced(text, "metadata timestamp.json", "metadata welcome.json");
    g_autofree char *older_root = replaced(text, "\nmetadata timestamp.json",
        "\nmetadata 9.root.json\nZm9v\nmetadata 2.root.json\nZm9v\nmetadata timestamp.json");
    const struct {
        const char *name, *text, *says;
    } rows[] = {
        {"a name that is too long for a file", too_long, "wrongly named"},
        {"a welcome by another name", other_welcome, "wrongly named"},
        {"metadata by the name of a welcome", no_welcome, "wrongly named"},
        {"a newer root before an older one", older_root, "not in its place"},
        {"an end and nothing before it",
            "-----BEGIN VIGIE BUNDLE-----\nformat 1\nkind update\norganisation o\n"
            "-----END VIGIE BUNDLE-----\n",
            "it ends too early"},
        {"a welcome without one", unwelcome, "its kind is not that of its content"},
        {"nothing", "", "line 0: no bundle begins here"},
        {"another file", "{\"signed\": {}}\n", "line 1: no bundle begins here"},
        {"the page of a login", "<!DOCTYPE html>\n<html>", "line 1: no bundle begins here"},
        {"two in one file", two, "something follows its end"},
        {"a footer", tail, "something follows its end"},
        {"words before it", before, "line 1: no bundle begins here"},
        {"a quotation", quoted, "line 2: its format is due"},
        {"junk in the content", junk, "not base64"},
        {"a later format", newer, "a format that this version does not know"},
        {"an unknown kind", kind, "its kind is due"},
        {"a kind that it is not", other_kind, "not what it was when it was written"},
        {"an organisation's name that leads elsewhere", path, "the organisation's name is due"},
        {"a member's name that leads elsewhere", escape, "wrongly named"},
        {"a member's name from the top", absolute, "wrongly named"},
        {"the same member twice", twice, "not in its place"},
        {"a member out of order", wrong_place, "not in its place"},
        {"bits left over in the content", bits, "not base64"},
        {"other bits left over", more_bits, "not base64"},
        {"padding alone", only_padding, "not base64"},
        {"two ends in one content", two_ends, "not base64"},
        {"half a group", half, "not base64"},
        {"bytes that are no text", "-----BEGIN VIGIE BUNDLE-----\n\xff\n", "not plain text"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        VdiBundle *read = parse(rows[i].text, &error);
        bool is_right = read == NULL
            && g_error_matches(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_FORMAT)
            && strstr(error->message, rows[i].says) != NULL;

        if (!is_right && error != NULL) {
            printf("%s\n", error->message);
        }
        CHECK_ROW(rows[i].name, is_right);
        vdi_bundle_free(read);
    }
}

static void a_member_has_a_name_that_a_file_can_have(void)
{
    static const char *const names[] = {"", ".", "..", "a//b", "a/./b", "a/", "caf\303\251"};
    g_autoptr(VdiBundle) bundle = empty(VDI_BUNDLE_UPDATE, "o");
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GError *error = NULL;

        CHECK_ROW(names[i], !vdi_bundle_add(bundle, VDI_TRUST_TARGET, names[i], bytes, &error));
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
    }
    CHECK(vdi_bundle_welcome(bundle) == NULL);
    CHECK(vdi_bundle_add(bundle, VDI_TRUST_TARGET, "a/b", bytes, NULL));
    CHECK(vdi_bundle_welcome(bundle) == NULL);
}

static void is_told_by_its_first_line(void)
{
    static const struct {
        const char *text;
        bool is_one;
    } rows[] = {
        {"", false},
        {"-----BEGIN VIGIE BUNDLE----", false},
        {"-----BEGIN VIGIE MANIFEST-----\nformat 1\n", false},
        {"-----BEGIN VIGIE BUNDLE-----", true},
        {"-----BEGIN VIGIE BUNDLE-----\nformat 1\n", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) document = g_bytes_new_static(rows[i].text, strlen(rows[i].text));

        CHECK_ROW(rows[i].text, vdi_bundle_is_one(document) == rows[i].is_one);
    }
}

static void refuses_what_is_over_a_ceiling(void)
{
    g_autofree guint8 *zeros = g_malloc0(VDI_BUNDLE_MAX_BYTES + 1);
    g_autoptr(GBytes) huge = g_bytes_new_static(zeros, VDI_BUNDLE_MAX_BYTES + 1);
    g_autoptr(GBytes) large = g_bytes_new_static(zeros, 8 * 1024 * 1024 + 1);
    g_autoptr(GBytes) metadata = g_bytes_new_static(zeros, 256 * 1024 + 1);
    g_autoptr(GBytes) full = g_bytes_new_static(zeros, 8 * 1024 * 1024);
    g_autoptr(VdiBundle) bundle = empty(VDI_BUNDLE_UPDATE, "o");
    GError *error = NULL;

    CHECK(vdi_bundle_parse(huge, &error) == NULL);
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_FORMAT);
    CHECK(!vdi_bundle_add(bundle, VDI_TRUST_TARGET, "a.compat.json", large, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
    CHECK(!vdi_bundle_add(bundle, VDI_TRUST_METADATA, "timestamp.json", metadata, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
    CHECK(!vdi_bundle_add(bundle, VDI_TRUST_METADATA, "a/b", full, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
    /* The largest manifest fits, two do not. */
    CHECK(vdi_bundle_add(bundle, VDI_TRUST_TARGET, "a.compat.json", full, NULL));
    g_autofree char *text = text_of(bundle);
    g_autoptr(VdiBundle) again = parse(text, &error);

    CHECK_NO_ERROR(error);
    CHECK(again != NULL);
    CHECK(vdi_bundle_add(bundle, VDI_TRUST_TARGET, "b.compat.json", full, NULL));
    CHECK(vdi_bundle_write(bundle, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
}

static void refuses_more_members_than_there_can_be(void)
{
    g_autoptr(VdiBundle) bundle = empty(VDI_BUNDLE_UPDATE, "o");
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    GError *error = NULL;

    for (int i = 1; i <= VDI_BUNDLE_MEMBERS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("%d.root.json", i);

        CHECK(vdi_bundle_add(bundle, VDI_TRUST_METADATA, name, bytes, NULL));
    }
    CHECK(!vdi_bundle_add(bundle, VDI_TRUST_METADATA, "timestamp.json", bytes, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
    g_autofree char *text = text_of(bundle);
    g_autofree char *more = replaced(text, "\nsha256", "\nmetadata 999.root.json\neA==\nsha256");

    /* By number, not by the digits. */
    CHECK(strstr(text, "metadata 9.root.json") < strstr(text, "metadata 10.root.json"));
    CHECK(parse(more, &error) == NULL);
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_FORMAT);
}

/* ---- as a source ---- */

static void is_believed_by_the_same_client(void)
{
    g_autoptr(Scene) scene = released("client");
    g_autoptr(VdiBundle) bundle = pack(scene, VDI_BUNDLE_UPDATE);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_bundle(bundle);
    g_autoptr(GBytes) target = NULL;
    VdiTrustReport report = {0};
    GError *error = NULL;

    CHECK(vdi_trust_refresh(
        scene->repository, source, VDI_TRUST_MANIFEST, SCENE_NOW, &target, &report, &error));
    CHECK_NO_ERROR(error);
    CHECK(report.is_changed);
    g_clear_pointer(&target, g_bytes_unref);
    CHECK(vdi_trust_refresh(
        scene->repository, source, VDI_TRUST_MANIFEST, SCENE_NOW, &target, &report, &error));
    CHECK(!report.is_changed);
    /* A later one, then the first again: rolled back. */
    scene_release(scene, &(Release){2, 2, 2, .content = "{\"two\": 2}"});
    g_autofree char *two = scene_refresh(scene, NULL);

    CHECK_TEXT(two, "{\"two\": 2}");
    CHECK(!vdi_trust_refresh(
        scene->repository, source, VDI_TRUST_MANIFEST, SCENE_NOW, &target, &report, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_ROLLBACK);
}

static void tells_its_own_worth(void)
{
    g_autoptr(Scene) scene = released("worth");
    g_autoptr(VdiBundle) bundle = pack(scene, VDI_BUNDLE_UPDATE);
    VdiTrustReport report = {0};
    GError *error = NULL;
    g_autoptr(GBytes) root = NULL;
    g_autoptr(GBytes) target =
        vdi_trial_bundle(bundle, VDI_TRUST_MANIFEST, SCENE_NOW, &report, &root, &error);

    CHECK_NO_ERROR(error);
    CHECK(target != NULL && g_bytes_get_size(target) == strlen("{\"one\": 1}"));
    CHECK(root != NULL && g_bytes_equal(root, scene_get(scene, "1.root.json")));
    CHECK(vdi_trial_bundle(bundle, VDI_TRUST_MANIFEST, SCENE_LATER + 1, &report, NULL, &error)
        == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED);
    /* Without judging its age. */
    g_autoptr(GBytes) old = vdi_trial_bundle(bundle, VDI_TRUST_MANIFEST, 0, &report, NULL, &error);

    CHECK(old != NULL);
    CHECK_INT(report.expires_at, SCENE_LATER);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_bundle(bundle);

    CHECK(
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, NULL, "timestamp.json", 9, NULL, &error)
        == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH);
    g_autoptr(VdiBundle) nothing = empty(VDI_BUNDLE_UPDATE, "o");

    CHECK(vdi_trial_bundle(nothing, VDI_TRUST_MANIFEST, 0, &report, NULL, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);
}

static void its_words_are_those_of_its_organisation(void)
{
    g_autoptr(Scene) scene = released("words");
    GBytes *root = scene_get(scene, "1.root.json");
    g_autoptr(GBytes) no_root = g_bytes_new_static("{}", 2);
    const VdiPrivateKey *keys[] = {scene->keys[3], NULL};
    g_autoptr(VdiWelcome) welcome = vdi_welcome_new();
    GError *error = NULL;

    CHECK(vdi_welcome_set_name(welcome, "acme", "Acme", &error));
    g_autoptr(VdiJson) words = vdi_welcome_write(welcome);
    g_autoptr(GBytes) file = vdi_signing_write(words, keys);
    static const char *const organisations[] = {"acme", "another"};

    for (size_t i = 0; i < G_N_ELEMENTS(organisations); i++) {
        g_autoptr(VdiBundle) bundle = empty(VDI_BUNDLE_WELCOME, organisations[i]);

        vdi_bundle_set_welcome(bundle, file);
        g_autoptr(VdiWelcome) read = vdi_trial_welcome(bundle, root, &error);

        CHECK_ROW(organisations[i], (read != NULL) == (i == 0));
        if (i > 0) {
            CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
        }
        CHECK(vdi_trial_welcome(bundle, no_root, &error) == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
    }
}

/* What our client asks for is what is packed: nothing else that lies there, and all of it. */
static void packs_delegated_roles_and_nothing_that_nobody_asks_for(void)
{
    static const SceneDelegation delegations[] = {
        {.from = "targets", .to = "vendor", .paths = {"*.json"}},
        {.from = "vendor", .to = "so/on", .paths = {"compat.json"}, .key = 5},
        {0},
    };
    static const SceneTarget targets[] = {{"so/on", "compat.json", "{\"deep\": 1}"}, {0}};
    g_autoptr(Scene) scene = scene_new("packs");
    g_autofree char *folder = g_build_filename(test_folder(), "packs-web", NULL);
    g_autofree char *stray = g_build_filename(folder, "private.pem", NULL);
    g_autofree char *later = g_build_filename(folder, "9.targets.json", NULL);
    g_autoptr(VdiBundle) bundle = empty(VDI_BUNDLE_UPDATE, "example-corp");
    VdiTrustReport report = {0};
    GHashTableIter iter;
    gpointer name = NULL, bytes = NULL;
    GError *error = NULL;

    scene_graph(scene, &(SceneGraph){.version = 1, .delegations = delegations, .targets = targets});
    g_hash_table_iter_init(&iter, scene->files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        CHECK(vdi_file_write(path, bytes, 0644, &error));
    }
    CHECK(vdi_file_write_text(stray, "secret", 0600, &error));
    CHECK(vdi_file_write_text(later, "draft", 0644, &error));
    g_autoptr(GBytes) target =
        vdi_trial_pack(bundle, folder, 1, VDI_TRUST_MANIFEST, SCENE_NOW, &report, &error);

    CHECK_NO_ERROR(error);
    g_autofree char *text = text_of(bundle);
    g_autoptr(VdiBundle) read = parse(text, &error);
    g_autoptr(GBytes) again =
        vdi_trial_bundle(read, VDI_TRUST_MANIFEST, SCENE_NOW, &report, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(target != NULL && again != NULL && g_bytes_equal(target, again));
    CHECK(strstr(text, "metadata 1.so%2Fon.json") > strstr(text, "metadata 1.targets.json"));
    CHECK(strstr(text, "metadata 1.vendor.json") != NULL);
    CHECK(strstr(text, "private") == NULL && strstr(text, "9.targets") == NULL);
    /* Nothing is left out in silence when it cannot be packed. */
    g_autoptr(VdiBundle) full = empty(VDI_BUNDLE_UPDATE, "example-corp");

    for (int i = 0; i < VDI_BUNDLE_MEMBERS_MAX; i++) {
        g_autofree char *old = g_strdup_printf("%d.root.json", 100 + i);

        CHECK(vdi_bundle_add(full, VDI_TRUST_METADATA, old, target, NULL));
    }
    CHECK(vdi_trial_pack(full, folder, 1, VDI_TRUST_MANIFEST, SCENE_NOW, &report, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
}

const Test tests[] = {
    {"writes the same bytes for the same input", writes_the_same_bytes_for_the_same_input},
    {"reads back what was written", reads_back_what_was_written},
    {"survives what mail does to a file", survives_what_mail_does_to_a_file},
    {"refuses every cut and every changed byte", refuses_every_cut_and_every_changed_byte},
    {"refuses what is no bundle", refuses_what_is_no_bundle},
    {"a member has a name that a file can have", a_member_has_a_name_that_a_file_can_have},
    {"is told by its first line", is_told_by_its_first_line},
    {"refuses what is over a ceiling", refuses_what_is_over_a_ceiling},
    {"refuses more members than there can be", refuses_more_members_than_there_can_be},
    {"packs delegated roles, and nothing that nobody asks for",
        packs_delegated_roles_and_nothing_that_nobody_asks_for},
    {"is believed by the same client", is_believed_by_the_same_client},
    {"tells its own worth", tells_its_own_worth},
    {"its words are those of its organisation", its_words_are_those_of_its_organisation},
    TEST_END,
};
