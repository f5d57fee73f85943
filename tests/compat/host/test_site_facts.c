/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/site_facts.h"

#include <string.h>

#include "base/file.h"
#include "tests/support/check.h"

/* Asked for once by GLib, so it is said before. */
static char *own_file(void)
{
    g_autofree char *folder = g_build_filename(test_folder(), "person", NULL);

    g_setenv("XDG_CONFIG_HOME", folder, true);
    return g_build_filename(g_get_user_config_dir(), "vdi/vdi.conf", NULL);
}

/* A person's own places: a test need not be root. */
static VdiFacts *look(const char *name, const char *organisation, const char *person)
{
    g_autofree char *config = g_build_filename(test_folder(), name, NULL);
    g_autofree char *brought = g_build_filename(config, "orgs/acme/vdi.conf", NULL);
    g_autofree char *own = own_file();
    const VdiPaths paths = {.root = (char *) "",
        .config = config,
        .state = (char *) "/nonexistent",
        .is_personal = true};
    VdiFacts *facts = vdi_facts_new();

    g_assert(g_str_has_prefix(own, test_folder()));
    CHECK(organisation == NULL || vdi_file_write_text(brought, organisation, 0644, NULL));
    CHECK(person == NULL || vdi_file_write_text(own, person, 0600, NULL));
    vdi_site_facts_look(&paths, facts);
    if (person != NULL) {
        CHECK(vdi_file_write_text(own, "", 0600, NULL));
    }
    return facts;
}

/* "unset", "unknown", or its value. */
static const char *setting(const VdiFacts *facts, const char *key)
{
    const char *value = NULL;

    switch (vdi_facts_setting(facts, key, &value)) {
    case VDI_TRUTH_TRUE:
        return value;
    case VDI_TRUTH_FALSE:
        return "unset";
    case VDI_TRUTH_UNKNOWN:
        return "unknown";
    }
    g_assert_not_reached();
}

static void what_is_stated_is_known_and_the_rest_is_not_set(void)
{
    g_autoptr(VdiFacts) facts = look("stated",
        "[connect]\nserver=https://a.example\n[setting]\nvpn = office\n"
        "[peer]\nos-build = 26100.3194\n",
        NULL);
    const char *build = NULL;

    CHECK_TEXT(setting(facts, "vpn"), "office");
    CHECK_TEXT(setting(facts, "directaccess"), "unset");
    CHECK_TEXT(setting(facts, "server"), "unset");
    CHECK_INT(vdi_facts_peer(facts, "os-build", &build), VDI_TRUTH_TRUE);
    CHECK_TEXT(build, "26100.3194");
    /* Another peer may say of itself what the site does not. */
    CHECK_INT(vdi_facts_peer(facts, "rdp-security", &build), VDI_TRUTH_UNKNOWN);
}

static void without_a_file_nothing_is_set(void)
{
    g_autoptr(VdiFacts) facts = look("nothing", NULL, NULL);

    CHECK_TEXT(setting(facts, "vpn"), "unset");
}

static void a_file_that_cannot_be_used_leaves_all_unknown(void)
{
    g_autoptr(VdiFacts) broken = look("broken", "[setting]\nvpn = office\n[", NULL);
    g_autoptr(VdiFacts) strange =
        look("strange", "[setting]\nvpn = office\n[settings]\na = b\n", NULL);

    CHECK_TEXT(setting(broken, "vpn"), "unknown");
    CHECK_TEXT(setting(strange, "vpn"), "unknown");
}

/* On a computer without a system-wide guard the person is the site. */
static void a_person_alone_states_it_themselves(void)
{
    g_autoptr(VdiFacts) facts = look("own", "[setting]\nvpn = office\n", "[setting]\nvpn = home\n");

    CHECK_TEXT(setting(facts, "vpn"), "home");
}

const Test tests[] = {
    {"what is stated is known, and the rest is not set",
        what_is_stated_is_known_and_the_rest_is_not_set},
    {"without a file nothing is set", without_a_file_nothing_is_set},
    {"a file that cannot be used leaves all unknown",
        a_file_that_cannot_be_used_leaves_all_unknown},
    {"a person alone states it themselves", a_person_alone_states_it_themselves},
    TEST_END,
};
