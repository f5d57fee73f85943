/* SPDX-License-Identifier: Apache-2.0 */
#include "base/settings.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/support/check.h"

static const VdiSettingRow rows[] = {
    {"connect", "server", VDI_SETTING_TEXT, 0, 0, NULL, NULL, "broker"},
    {"connect", "width", VDI_SETTING_NUMBER, 32, 8192, NULL, "1280", "pixels"},
    {"connect", "guard", VDI_SETTING_WORD, 0, 0, "block|advise", "block", "what a block does"},
    {"connect", "once", VDI_SETTING_SWITCH, 0, 0, NULL, "false", "once"},
    {"open", "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {"open", "known", VDI_SETTING_NUMBER, 0, 9, NULL, "5", "a number"},
    {NULL, NULL, VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
};

/* Personal paths: a test need not be root to have a site. */
static VdiSettings *read_site(const char *name, const char *site, const char *more, GError **error)
{
    VdiPaths paths = {.root = (char *) "", .state = (char *) "/nonexistent"};
    g_autofree char *root = g_build_filename(test_folder(), name, NULL);
    g_autofree char *config = g_build_filename(root, "etc/vdi", NULL);
    g_autofree char *file = g_build_filename(config, "vdi.conf", NULL);
    g_autofree char *extra = g_build_filename(config, "conf.d/50-more.conf", NULL);

    paths.root = root;
    paths.config = config;
    if ((site != NULL && !vdi_file_write_text(file, site, 0644, error))
        || (more != NULL && !vdi_file_write_text(extra, more, 0644, error))) {
        return NULL;
    }
    return vdi_settings_read(&paths, "vdi", rows, true, error);
}

static void a_later_file_wins_and_the_rest_is_built_in(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiSettings) settings = read_site(
        "layers", "[connect]\nserver=one\nwidth=800\n", "[connect]\nserver=two\n", &error);

    if (settings == NULL) {
        CHECK_NO_ERROR(error);
        return;
    }
    CHECK_TEXT(vdi_settings_text(settings, "connect", "server"), "two");
    CHECK_INT(vdi_settings_number(settings, "connect", "width"), 800);
    CHECK_TEXT(vdi_settings_text(settings, "connect", "guard"), "block");
    CHECK(!vdi_settings_switch(settings, "connect", "once"));
}

static void a_lock_stands_above_the_command_line(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiSettings) settings =
        read_site("locked", "[connect]\nserver=https://a\nserver.locked=true\n", NULL, &error);

    if (settings == NULL) {
        CHECK_NO_ERROR(error);
        return;
    }
    CHECK(vdi_settings_is_locked(settings, "connect", "server"));
    CHECK(!vdi_settings_override(settings, "connect", "server", "https://b", &error));
    CHECK_ERROR(error, VDI_SETTINGS_ERROR, VDI_SETTINGS_ERROR_LOCKED);
    CHECK_TEXT(vdi_settings_text(settings, "connect", "server"), "https://a");
    CHECK(vdi_settings_override(settings, "connect", "width", "640", &error));
    CHECK_INT(vdi_settings_number(settings, "connect", "width"), 640);
}

static void a_mistake_is_named(void)
{
    static const struct {
        const char *name, *text, *named;
        VdiSettingsError code;
    } bad[] = {
        {"unknown-key", "[connect]\nsrever=x\n", "[connect] srever", VDI_SETTINGS_ERROR_KEY},
        {"unknown-group", "[conect]\nserver=x\n", "[conect] server", VDI_SETTINGS_ERROR_KEY},
        {"out-of-range", "[connect]\nwidth=31\n", "32 to 8192", VDI_SETTINGS_ERROR_KEY},
        {"negative", "[connect]\nwidth=-3\n", "\"-3\"", VDI_SETTINGS_ERROR_KEY},
        {"plus", "[connect]\nwidth=+800\n", "\"+800\"", VDI_SETTINGS_ERROR_KEY},
        {"word", "[connect]\nguard=maybe\n", "block|advise", VDI_SETTINGS_ERROR_KEY},
        {"switch", "[connect]\nonce=1\n", "true|false", VDI_SETTINGS_ERROR_KEY},
        {"lock", "[connect]\nonce.locked=yes\n", "once.locked", VDI_SETTINGS_ERROR_KEY},
        {"no-group", "server=x\n", "vdi.conf", VDI_SETTINGS_ERROR_FORMAT},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiSettings) settings = read_site(bad[i].name, bad[i].text, NULL, &error);

        CHECK_ROW(bad[i].name, settings == NULL);
        CHECK_ROW(bad[i].name, g_error_matches(error, VDI_SETTINGS_ERROR, (int) bad[i].code));
        CHECK_ROW(bad[i].name, error != NULL && strstr(error->message, bad[i].named) != NULL);
    }
}

