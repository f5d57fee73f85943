/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/guard/guard_support.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "compat/store.h"
#include "tests/support/check.h"

VdiPaths *guard_system(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "system-XXXXXX", NULL);

    g_assert(g_mkdtemp_full(root, 0755) != NULL);
    VdiPaths *paths = vdi_paths_new_system(root);

    guard_write(paths, "/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    guard_write(paths, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    return paths;
}

bool guard_is_root(void)
{
    if (geteuid() == 0) {
        return true;
    }
    skip("needs root: what is trusted must be root's");
    return false;
}

void guard_write(const VdiPaths *paths, const char *absolute, const char *text)
{
    g_autofree char *path = vdi_paths_below(paths, absolute);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(path, text, 0644, &error));
    CHECK_NO_ERROR(error);
}

char *guard_read(const VdiPaths *paths, const char *absolute)
{
    g_autofree char *path = vdi_paths_below(paths, absolute);
    g_autoptr(GBytes) bytes = vdi_file_read(path, 1024 * 1024, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

    return bytes != NULL ? g_strndup(data != NULL ? data : "", size) : NULL;
}

void guard_organisation(const VdiPaths *paths, const char *name, const char *conf)
{
    g_autofree char *path = g_strdup_printf("/etc/vdi/orgs/%s/org.conf", name);
    g_autofree char *text = g_strconcat("[organisation]\n", conf, "\n", NULL);

    guard_write(paths, path, text);
}

void guard_accept(const VdiPaths *paths, const char *name, const char *rules, int64_t expires_at)
{
    g_autofree char *issued = vdi_text_time(GUARD_NOW - GUARD_DAY);
    g_autofree char *text = g_strdup_printf("{'schema': '%s', 'id': '%s', 'issued': '%s', "
                                            "'rules': [%s]}",
        VDI_MANIFEST_SCHEMA, name, issued, rules);

    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    g_autoptr(GBytes) target = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    const VdiTrustReport report = {.targets_version = 7, .expires_at = expires_at};

    CHECK(vdi_store_accept(paths, name, target, &report, &error));
    CHECK_NO_ERROR(error);
}

char *guard_rule(const char *id, const char *package, const char *from, const char *below)
{
    return g_strdup_printf(
        "{'id': '%s', 'effect': 'block', 'title': {'en': 'The client cannot connect', "
        "'fr': 'Le client ne peut pas se connecter'}, 'message': {'en': 'Wait for the fixed "
        "{package}.'"
        ", 'fr': 'Attendez.'}, 'when': {'package': {'purl': 'pkg:deb/debian/%s', "
        "'version': 'vers:deb/>=%s|<%s'}}, 'remedies': [{'category': 'vendor_fix', "
        "'action': 'upgrade-package', 'package': 'pkg:deb/debian/%s', 'version': '%s'}], "
        "'expires': '2027-02-01T00:00:00Z', 'references': []}",
        id, package, from, below, package, below);
}
