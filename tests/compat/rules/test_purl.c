/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/purl.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

/* Decoded, in order, with a blank between them. NULL: none. */
static char *qualifiers_of(const VdiPurl *purl)
{
    if (purl->qualifiers == NULL) {
        return NULL;
    }
    GString *out = g_string_new(NULL);

    for (size_t i = 0; purl->qualifiers[i] != NULL; i += 2) {
        g_string_append_printf(
            out, "%s%s=%s", out->len > 0 ? " " : "", purl->qualifiers[i], purl->qualifiers[i + 1]);
    }
    return g_string_free(out, false);
}

/* `printed` NULL: it is canonical as it stands. */
static const struct {
    const char *text, *type, *namespace, *name, *version, *qualifiers, *subpath, *printed;
} read_rows[] = {
    /* the specification's public cases, put together */
    {"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb", "debian", "curl", "7.50.3-1",
        "arch=i386 distro=jessie", NULL, NULL},
    {"pkg:deb/ubuntu/dpkg@1.19.0.4?arch=amd64", "deb", "ubuntu", "dpkg", "1.19.0.4", "arch=amd64",
        NULL, NULL},
    {"pkg:deb/debian/attr@1:2.4.47-2?arch=source", "deb", "debian", "attr", "1:2.4.47-2",
        "arch=source", NULL, NULL},
    {"pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64", "deb", "debian", "attr", "1:2.4.47-2+b1",
        "arch=amd64", NULL, NULL},
    {"pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25", "rpm", "fedora", "curl",
        "7.50.3-1.fc25", "arch=i386 distro=fedora-25", NULL,
        "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25"},
    {"pkg:rpm/fedora/centerim@4.22.10-1.el6?arch=i686&epoch=1&distro=fedora-25", "rpm", "fedora",
        "centerim", "4.22.10-1.el6", "arch=i686 distro=fedora-25 epoch=1", NULL,
        "pkg:rpm/fedora/centerim@4.22.10-1.el6?arch=i686&distro=fedora-25&epoch=1"},
    {"pkg:rpm/opensuse/zsh?arch=x86_64&distro=opensuse-15.3", "rpm", "opensuse", "zsh", NULL,
        "arch=x86_64 distro=opensuse-15.3", NULL, NULL},
    {"pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64", "alpm", "arch", "pacman", "6.0.1-1", "arch=x86_64",
        NULL, NULL},
    {"pkg:alpm/arch/containers-common@1:0.47.4-4?arch=x86_64", "alpm", "arch", "containers-common",
        "1:0.47.4-4", "arch=x86_64", NULL, NULL},
    {"pkg:generic/openssl@1.1.10g", "generic", NULL, "openssl", "1.1.10g", NULL, NULL, NULL},
    {"pkg:generic/openssl@1.1.10g?download_url=https://openssl.org/source/"
     "openssl-1.1.0g.tar.gz&checksum=sha256:de4d501267da",
        "generic", NULL, "openssl", "1.1.10g",
        "checksum=sha256:de4d501267da "
        "download_url=https://openssl.org/source/openssl-1.1.0g.tar.gz",
        NULL,
        "pkg:generic/openssl@1.1.10g?checksum=sha256:de4d501267da&download_url=https://openssl.org/"
        "source/openssl-1.1.0g.tar.gz"},
    {"pkg:generic/bitwarderl?vcs_url=git%2Bhttps://git.fsfe.org/dxtr/bitwarderl%40cc55108da32",
        "generic", NULL, "bitwarderl", NULL,
        "vcs_url=git+https://git.fsfe.org/dxtr/bitwarderl@cc55108da32", NULL, NULL},
    {"pkg:generic/bitwarderl?checksum=sha1:ad9503c3e994a4f%2Csha256:41bf9088b3a1e6c1ef1d",
        "generic", NULL, "bitwarderl", NULL,
        "checksum=sha1:ad9503c3e994a4f,sha256:41bf9088b3a1e6c1ef1d", NULL, NULL},
    {"pkg:generic/libexample@0.5.2#src/libexample.c", "generic", NULL, "libexample", "0.5.2", NULL,
        "src/libexample.c", NULL},
    {"pkg:npm/foobar@12.3.1", "npm", NULL, "foobar", "12.3.1", NULL, NULL, NULL},
    {"pkg:npm/%40angular/animation@12.3.1", "npm", "@angular", "animation", "12.3.1", NULL, NULL,
        NULL},
    {"pkg:npm/mypackage@12.4.5?vcs_url=git://host.com/path/to/repo.git%404345abcd34343", "npm",
        NULL, "mypackage", "12.4.5", "vcs_url=git://host.com/path/to/repo.git@4345abcd34343", NULL,
        NULL},
    {"pkg:npm/@babel/core#/googleapis/api/annotations/", "npm", "@babel", "core", NULL, NULL,
        "googleapis/api/annotations", "pkg:npm/%40babel/core#googleapis/api/annotations"},
    {"pkg:npm/%40MyScope/MyPackage@1.0.0", "npm", "@myscope", "mypackage", "1.0.0", NULL, NULL,
        "pkg:npm/%40myscope/mypackage@1.0.0"},
    {"pkg:npm/foo@1.0.0#src/%F0%9F%98%83/file.js", "npm", NULL, "foo", "1.0.0", NULL,
        "src/\xf0\x9f\x98\x83/file.js", NULL},
    {"pkg:npm/foo@1.0.0?vcs_url=https://a.com/b/c%F0%9F%98%83d.git", "npm", NULL, "foo", "1.0.0",
        "vcs_url=https://a.com/b/c\xf0\x9f\x98\x83"
        "d.git",
        NULL, NULL},
    {"pkg:swid/Acme/example.com/"
     "Enterprise+Server@1.0.0?tag_id=75b8c285-fa7b-485b-b199-4745e3004d0d",
        "swid", "Acme/example.com", "Enterprise+Server", "1.0.0",
        "tag_id=75b8c285-fa7b-485b-b199-4745e3004d0d", NULL,
        "pkg:swid/Acme/example.com/"
        "Enterprise%2BServer@1.0.0?tag_id=75b8c285-fa7b-485b-b199-4745e3004d0d"},
    {"pkg:swid/Fedora@29?tag_id=org.fedoraproject.Fedora-29", "swid", NULL, "Fedora", "29",
        "tag_id=org.fedoraproject.Fedora-29", NULL, NULL},
    {"pkg:GITHUB/package-url/purl-Spec@244fd47e07d1004f0aed9c", "github", "package-url",
        "purl-spec", "244fd47e07d1004f0aed9c", NULL, NULL,
        "pkg:github/package-url/purl-spec@244fd47e07d1004f0aed9c"},
    {"pkg:bitbucket/birKenfeld/pyGments-main@244fd47e07d1014f0aed9c", "bitbucket", "birkenfeld",
        "pygments-main", "244fd47e07d1014f0aed9c", NULL, NULL,
        "pkg:bitbucket/birkenfeld/pygments-main@244fd47e07d1014f0aed9c"},
    {"pkg:golang/google.golang.org/genproto#/googleapis/api/annotations/", "golang",
        "google.golang.org", "genproto", NULL, NULL, "googleapis/api/annotations",
        "pkg:golang/google.golang.org/genproto#googleapis/api/annotations"},
    {"pkg:maven/mygroup/myartifact@1.0.0%20Final?mykey=my%20value", "maven", "mygroup",
        "myartifact", "1.0.0 Final", "mykey=my value", NULL, NULL},
    {"pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f0aed9c?repository_url=gcr.io",
        "docker", "customer", "dockerimage", "sha256:244fd47e07d1004f0aed9c",
        "repository_url=gcr.io", NULL, NULL},
    {"pkg:bioconductor/x@1?a=b", "bioconductor", NULL, "x", "1", "a=b", NULL, NULL},
    /* case */
    {"pkg:deb/Debian/CURL", "deb", "debian", "curl", NULL, NULL, NULL, "pkg:deb/debian/curl"},
    {"PKG:RPM/Fedora/ImageMagick", "rpm", "fedora", "ImageMagick", NULL, NULL, NULL,
        "pkg:rpm/fedora/ImageMagick"},
    {"pkg:apk/Alpine/CURL@7.83.0-r0", "apk", "alpine", "curl", "7.83.0-r0", NULL, NULL,
        "pkg:apk/alpine/curl@7.83.0-r0"},
    {"pkg:npm/%C3%89T%C3%89", "npm", NULL,
        "\xc3\xa9"
        "t\xc3\xa9",
        NULL, NULL, NULL, "pkg:npm/%C3%A9t%C3%A9"},
    /* encoding */
    {"pkg:deb/debian/libstdc%2B%2B6", "deb", "debian", "libstdc++6", NULL, NULL, NULL, NULL},
    {"pkg:deb/debian/libstdc++6?Arch=amd64&x=", "deb", "debian", "libstdc++6", NULL, "arch=amd64",
        NULL, "pkg:deb/debian/libstdc%2B%2B6?arch=amd64"},
    {"pkg:generic/%61%3a%7e@%31%2f2", "generic", NULL, "a:~", "1/2", NULL, NULL,
        "pkg:generic/a:~@1%2F2"},
    {"pkg:generic/a?x=%26%3D%23%3F/%40", "generic", NULL, "a", NULL, "x=&=#?/@", NULL, NULL},
    {"pkg:generic/a%2520b", "generic", NULL, "a%20b", NULL, NULL, NULL, NULL},
    /* what says nothing is left out */
    {"pkg:///deb/debian/a/", "deb", "debian", "a", NULL, NULL, NULL, "pkg:deb/debian/a"},
    {"pkg:golang/github.com//a/b//c", "golang", "github.com/a/b", "c", NULL, NULL, NULL,
        "pkg:golang/github.com/a/b/c"},
    {"pkg:generic/a@?#", "generic", NULL, "a", NULL, NULL, NULL, "pkg:generic/a"},
    {"pkg:generic/a?x=&y=", "generic", NULL, "a", NULL, NULL, NULL, "pkg:generic/a"},
    {"pkg:generic/a?x=&x=1", "generic", NULL, "a", NULL, "x=1", NULL, "pkg:generic/a?x=1"},
    {"pkg:generic/a#./b/../%2E/%2e%2E/c//.d", "generic", NULL, "a", NULL, NULL, "b/c/.d",
        "pkg:generic/a#b/c/.d"},
    {"pkg:generic/a#..", "generic", NULL, "a", NULL, NULL, NULL, "pkg:generic/a"},
    /* from right to left */
    {"pkg:deb/debian/dpkg@1:1.19?distro=a&arch=s390x#usr/bin", "deb", "debian", "dpkg", "1:1.19",
        "arch=s390x distro=a", "usr/bin", "pkg:deb/debian/dpkg@1:1.19?arch=s390x&distro=a#usr/bin"},
    {"pkg:generic/a@1@2", "generic", NULL, "a@1", "2", NULL, NULL, "pkg:generic/a%401@2"},
    {"pkg:generic/a@1/2", "generic", NULL, "a", "1/2", NULL, NULL, "pkg:generic/a@1%2F2"},
    {"pkg:generic/a#b#c", "generic", NULL, "a#b", NULL, NULL, "c", "pkg:generic/a%23b#c"},
    {"pkg:generic/a?b?c=d", "generic", NULL, "a?b", NULL, "c=d", NULL, "pkg:generic/a%3Fb?c=d"},
};

