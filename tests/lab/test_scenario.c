/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/scenario.h"

#include "base/file.h"
#include "tests/support/check.h"

static LabScenario *read_text(const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(test_folder(), "scenario.ini", NULL);

    if (!vdi_file_write_text(path, text, 0600, error)) {
        return NULL;
    }
    return lab_scenario_read(path, error);
}

static const struct {
    const char *name, *text;
    bool is_read;
} rows[] = {
    {"an empty file plays the built-in", "", true},
    {"a user and a desktop", "[user ada]\npassword = a\n[desktop x]\nid = 1\nname = X\n", true},
    {"an unknown key", "[broker]\nverison = 4.5\n", false},
    {"an unknown group", "[brokers]\nversion = 4.5\n", false},
    {"a version that is none", "[broker]\nversion = 4\n", false},
    {"a version with more behind it", "[broker]\nversion = 4.5.1\n", false},
    {"a number that is none", "[broker]\nattempts = three\n", false},
    {"a switch that is neither", "[desktop x]\nid = 1\nname = X\nexpired = maybe\n", false},
    {"a desktop without an id", "[desktop x]\nname = X\n", false},
};

static void is_read_strictly(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LabScenario) scenario = read_text(rows[i].text, &error);

        CHECK_ROW(rows[i].name, (scenario != NULL) == rows[i].is_read);
        CHECK_ROW(rows[i].name, (error == NULL) == rows[i].is_read);
    }
}

static void takes_values_as_they_stand(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LabScenario) scenario =
        read_text("[user ada]\npassword = a\\s&<>;#\" b\ndesktops = x; y\n", &error);
    const LabUser *ada = scenario != NULL ? lab_scenario_user(scenario, "ADA") : NULL;

    CHECK_NO_ERROR(error);
    CHECK(ada != NULL);
    if (ada != NULL) {
        CHECK_TEXT(ada->password, "a\\s&<>;#\" b");
        CHECK_INT(g_strv_length(ada->desktops), 2);
    }
}

static const struct {
    const char *name, *place;
    bool is_taken;
} places[] = {
    {"a desktop and its port", "x=127.0.0.1:3389", true},
    {"an address of the later kind", "x=::1:3389", true},
    {"a desktop of nobody", "xx=127.0.0.1:3389", false},
    {"the beginning of a name", "=127.0.0.1:3389", false},
    {"no port", "x=127.0.0.1", false},
    {"a port beyond the last", "x=127.0.0.1:65536", false},
    {"a colon before the equals sign", "x:1=y", false},
};

static void places_its_desktops(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(LabScenario) scenario = read_text("[desktop x]\nid = 1\nname = X\n", NULL);

        CHECK_ROW(places[i].name,
            scenario != NULL
                && lab_scenario_place(scenario, places[i].place, NULL) == places[i].is_taken);
    }
}

const Test tests[] = {
    {"a scenario is read strictly", is_read_strictly},
    {"values are taken as they stand", takes_values_as_they_stand},
    {"a desktop is placed by its key", places_its_desktops},
    TEST_END,
};
