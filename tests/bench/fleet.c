/* SPDX-License-Identifier: Apache-2.0 */
/* Makes up a fleet, or rules for it, on stdout: always the same ones.
 *
 *   fleet machines NUMBER PACKAGES     that many machines of that many packages each
 *   fleet rules NUMBER PACKAGES        a manifest of that many rules about these packages
 *
 * Machines have one of three systems; each of their packages has one of four versions, whatever the
 * others have: no two machines are alike. Every package is named by some rule. */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { VERSIONS = 4, NAME_MAX_BYTES = 64, OUT_BYTES = 1 << 20 };

static const char *const systems[] = {
    "os=debian version=12", "os=ubuntu version=22.04 like=debian", "os=debian version=13"};
static const char *const kernels[] = {"6.1.0-25-amd64", "5.15.0-119-generic", "6.12.6-amd64"};

/* Names of the usual length: 5 to 25 bytes. */
static void name_of(unsigned package, char *name)
{
    static const char *const stems[] = {
        "lib", "python3-", "fonts-", "gir1.2-", "x", "linux-image-"};
    static const char *const ends[] = {"", "-dev", "-common", "-data", "-bin", "1t64", "-doc"};

    g_snprintf(name, NAME_MAX_BYTES, "%s%c%c%u%s", stems[package % G_N_ELEMENTS(stems)],
        'a' + (char) (package % 23), 'a' + (char) (package / 23 % 26), package,
        ends[package % G_N_ELEMENTS(ends)]);
}

static void append_version(GString *out, unsigned package, unsigned n)
{
    g_string_append_printf(out, "%u.%u.%u-%u+deb12u%u", package % 7, package % 19, n, 1 + n % 2, n);
}

/* Lines are made once, then copied. */
static void print_machines(unsigned n_machines, unsigned n_packages)
{
    g_autofree GString **lines = g_new0(GString *, n_packages * VERSIONS);
    g_autoptr(GString) out = g_string_sized_new(OUT_BYTES + 65536);
    uint64_t state = 88172645463325252u;

    for (unsigned i = 0; i < n_packages * VERSIONS; i++) {
        char name[NAME_MAX_BYTES];

        name_of(i / VERSIONS, name);
        lines[i] = g_string_new(name);
        g_string_append_c(lines[i], ' ');
        append_version(lines[i], i / VERSIONS, i % VERSIONS);
        g_string_append(lines[i], i % 5 == 0 ? " all\n" : " amd64\n");
    }
    for (unsigned machine = 0; machine < n_machines; machine++) {
        unsigned system = machine % G_N_ELEMENTS(systems);

        g_string_append_printf(out,
            "@ lap-%06u %s arch=amd64 kernel=%s machine=%032x packages=%u\n", machine,
            systems[system], kernels[system], machine, n_packages);
        for (unsigned i = 0; i < n_packages; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            const GString *line = lines[i * VERSIONS + (unsigned) (state >> 20) % VERSIONS];

            g_string_append_len(out, line->str, (gssize) line->len);
        }
        if (out->len > OUT_BYTES) {
            fwrite(out->str, 1, out->len, stdout);
            g_string_truncate(out, 0);
        }
    }
    fwrite(out->str, 1, out->len, stdout);
    for (unsigned i = 0; i < n_packages * VERSIONS; i++) {
        g_string_free(lines[i], TRUE);
    }
}

/* One package fact: most are of versions that nobody has, some of one that a quarter has. */
static void append_package(GString *out, unsigned package, bool is_there)
{
    char name[NAME_MAX_BYTES];

    name_of(package, name);
    g_string_append_printf(
        out, "{\"package\":{\"purl\":\"pkg:deb/debian/%s\",\"version\":\"vers:deb/>=", name);
    if (is_there) {
        append_version(out, package, 2);
        g_string_append(out, "|<");
        append_version(out, package, 3);
    } else {
        g_string_append(out, "99:1|<99:2");
    }
    g_string_append(out, "\"}}");
}

static void append_condition(GString *out, unsigned rule, unsigned n_packages)
{
    unsigned package = rule % n_packages, other = (rule * 7 + 3) % n_packages;

    switch (rule % 10) {
    case 0:
        g_string_append(out, "{\"all\":[{\"os\":{\"id\":\"ubuntu\"}},");
        append_package(out, package, rule % 100 == 0);
        g_string_append(out, "]}");
        return;
    case 1:
        g_string_append(out, "{\"any\":[");
        append_package(out, package, false);
        g_string_append_c(out, ',');
        append_package(out, other, false);
        g_string_append(out, "]}");
        return;
    case 2:
        g_string_append(out, "{\"all\":[");
        append_package(out, package, rule % 50 == 2);
        g_string_append(out, ",{\"not\":");
        append_package(out, other, rule % 100 == 2);
        g_string_append(out, "}]}");
        return;
    case 3:
        g_string_append(out,
            "{\"all\":[{\"client\":{\"id\":\"remmina\",\"version\":"
            "\"vers:generic/<1.5\"}},");
        append_package(out, package, false);
        g_string_append(out, "]}");
        return;
    default:
        append_package(out, package, rule % 500 == 4);
    }
}

static void print_rules(unsigned n_rules, unsigned n_packages)
{
    g_autoptr(GString) out = g_string_new("{\"schema\":\"https://vigie.example/manifest/1\","
                                          "\"id\":\"bench\",\"issued\":\"2026-11-22T08:00:00Z\","
                                          "\"rules\":[");

    for (unsigned i = 0; i < n_rules; i++) {
        g_string_append_printf(out,
            "%s\n{\"id\":\"R%u\",\"effect\":\"block\",\"title\":{\"en\":\"It breaks\"},"
            "\"message\":{\"en\":\"Wait.\"},\"expires\":\"2027-01-31T00:00:00Z\",\"when\":",
            i > 0 ? "," : "", i);
        append_condition(out, i, n_packages);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "]}\n");
    fwrite(out->str, 1, out->len, stdout);
}

int main(int argc, char **argv)
{
    unsigned n = argc > 3 ? (unsigned) g_ascii_strtoull(argv[2], NULL, 10) : 0;
    unsigned n_packages = argc > 3 ? (unsigned) g_ascii_strtoull(argv[3], NULL, 10) : 0;

    if (n_packages == 0) {
        fprintf(stderr, "usage: fleet machines|rules NUMBER PACKAGES\n");
        return 64;
    }
    if (strcmp(argv[1], "rules") == 0) {
        print_rules(n, n_packages);
    } else {
        print_machines(n, n_packages);
    }
    return fflush(stdout) == 0 ? 0 : 74;
}
