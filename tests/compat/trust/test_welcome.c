/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/welcome.h"

#include <string.h>

#include "base/error.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

static VdiWelcome *acme(void)
{
    VdiWelcome *welcome = vdi_welcome_new();
    GError *error = NULL;

    CHECK(vdi_welcome_set_name(welcome, "acme", "Acmé Ltd", &error));
    CHECK(vdi_welcome_add_url(welcome, "https://updates.acme.example/v", &error));
    CHECK(vdi_welcome_add_url(welcome, "https://[2001:db8::1]:8443/v", &error));
    CHECK(vdi_welcome_add_server(welcome, "Desktops", "https://desktops.acme.example", &error));
    CHECK(vdi_welcome_add_server(welcome, "My PC", "rdp://pc.acme.example:3390", &error));
    CHECK(vdi_welcome_set(welcome, "domain", "ACME", &error));
    CHECK(vdi_welcome_set(welcome, "timeout", "90", &error));
    CHECK_NO_ERROR(error);
    return welcome;
}

static GBytes *sign(const Scene *scene, VdiJson *words, int key)
{
    const VdiPrivateKey *keys[] = {scene->keys[key], NULL};

    return vdi_signing_write(words, keys);
}

static VdiMetadata *root_of(Scene *scene)
{
    VdiMetadata *root = vdi_metadata_verify_root(scene_get(scene, "1.root.json"), NULL, NULL);

    CHECK(root != NULL);
    return root;
}

static void reads_back_what_those_who_sign_lists_have_signed(void)
{
    g_autoptr(Scene) scene = scene_new("welcome");
    g_autoptr(VdiMetadata) root = root_of(scene);
    g_autoptr(VdiWelcome) welcome = acme();
    g_autoptr(VdiJson) words = vdi_welcome_write(welcome);
    g_autoptr(GBytes) file = sign(scene, words, 3);
    GError *error = NULL;
    g_autoptr(VdiWelcome) again = vdi_welcome_verify(file, root, &error);

    CHECK_NO_ERROR(error);
    if (again == NULL) {
        return;
    }
    g_autoptr(VdiJson) same = vdi_welcome_write(again);
    g_autofree char *one = vdi_json_print(words);
    g_autofree char *two = vdi_json_print(same);

    CHECK_TEXT(two, one);
    CHECK_TEXT(again->title, "Acmé Ltd");
    CHECK_INT(again->urls->len, 2);
    CHECK_INT(again->servers->len, 2);
}

