/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/purl.h"

#include "base/error.h"
#include "tests/support/check.h"

static void is_read_from_right_to_left(void)
{
    static const struct {
        const char *text, *type, *namespace, *name, *version, *arch, *subpath, *printed;
    } rows[] = {
        {"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb", "debian", "curl",
            "7.50.3-1", "i386", NULL, "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
        {"pkg:deb/Debian/CURL", "deb", "debian", "curl", NULL, NULL, NULL, "pkg:deb/debian/curl"},
        {"PKG:RPM/fedora/ImageMagick", "rpm", "fedora", "ImageMagick", NULL, NULL, NULL,
            "pkg:rpm/fedora/ImageMagick"},
        {"pkg:deb/debian/libstdc%2B%2B6", "deb", "debian", "libstdc++6", NULL, NULL, NULL,
            "pkg:deb/debian/libstdc%2B%2B6"},
        {"pkg:deb/debian/libstdc++6?Arch=amd64&x=", "deb", "debian", "libstdc++6", NULL, "amd64",
            NULL, "pkg:deb/debian/libstdc%2B%2B6?arch=amd64"},
        {"pkg:deb/debian/dpkg@1:1.19?distro=a&arch=s390x#usr/bin", "deb", "debian", "dpkg",
            "1:1.19", "s390x", "usr/bin", "pkg:deb/debian/dpkg@1:1.19?arch=s390x&distro=a#usr/bin"},
        {"pkg:generic/openssl@1.1", "generic", NULL, "openssl", "1.1", NULL, NULL,
            "pkg:generic/openssl@1.1"},
        {"pkg:npm/%40angular/core@1.0", "npm", "@angular", "core", "1.0", NULL, NULL,
            "pkg:npm/%40angular/core@1.0"},
        {"pkg:golang/github.com/a/b//c", "golang", "github.com/a/b", "c", NULL, NULL, NULL,
            "pkg:golang/github.com/a/b/c"},
        {"pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64", "alpm", "arch", "pacman", "6.0.1-1", "x86_64",
            NULL, "pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64"},
        {"pkg://deb/debian/a", "deb", "debian", "a", NULL, NULL, NULL, "pkg:deb/debian/a"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiPurl) purl = vdi_purl_parse(rows[i].text, &error);

        if (!CHECK_NO_ERROR(error)) {
            continue;
        }
        g_autofree char *printed = vdi_purl_print(purl);

        CHECK_TEXT(purl->type, rows[i].type);
        CHECK_TEXT(purl->namespace, rows[i].namespace);
        CHECK_TEXT(purl->name, rows[i].name);
        CHECK_TEXT(purl->version, rows[i].version);
        CHECK_TEXT(vdi_purl_qualifier(purl, "arch"), rows[i].arch);
        CHECK_TEXT(purl->subpath, rows[i].subpath);
        CHECK_TEXT(printed, rows[i].printed);
    }
}

static void what_was_printed_reads_the_same(void)
{
    static const char *const names[] = {
        "a b", "a%b", "a@b", "a?b", "a#b", "a&b=c", "a+b", "\xc3\xa9"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        VdiPurl purl = {.type = (char *) "generic", .name = (char *) names[i]};
        g_autofree char *once = vdi_purl_print(&purl);
        g_autoptr(VdiPurl) back = vdi_purl_parse(once, NULL);

        CHECK_ROW(names[i], back != NULL);
        CHECK_TEXT(back != NULL ? back->name : NULL, names[i]);
    }
}

static void refuses_what_is_none(void)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"nothing", ""},
        {"no scheme", "deb/debian/curl"},
        {"no name", "pkg:deb/debian/"},
        {"a type alone", "pkg:deb"},
        {"a package system without a distributor", "pkg:deb/curl"},
        {"a bad encoding", "pkg:deb/debian/a%zz"},
        {"NUL", "pkg:deb/debian/a%00"},
        {"a slash within a segment", "pkg:golang/a%2Fb/c"},
        {"a control character", "pkg:deb/debian/a%0Ab"},
        {"not UTF-8", "pkg:deb/debian/a%FF"},
        {"a qualifier without a value sign", "pkg:deb/debian/a?arch"},
        {"a qualifier twice", "pkg:deb/debian/a?arch=a&ARCH=b"},
        {"a space in a qualifier's name", "pkg:deb/debian/a?a b=c"},
        {"a strange type", "pkg:d&b/debian/a"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiPurl) purl = vdi_purl_parse(rows[i].text, &error);

        CHECK_ROW(rows[i].name, purl == NULL);
        CHECK_ERROR(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_PURL);
    }
}

const Test tests[] = {
    {"is read from right to left", is_read_from_right_to_left},
    {"what was printed reads the same", what_was_printed_reads_the_same},
    {"refuses what is none", refuses_what_is_none},
    TEST_END,
};