static void is_read_as_the_specification_says(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(read_rows); i++) {
        const char *due = read_rows[i].printed != NULL ? read_rows[i].printed : read_rows[i].text;
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiPurl) purl = vdi_purl_parse(read_rows[i].text, &error);

        if (!CHECK_NO_ERROR(error)) {
            continue;
        }
        g_autofree char *qualifiers = qualifiers_of(purl);
        g_autofree char *printed = vdi_purl_print(purl);

        CHECK_TEXT(purl->type, read_rows[i].type);
        CHECK_TEXT(purl->namespace, read_rows[i].namespace);
        CHECK_TEXT(purl->name, read_rows[i].name);
        CHECK_TEXT(purl->version, read_rows[i].version);
        CHECK_TEXT(qualifiers, read_rows[i].qualifiers);
        CHECK_TEXT(purl->subpath, read_rows[i].subpath);
        CHECK_TEXT(printed, due);
    }
}

static void what_was_printed_reads_the_same(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(read_rows); i++) {
        g_autoptr(VdiPurl) once = vdi_purl_parse(read_rows[i].text, NULL);
        g_autofree char *printed = once != NULL ? vdi_purl_print(once) : g_strdup("");
        g_autoptr(VdiPurl) twice = vdi_purl_parse(printed, NULL);
        g_autofree char *again = twice != NULL ? vdi_purl_print(twice) : NULL;

        CHECK_TEXT(again, printed);
    }
}

