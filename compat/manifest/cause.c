/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/cause.h"

#include <string.h>

#include "base/command.h"
#include "base/error.h"
#include "base/text.h"

#define WINDOWS "windows"

/* os-release's ID, and the type of its packages. */
static const struct {
    const char *id, *type;
} systems[] = {
    {"debian", "deb"},
    {"ubuntu", "deb"},
    {"linuxmint", "deb"},
    {"raspbian", "deb"},
    {"fedora", "rpm"},
    {"rhel", "rpm"},
    {"centos", "rpm"},
    {"almalinux", "rpm"},
    {"rocky", "rpm"},
    {"opensuse-leap", "rpm"},
    {"opensuse-tumbleweed", "rpm"},
    {"sles", "rpm"},
    {"arch", "alpm"},
    {"manjaro", "alpm"},
    {WINDOWS, NULL},
};

static const char *const package_types[] = {"deb", "rpm", "alpm", "generic", NULL};

void vdi_cause_free(VdiCause *cause)
{
    if (cause == NULL) {
        return;
    }
    g_free(cause->name);
    vdi_purl_free(cause->purl);
    g_free(cause->version);
    g_free(cause->fixed);
    g_free(cause->fixed_update);
    g_free(cause);
}

const char **vdi_cause_systems(void)
{
    const char **ids = g_new0(const char *, G_N_ELEMENTS(systems) + 1);

    for (size_t i = 0; i < G_N_ELEMENTS(systems); i++) {
        ids[i] = systems[i].id;
    }
    return ids;
}

static bool fail(const char *option, const char *text, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(text);
    g_autofree char *detail = g_strdup_printf("%s %s: %s", option, shown, what);

    return vdi_call_fail_value(detail, error);
}

static bool is_knowledge_base(const char *text)
{
    size_t digits = g_ascii_strncasecmp(text, "KB", 2) == 0 ? strspn(text + 2, "0123456789") : 0;

    return digits >= 5 && digits <= 9 && text[2 + digits] == '\0';
}

static bool is_build(const char *text)
{
    const char *dot = strchr(text, '.');

    return dot != NULL && vdi_version_is_valid(&vdi_version_generic, text);
}

/* ---- where a name belongs ---- */

static const VdiPackage *find_installed(const VdiFacts *machine, const char *name)
{
    for (size_t i = 0; machine != NULL && i < vdi_facts_n_packages(machine); i++) {
        const VdiPackage *package = vdi_facts_package(machine, i);

        if (strcmp(package->name, name) == 0) {
            return package;
        }
    }
    return NULL;
}

/* "fedora", or one release of it: "fedora-42", which is then *ret_distro. */
static const char *find_system(const char *text, const char **ret_type, const char **ret_distro)
{
    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(systems); i++) {
        const char *id = systems[i].id;
        size_t length = strlen(id);
        const char *release = g_str_has_prefix(text, id) ? text + length : NULL;
        bool is_release = release != NULL && release[0] == '-' && g_ascii_isdigit(release[1])
            && vdi_version_is_valid(&vdi_version_generic, release + 1);

        if (is_release || (release != NULL && *release == '\0')) {
            *ret_type = systems[i].type;
            *ret_distro = is_release ? text : NULL;
            return id;
        }
    }
    return NULL;
}

/* What all package systems allow: "openssl<3" and "openssl=" are mistakes, not names. */
static bool check_name(const char *text, const char *name, GError **error)
{
    size_t length =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+._-");

    size_t digits = strspn(name, "0123456789");

    if (is_build(name)) {
        return fail("--bad", text, "write a build as build=26100.7623", error);
    }
    if (digits >= 5 && digits <= 9 && name[digits] == '\0') {
        g_autofree char *what = g_strdup_printf("an update is written KB%s", name);

        return fail("--bad", text, what, error);
    }
    return (length > 0 && name[length] == '\0')
        || fail("--bad", text,
            "that is no package's name; write NAME=VERSION, and --fixed where the range ends",
            error);
}

static bool fail_system(const char *text, const char *system, GError **error)
{
    g_autofree const char **ids = vdi_cause_systems();
    g_autofree char *known = g_strjoinv(", ", (char **) ids);

    if (system != NULL) {
        g_autofree char *what =
            g_strdup_printf("it is none of %s, nor a release of one (fedora-42)", known);

        return fail("--system", system, what, error);
    }
    g_autofree char *what =
        g_strdup_printf("of which system? Give --system (%s), or pkg:deb/debian/NAME", known);

    return fail("--bad", text, what, error);
}