static void refuses_words_that_others_have_signed_or_changed(void)
{
    g_autoptr(Scene) scene = scene_new("stranger");
    g_autoptr(VdiMetadata) root = root_of(scene);
    g_autoptr(VdiWelcome) welcome = acme();
    g_autoptr(VdiJson) words = vdi_welcome_write(welcome);
    g_autoptr(GBytes) good = sign(scene, words, 3);
    GError *error = NULL;

    for (int key = 0; key < SCENE_KEYS; key++) {
        g_autoptr(GBytes) file = sign(scene, words, key);
        g_autoptr(VdiWelcome) read = vdi_welcome_verify(file, root, &error);

        CHECK((read != NULL) == (key == 3));
        if (key != 3) {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
        }
    }
    g_autofree char *text = g_strndup(g_bytes_get_data(good, NULL), g_bytes_get_size(good));
    g_auto(GStrv) parts = g_strsplit(text, "desktops.acme", 2);
    g_autofree char *changed = g_strjoinv("desktops.acne", parts);
    g_autoptr(GBytes) bad = g_bytes_new_static(changed, strlen(changed));

    CHECK(parts[1] != NULL);
    CHECK(vdi_welcome_verify(bad, root, &error) == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
}

/* Signed rightly, and still not said. */
static void refuses_what_no_welcome_may_say(void)
{
#define HEAD "{\"_type\":\"welcome\",\"format\":1,\"organisation\":\"acme\",\"title\":\"A\","
#define NONE "\"urls\":[],\"servers\":[],\"settings\":{}"
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"another type",
            "{\"_type\":\"targets\",\"format\":1,\"organisation\":\"acme\","
            "\"title\":\"A\"," NONE "}"},
        {"a later format",
            "{\"_type\":\"welcome\",\"format\":2,\"organisation\":\"acme\","
            "\"title\":\"A\"," NONE "}"},
        {"a name that leads elsewhere",
            "{\"_type\":\"welcome\",\"format\":1,"
            "\"organisation\":\"../acme\",\"title\":\"A\"," NONE "}"},
        {"a title that turns the line",
            "{\"_type\":\"welcome\",\"format\":1,"
            "\"organisation\":\"acme\",\"title\":\"A\\u202eB\"," NONE "}"},
        {"a title of two lines",
            "{\"_type\":\"welcome\",\"format\":1,\"organisation\":\"acme\","
            "\"title\":\"A\\nmay-block = true\"," NONE "}"},
        {"an unknown member", HEAD "\"more\":1," NONE "}"},
        {"plain http", HEAD "\"urls\":[\"http://a.example\"],\"servers\":[],\"settings\":{}}"},
        {"a folder", HEAD "\"urls\":[\"/etc\"],\"servers\":[],\"settings\":{}}"},
        {"a name and a password in an address",
            HEAD "\"urls\":[\"https://a:b@c.example\"],\"servers\":[],\"settings\":{}}"},
        {"two addresses in one",
            HEAD "\"urls\":[\"https://a.example /etc\"],\"servers\":[],\"settings\":{}}"},
        {"a host that only looks right",
            HEAD "\"urls\":[\"https://\\u0430cme.example\"],\"servers\":[],\"settings\":{}}"},
        {"an address that is none", HEAD "\"urls\":[7],\"servers\":[],\"settings\":{}}"},
        {"a server that is a program",
            HEAD "\"urls\":[],\"servers\":[{\"name\":\"A\","
                 "\"address\":\"file:///bin/sh\"}],\"settings\":{}}"},
        {"a server with more to say",
            HEAD "\"urls\":[],\"servers\":[{\"name\":\"A\",\"address\":\"rdp://a.example\","
                 "\"drive\":\"/\"}],\"settings\":{}}"},
        {"a setting that says whom to trust",
            HEAD "\"urls\":[],\"servers\":[],\"settings\":{\"ca-file\":\"/tmp/a\"}}"},
        {"a lock", HEAD "\"urls\":[],\"servers\":[],\"settings\":{\"domain.locked\":\"true\"}}"},
        {"a setting in two lines",
            HEAD "\"urls\":[],\"servers\":[],\"settings\":{\"domain\":\"A\\n[guard]\"}}"},
        {"a number out of range",
            HEAD "\"urls\":[],\"servers\":[],\"settings\":{\"timeout\":\"99999\"}}"},
        {"no organisation", "{\"_type\":\"welcome\",\"format\":1,\"title\":\"A\"," NONE "}"},
        {"no title", "{\"_type\":\"welcome\",\"format\":1,\"organisation\":\"acme\"," NONE "}"},
        {"a title that begins with a blank",
            "{\"_type\":\"welcome\",\"format\":1,\"organisation\":\"acme\","
            "\"title\":\" A\"," NONE "}"},
        {"no addresses", HEAD "\"servers\":[],\"settings\":{}}"},
        {"an address without a host",
            HEAD "\"urls\":[\"https:acme\"],\"servers\":[],\"settings\":{}}"},
        {"an address of a part of a page",
            HEAD "\"urls\":[\"https://a.example/#b\"],\"servers\":[],\"settings\":{}}"},
        {"no servers", HEAD "\"urls\":[],\"settings\":{}}"},
        {"a server that is a number", HEAD "\"urls\":[],\"servers\":[7],\"settings\":{}}"},
        {"a server without a name",
            HEAD "\"urls\":[],\"servers\":[{\"address\":\"rdp://a\"}],\"settings\":{}}"},
        {"a server without an address",
            HEAD "\"urls\":[],\"servers\":[{\"name\":\"A\"}],\"settings\":{}}"},
        {"no settings", HEAD "\"urls\":[],\"servers\":[]}"},
        {"a setting that is no text",
            HEAD "\"urls\":[],\"servers\":[],\"settings\":{\"timeout\":90}}"},
        {"a server to begin with that is a program",
            HEAD "\"urls\":[],\"servers\":[],\"settings\":{\"server\":\"file:///bin/sh\"}}"},
        {"an authority that is a number", HEAD "\"ca\":7," NONE "}"},
        {"a private key for an authority",
            HEAD "\"ca\":\"-----BEGIN CERTIFICATE-----\\n-----BEGIN PRIVATE KEY-----\"," NONE "}"},
    };
    g_autoptr(Scene) scene = scene_new("may-not-say");
    g_autoptr(VdiMetadata) root = root_of(scene);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) document = g_bytes_new_static(rows[i].text, strlen(rows[i].text));
        g_autoptr(VdiJson) words = vdi_json_parse(document, 65536, NULL);
        g_autoptr(GBytes) file = words != NULL ? sign(scene, words, 3) : NULL;
        g_autoptr(GError) error = NULL;
        VdiWelcome *read = file != NULL ? vdi_welcome_verify(file, root, &error) : NULL;

        CHECK_ROW(rows[i].name, words != NULL && read == NULL);
        vdi_welcome_free(read);
        CHECK_ROW(rows[i].name,
            error != NULL
                && (error->domain == VDI_BUNDLE_ERROR || error->domain == VDI_JSON_ERROR));
    }
}