static void what_was_built_reads_the_same(void)
{
    static const char *const names[] = {
        "a b", "a%b", "a@b", "@a", "a?b", "a#b", "a&b=c", "a+b", "..", "a:b", "\xc3\xa9"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        VdiPurl purl = {
            .type = (char *) "generic", .name = (char *) names[i], .version = (char *) names[i]};
        g_autofree char *once = vdi_purl_print(&purl);
        g_autoptr(VdiPurl) back = vdi_purl_parse(once, NULL);

        CHECK_ROW(names[i], back != NULL);
        CHECK_TEXT(back != NULL ? back->name : NULL, names[i]);
        CHECK_TEXT(back != NULL ? back->version : NULL, names[i]);
    }
}

static void refuses_what_is_none(void)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"nothing", ""},
        {"no scheme", "deb/debian/curl"},
        {"no scheme, public case", "EnterpriseLibrary.Common@6.0.1304"},
        {"no type, public case", "pkg:EnterpriseLibrary.Common@6.0.1304"},
        {"an encoded colon behind the scheme", "pkg%3Amaven/org.apache.commons/io"},
        {"no name", "pkg:deb/debian/"},
        {"no name, public case", "pkg:maven/@1.3.4"},
        {"a type and a slash", "pkg:npm/"},
        {"a type alone", "pkg:deb"},
        {"slashes alone", "pkg:////"},
        {"a package system without a distributor", "pkg:deb/curl"},
        {"a package system with slashes for it", "pkg:deb//curl"},
        {"a tag without its id", "pkg:swid/Fedora@29"},
        {"a tag with an empty id", "pkg:swid/Fedora@29?tag_id="},
        {"a bad encoding", "pkg:deb/debian/a%zz"},
        {"half an encoding", "pkg:deb/debian/a%4"},
        {"NUL", "pkg:deb/debian/a%00"},
        {"a slash within a segment", "pkg:golang/a%2Fb/c"},
        {"a slash within a name", "pkg:golang/a/b%2Fc"},
        {"a slash within a subpath's segment", "pkg:golang/a/b#c%2Fd"},
        {"a control character", "pkg:deb/debian/a%0Ab"},
        {"a control character in a version", "pkg:deb/debian/a@1%7F"},
        {"not UTF-8", "pkg:deb/debian/a%FF"},
        {"not UTF-8 in a subpath", "pkg:deb/debian/a#%C3%28"},
        {"a bad encoding in a qualifier", "pkg:deb/debian/a?b=%"},
        {"a qualifier without a value sign", "pkg:deb/debian/a?arch"},
        {"qualifiers with nothing between", "pkg:deb/debian/a?b=c&&d=e"},
        {"a qualifier without a name", "pkg:deb/debian/a?=b"},
        {"a qualifier twice", "pkg:deb/debian/a?arch=a&ARCH=b"},
        {"a space in a qualifier's name", "pkg:deb/debian/a?a b=c"},
        {"an encoding in it, public case", "pkg:npm/myartifact@1.0.0?in%20production=true"},
        {"the same without a value", "pkg:npm/myartifact@1.0.0?in%20production="},
        {"a digit before it", "pkg:npm/myartifact@1.0.0?1a=b"},
        {"a strange type", "pkg:d&b/debian/a"},
        {"a strange type, public case", "pkg:n&g?inx/nginx@0.8.9"},
        {"a type with a digit first", "pkg:3nginx/nginx@0.8.9"},
        {"a type with a colon", "pkg:nginx:a/nginx@0.8.9"},
        {"an encoded type", "pkg:d%65b/debian/a"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiPurl) purl = vdi_purl_parse(rows[i].text, &error);

        CHECK_ROW(rows[i].name, purl == NULL);
        CHECK_ERROR(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_PURL);
    }
}

/* 512 bytes as written, and when all is encoded. */
static void sizes_have_a_ceiling(void)
{
    size_t room = VDI_PURL_MAX_BYTES - strlen("pkg:generic/");
    g_autofree char *most = g_strnfill(room, 'a');
    g_autofree char *spaces = g_strnfill(room / 2, ' ');
    g_autofree char *fits = g_strconcat("pkg:generic/", most, NULL);
    g_autofree char *too_long = g_strconcat(fits, "a", NULL);
    g_autofree char *swells = g_strconcat("pkg:generic/", spaces, NULL);
    g_autoptr(VdiPurl) purl = vdi_purl_parse(fits, NULL);

    CHECK(purl != NULL);
    CHECK(vdi_purl_parse(too_long, NULL) == NULL);
    CHECK(vdi_purl_parse(swells, NULL) == NULL);
    vdi_purl_free(NULL);
}

const Test tests[] = {
    {"is read as the specification says", is_read_as_the_specification_says},
    {"what was printed reads the same", what_was_printed_reads_the_same},
    {"what was built reads the same", what_was_built_reads_the_same},
    {"refuses what is none", refuses_what_is_none},
    {"sizes have a ceiling", sizes_have_a_ceiling},
    TEST_END,
};
