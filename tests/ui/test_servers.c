/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/support/check.h"
#include "ui/servers.h"

static char *fresh(const char *name)
{
    return g_build_filename(test_folder(), name, "servers", NULL);
}

static const VdiServer *at(GPtrArray *servers, size_t i)
{
    return servers != NULL && i < servers->len ? g_ptr_array_index(servers, i) : NULL;
}

static void the_last_one_used_comes_first(void)
{
    g_autofree char *path = fresh("order");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_servers_remember(path, "https://a.example", "ada", 1000, &error));
    CHECK(vdi_servers_remember(path, "https://b.example", NULL, 2000, &error));
    CHECK(vdi_servers_remember(path, "https://a.example", "grace", 3000, &error));
    g_autoptr(GPtrArray) servers = vdi_servers_read(path, &error);

    CHECK_NO_ERROR(error);
    CHECK_INT(servers->len, 2);
    CHECK_TEXT(at(servers, 0)->address, "https://a.example");
    CHECK_TEXT(at(servers, 0)->user, "grace");
    CHECK_INT(at(servers, 0)->used_at, 3000);
    CHECK_TEXT(at(servers, 1)->user, "");
}

static void a_server_can_be_forgotten(void)
{
    g_autofree char *path = fresh("forget");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_servers_remember(path, "https://a.example", "ada", 1000, &error));
    CHECK(vdi_servers_forget(path, "https://a.example", &error));
    CHECK(vdi_servers_forget(path, "https://never.example", &error));
    g_autoptr(GPtrArray) servers = vdi_servers_read(path, &error);

    CHECK_NO_ERROR(error);
    CHECK_INT(servers->len, 0);
}

static void the_oldest_falls_out(void)
{
    g_autofree char *path = fresh("many");
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < VDI_SERVERS_MAX + 3; i++) {
        g_autofree char *address = g_strdup_printf("https://%d.example", i);

        CHECK(vdi_servers_remember(path, address, NULL, 1000 + i, &error));
    }
    g_autoptr(GPtrArray) servers = vdi_servers_read(path, &error);

    CHECK_NO_ERROR(error);
    CHECK_INT(servers->len, VDI_SERVERS_MAX);
    CHECK_TEXT(at(servers, VDI_SERVERS_MAX - 1)->address, "https://3.example");
}

static void a_damaged_file_is_an_error_and_stays(void)
{
    g_autofree char *path = fresh("damaged");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(path, "not a key file\n", 0600, &error));
    CHECK(vdi_servers_read(path, &error) == NULL);
    CHECK_ERROR(error, VDI_SETTINGS_ERROR, VDI_SETTINGS_ERROR_FORMAT);
    CHECK(!vdi_servers_remember(path, "https://a.example", NULL, 1, &error));
    g_clear_error(&error);
    g_autoptr(GBytes) kept = vdi_file_read(path, 100, &error);

    CHECK(kept != NULL && g_bytes_get_size(kept) == 15);
}

static void what_organisations_bring_comes_behind(void)
{
    g_autofree char *path = fresh("brought");
    g_autofree char *config = g_build_filename(test_folder(), "brought-config", NULL);
    g_autofree char *acme = g_build_filename(config, "orgs/acme/servers", NULL);
    g_autofree char *damaged = g_build_filename(config, "orgs/beta/servers", NULL);
    g_autofree char *hidden = g_build_filename(config, "orgs/.old/servers", NULL);
    const VdiPaths paths = {.root = (char *) "",
        .config = config,
        .state = (char *) "/nonexistent",
        .is_personal = true};
    g_autoptr(GError) error = NULL;

    CHECK(vdi_servers_remember(path, "https://b.example", "ada", 1000, &error));
    CHECK(vdi_file_write_text(acme,
        "[server 1]\nname=Desktops\naddress=https://a.example\n"
        "[server 2]\nname=Known\naddress=https://b.example\n",
        0644, &error));
    CHECK(vdi_file_write_text(damaged, "[server 1]\nname=No address\n", 0644, &error));
    CHECK(vdi_file_write_text(hidden, "[server 1]\naddress=https://c.example\n", 0644, &error));
    g_autoptr(GPtrArray) servers = vdi_servers_read(path, &error);

    CHECK_NO_ERROR(error);
    vdi_servers_add_brought(servers, &paths);
    CHECK_INT(servers->len, 2);
    CHECK_TEXT(at(servers, 0)->address, "https://b.example");
    CHECK_TEXT(at(servers, 0)->name, "Known");
    CHECK_TEXT(at(servers, 0)->user, "ada");
    CHECK_TEXT(at(servers, 1)->name, "Desktops");
    CHECK_TEXT(at(servers, 1)->organisation, "acme");
}

const Test tests[] = {
    {"the last one used comes first, once", the_last_one_used_comes_first},
    {"a server can be forgotten", a_server_can_be_forgotten},
    {"the oldest falls out of a full list", the_oldest_falls_out},
    {"what organisations bring comes behind, and names what is known",
        what_organisations_bring_comes_behind},
    {"a damaged file is an error, and is not overwritten", a_damaged_file_is_an_error_and_stays},
    TEST_END,
};