/* The purl of a bare name. */
static VdiPurl *name_package(
    const char *text, const char *name, const char *system, const VdiFacts *machine, GError **error)
{
    if (!check_name(text, name, error)) {
        return NULL;
    }
    const VdiPackage *installed = system == NULL ? find_installed(machine, name) : NULL;
    const char *wanted =
        system == NULL && machine != NULL ? vdi_facts_get(machine, VDI_FACT_OS_ID) : system;
    const char *type = NULL, *distro = NULL;
    const char *id = find_system(wanted, &type, &distro);

    if (installed != NULL && installed->namespace != NULL) {
        type = installed->type;
        id = installed->namespace;
    } else if (id == NULL) {
        (void) fail_system(text, system, error);
        return NULL;
    }
    if (type == NULL) {
        (void) fail("--bad", text,
            "on Windows, give an update (KB5074109) or a build "
            "(build=26100.7623)",
            error);
        return NULL;
    }
    g_autofree char *escaped = g_uri_escape_string(name, "+", false);
    g_autofree char *purl = g_strdup_printf("pkg:%s/%s/%s%s%s", type, id, escaped,
        distro != NULL ? "?distro=" : "", distro != NULL ? distro : "");

    return vdi_purl_parse(purl, error);
}

/* ---- its version ---- */

typedef struct {
    const char *version;
    bool differ;
} Found;

static bool take_version(const VdiPackage *package, void *user)
{
    Found *found = user;

    found->differ =
        found->differ || (found->version != NULL && strcmp(found->version, package->version) != 0);
    found->version = package->version;
    return false;
}

static bool look_up_version(
    VdiCause *cause, const char *text, const VdiFacts *machine, GError **error)
{
    Found found = {NULL, false};

    if (machine != NULL) {
        (void) vdi_facts_find_packages(
            machine, cause->purl->type, cause->purl->name, take_version, &found);
    }
    if (found.version == NULL) {
        return fail("--bad", text,
            "which version? It is not installed where one could look; write "
            "NAME=VERSION",
            error);
    }
    if (found.differ) {
        return fail(
            "--bad", text, "several versions of it are installed; write NAME=VERSION", error);
    }
    cause->version = g_strdup(found.version);
    return true;
}

static bool check_version(
    const char *option, const VdiVersionScheme *scheme, const char *version, GError **error)
{
    const char *fault = vdi_version_fault(scheme, version);

    if (fault == NULL) {
        return true;
    }
    g_autofree char *shown = vdi_text_quote(version);

    g_set_error(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_VERSION,
        "%s: %s is no version of type %s: %s", option, shown, scheme->name, fault);
    return false;
}

/* ---- the three kinds ---- */

static VdiCause *read_update(const char *text, const char *id, GError **error)
{
    g_autoptr(VdiCause) cause = g_new0(VdiCause, 1);

    if (*id == '\0' || !g_str_is_ascii(id) || strpbrk(id, " \t\n{}") != NULL) {
        (void) fail("--bad", text, "that is no update; write KB5074109, or update=ID", error);
        return NULL;
    }
    cause->kind = VDI_CAUSE_UPDATE;
    cause->name = is_knowledge_base(id) ? g_ascii_strup(id, -1) : g_strdup(id);
    return g_steal_pointer(&cause);
}

static VdiCause *read_build(const char *text, const char *version, GError **error)
{
    g_autoptr(VdiCause) cause = g_new0(VdiCause, 1);

    if (!is_build(version)) {
        (void) fail("--bad", text, "a build and its revision are due, as build=26100.7623", error);
        return NULL;
    }
    cause->kind = VDI_CAUSE_BUILD;
    cause->name = g_strdup("Windows");
    cause->scheme = &vdi_version_generic;
    cause->version = g_strdup(version);
    return g_steal_pointer(&cause);
}