/* A person's own places: nobody else's files are asked for there. */
static void what_organisations_bring_stands_below_all_else(void)
{
    g_autofree char *config = g_build_filename(test_folder(), "brought", NULL);
    g_autofree char *one = g_build_filename(config, "orgs/acme/vdi.conf", NULL);
    g_autofree char *two = g_build_filename(config, "orgs/beta/vdi.conf", NULL);
    g_autofree char *hidden = g_build_filename(config, "orgs/.gone.old/vdi.conf", NULL);
    g_autofree char *limits = g_build_filename(config, "orgs/acme/guard.conf", NULL);
    g_autofree char *drop_in = g_build_filename(config, "conf.d/50-clients.conf", NULL);
    const VdiPaths paths = {.root = (char *) "",
        .config = config,
        .state = (char *) "/nonexistent",
        .is_personal = true};
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(one, "[connect]\nserver=acme\nwidth=800\n", 0644, &error));
    CHECK(vdi_file_write_text(two, "[connect]\nserver=beta\n", 0644, &error));
    CHECK(vdi_file_write_text(hidden, "[connect]\nserver=gone\n", 0644, &error));
    CHECK(vdi_file_write_text(limits, "[connect]\nwidth=900\n", 0644, &error));
    CHECK(vdi_file_write_text(drop_in, "[unknown]\nkey=1\n", 0644, &error));
    g_autoptr(VdiSettings) clients = vdi_settings_read(&paths, "vdi", rows, true, &error);
    g_autoptr(VdiSettings) guards = vdi_settings_read(&paths, "guard", rows, true, &error);

    CHECK_NO_ERROR(error);
    if (clients != NULL && guards != NULL) {
        CHECK_TEXT(vdi_settings_text(clients, "connect", "server"), "beta");
        CHECK_INT(vdi_settings_number(clients, "connect", "width"), 800);
        /* The guard's limits are no organisation's business, nor that of a drop-in for clients. */
        CHECK_INT(vdi_settings_number(guards, "connect", "width"), 1280);
        CHECK(vdi_settings_override(clients, "connect", "server", "mine", &error));
        CHECK_TEXT(vdi_settings_text(clients, "connect", "server"), "mine");
    }
}

/* A group may take any key; one with a row of its own is that row's all the same. */
static void an_open_group_takes_every_key(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiSettings) settings = read_site("open",
        "[open]\nvpn=office\nproxy=\nlost.locked=true\nknown=7\n", "[open]\nvpn=home\n", &error);

    if (settings == NULL) {
        CHECK_NO_ERROR(error);
        return;
    }
    g_auto(GStrv) names = vdi_settings_names(settings, "open");
    g_autofree char *all = g_strjoinv(" ", names);

    CHECK_TEXT(all, "proxy vpn");
    CHECK_TEXT(vdi_settings_text(settings, "open", "vpn"), "home");
    CHECK_TEXT(vdi_settings_text(settings, "open", "proxy"), "");
    CHECK(vdi_settings_text(settings, "open", "nobody") == NULL);
    CHECK_INT(vdi_settings_number(settings, "open", "known"), 7);
    CHECK(vdi_settings_is_locked(settings, "open", "lost"));
    g_autoptr(VdiSettings) empty = read_site("open-nothing", NULL, NULL, &error);

    if (empty != NULL) {
        g_auto(GStrv) none = vdi_settings_names(empty, "open");

        CHECK(none[0] == NULL);
    }
}

const Test tests[] = {
    {"an open group takes every key", an_open_group_takes_every_key},
    {"a later file wins, and the rest is built in", a_later_file_wins_and_the_rest_is_built_in},
    {"a lock stands above the command line", a_lock_stands_above_the_command_line},
    {"what organisations bring stands below all else",
        what_organisations_bring_stands_below_all_else},
    {"a mistake is named with its file and key", a_mistake_is_named},
    TEST_END,
};