static void takes_no_more_than_there_can_be(void)
{
    g_autoptr(VdiWelcome) welcome = vdi_welcome_new();
    GError *error = NULL;

    for (int i = 0; i < VDI_WELCOME_URLS_MAX; i++) {
        CHECK(vdi_welcome_add_url(welcome, "https://a.example", NULL));
    }
    CHECK(!vdi_welcome_add_url(welcome, "https://a.example", &error));
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
    for (int i = 0; i < VDI_WELCOME_SERVERS_MAX; i++) {
        CHECK(vdi_welcome_add_server(welcome, "A", "https://a.example", NULL));
    }
    CHECK(!vdi_welcome_add_server(welcome, "A", "https://a.example", &error));
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
    g_autofree char *filler = g_strnfill(65536, 'a');
    g_autofree char *address = g_strdup_printf("https://a.example/%.500s", filler);
    g_autofree char *ca = g_strdup_printf("-----BEGIN CERTIFICATE-----\n%s", filler);
    g_autoptr(VdiWelcome) another = vdi_welcome_new();

    CHECK(!vdi_welcome_add_url(another, address, &error));
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
    CHECK(!vdi_welcome_set_ca(another, ca, &error));
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
}

static void the_author_of_a_welcome_is_told_what_it_may_not_say(void)
{
    g_autoptr(VdiWelcome) welcome = acme();
    GError *error = NULL;

    CHECK(!vdi_welcome_set_name(welcome, "acme", "", &error));
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
    CHECK_TEXT(welcome->title, "Acmé Ltd");
    CHECK(!vdi_welcome_set(welcome, "server", "desktops", &error));
    CHECK_ERROR(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME);
    CHECK(vdi_welcome_set(welcome, "server", "https://desktops.acme.example", &error));
    CHECK_NO_ERROR(error);
}

const Test tests[] = {
    {"reads back what those who sign lists have signed",
        reads_back_what_those_who_sign_lists_have_signed},
    {"refuses words that others have signed or changed",
        refuses_words_that_others_have_signed_or_changed},
    {"refuses what no welcome may say", refuses_what_no_welcome_may_say},
    {"takes no more than there can be", takes_no_more_than_there_can_be},
    {"the author of a welcome is told what it may not say",
        the_author_of_a_welcome_is_told_what_it_may_not_say},
    TEST_END,
};