/* PURL=VERSION, PURL@VERSION, PURL, NAME=VERSION, NAME. */
static VdiCause *read_package(
    const char *text, const char *system, const VdiFacts *machine, GError **error)
{
    g_autoptr(VdiCause) cause = g_new0(VdiCause, 1);
    const char *equals = strrchr(text, '=');
    bool is_qualifier = equals != NULL && strchr(text, '?') != NULL && strchr(equals, '/') == NULL
        && strchr(strchr(text, '?'), '=') == equals;
    bool has_version = equals != NULL && !is_qualifier;
    g_autofree char *name = has_version ? g_strndup(text, (gsize) (equals - text)) : g_strdup(text);

    cause->kind = VDI_CAUSE_PACKAGE;
    cause->purl = g_str_has_prefix(name, "pkg:") ? vdi_purl_parse(name, error)
                                                 : name_package(text, name, system, machine, error);
    if (cause->purl == NULL) {
        g_prefix_error(error, "--bad: ");
        return NULL;
    }
    if (!g_strv_contains(package_types, cause->purl->type)) {
        (void) fail("--bad", text,
            "packages of that type are not known here; deb, rpm, alpm and "
            "generic are",
            error);
        return NULL;
    }
    cause->scheme = vdi_version_scheme(cause->purl->type);
    cause->name = g_strdup(cause->purl->name);
    cause->version = has_version ? g_strdup(equals + 1) : g_steal_pointer(&cause->purl->version);
    g_clear_pointer(&cause->purl->version, g_free);
    if ((cause->version == NULL && !look_up_version(cause, text, machine, error))
        || !check_version("--bad", cause->scheme, cause->version, error)) {
        return NULL;
    }
    return g_steal_pointer(&cause);
}

VdiCause *vdi_cause_read(
    const char *text, const char *system, const VdiFacts *machine, GError **error)
{
    if (is_knowledge_base(text)) {
        return read_update(text, text, error);
    }
    if (g_str_has_prefix(text, "update=")) {
        return read_update(text, text + strlen("update="), error);
    }
    if (g_str_has_prefix(text, "build=")) {
        return read_build(text, text + strlen("build="), error);
    }
    return read_package(text, system, machine, error);
}

/* ---- what repairs it ---- */

/* NAME=VERSION, as --bad takes it. */
static bool check_bare(const char *fixed, GError **error)
{
    const char *equals = strrchr(fixed, '=');

    if (equals == NULL) {
        return true;
    }
    g_autofree char *what = g_strdup_printf("write the version alone, %s", equals + 1);

    return fail("--fixed", fixed, what, error);
}

static bool check_newer(const VdiCause *cause, const char *fixed, GError **error)
{
    if (!check_bare(fixed, error) || !check_version("--fixed", cause->scheme, fixed, error)) {
        return false;
    }
    if (cause->scheme->compare(fixed, cause->version) > 0) {
        return true;
    }
    g_autofree char *words = vdi_cause_words(cause);
    g_autofree char *what = g_strdup_printf("it is not newer than what is bad, %s", words);

    return fail("--fixed", fixed, what, error);
}

/* Two lines of Windows never meet: 26200.1 is no repair of 26100.7623. */
static bool check_same_line(const VdiCause *cause, const char *fixed, GError **error)
{
    size_t length = strcspn(cause->version, ".");

    return strncmp(cause->version, fixed, length + 1) == 0
        || fail("--fixed", fixed, "it is of another Windows than what is bad", error);
}

static bool fix_update(VdiCause *cause, const char *fixed, GError **error)
{
    if (is_knowledge_base(fixed)) {
        cause->fixed_update = g_ascii_strup(fixed, -1);
        return strcmp(cause->fixed_update, cause->name) != 0
            || fail("--fixed", fixed, "an update does not repair itself", error);
    }
    if (!is_build(fixed)) {
        return fail("--fixed", fixed,
            "what repairs an update is another one (KB5077744), or a "
            "build (26100.7627)",
            error);
    }
    cause->fixed = g_strdup(fixed);
    return true;
}

bool vdi_cause_fix(VdiCause *cause, const char *fixed, GError **error)
{
    const char *text = g_str_has_prefix(fixed, "build=") ? fixed + strlen("build=") : fixed;

    /* An update that repairs a build brings another one: the bad build alone is then meant. */
    if (cause->kind == VDI_CAUSE_UPDATE
        || (cause->kind == VDI_CAUSE_BUILD && is_knowledge_base(text))) {
        return fix_update(cause, text, error);
    }
    if ((cause->kind == VDI_CAUSE_BUILD && !check_same_line(cause, text, error))
        || !check_newer(cause, text, error)) {
        return false;
    }
    cause->fixed = g_strdup(text);
    return true;
}

bool vdi_cause_is_fixed(const VdiCause *cause)
{
    return cause->fixed != NULL || cause->fixed_update != NULL;
}

char *vdi_cause_words(const VdiCause *cause)
{
    return cause->version != NULL ? g_strconcat(cause->name, " ", cause->version, NULL)
                                  : g_strdup(cause->name);
}
