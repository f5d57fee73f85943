/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/fact_kind.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/rules/change.h"

/* ---- what each kind asks ---- */

/* A value that may be unknown against a text. */
static VdiTruth equals(const char *known, const char *wanted)
{
    if (known == NULL) {
        return VDI_TRUTH_UNKNOWN;
    }
    return strcmp(known, wanted) == 0 ? VDI_TRUTH_TRUE : VDI_TRUTH_FALSE;
}

static VdiTruth in_range(const VdiFacts *facts, VdiFactName name, const VdiRange *range)
{
    return vdi_range_contains(range, vdi_facts_get(facts, name));
}

static VdiTruth evaluate_os(const VdiCondition *fact, const VdiFacts *facts)
{
    VdiTruth id = fact->name == NULL ? VDI_TRUTH_TRUE
                                     : equals(vdi_facts_get(facts, VDI_FACT_OS_ID), fact->name);

    if (id != VDI_TRUTH_TRUE || fact->range == NULL) {
        return id; /* another system's version is no question of ours */
    }
    return in_range(facts, VDI_FACT_OS_VERSION, fact->range);
}

static VdiTruth evaluate_kernel(const VdiCondition *fact, const VdiFacts *facts)
{
    return in_range(facts, VDI_FACT_KERNEL, fact->range);
}

static VdiTruth evaluate_arch(const VdiCondition *fact, const VdiFacts *facts)
{
    return equals(vdi_facts_get(facts, VDI_FACT_ARCH), fact->name);
}

static VdiTruth evaluate_build(const VdiCondition *fact, const VdiFacts *facts)
{
    return in_range(facts, VDI_FACT_BUILD, fact->range);
}

static VdiTruth evaluate_engine(const VdiCondition *fact, const VdiFacts *facts)
{
    return in_range(facts, VDI_FACT_ENGINE, fact->range);
}

static VdiTruth evaluate_update(const VdiCondition *fact, const VdiFacts *facts)
{
    return vdi_facts_has_update(facts, fact->name);
}

static VdiTruth evaluate_library(const VdiCondition *fact, const VdiFacts *facts)
{
    return vdi_facts_has_library(facts, fact->name);
}

static VdiTruth evaluate_client(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *version = NULL;
    VdiTruth installed = vdi_facts_client(facts, fact->name, &version);

    return installed == VDI_TRUTH_TRUE ? vdi_range_contains(fact->range, version) : installed;
}

/* Without a value: is it set to anything? */
static VdiTruth evaluate_setting(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *value = NULL;
    VdiTruth set = vdi_facts_setting(facts, fact->name, &value);

    return set == VDI_TRUTH_TRUE && fact->value != NULL ? equals(value, fact->value) : set;
}

static VdiTruth evaluate_peer(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *value = NULL;
    VdiTruth said = vdi_facts_peer(facts, fact->name, &value);

    if (said != VDI_TRUTH_TRUE) {
        return VDI_TRUTH_UNKNOWN;
    }
    if (fact->value != NULL) {
        return equals(value, fact->value);
    }
    /* The wire tells a build without its revision. */
    return vdi_range_divides(fact->range, value) ? VDI_TRUTH_UNKNOWN
                                                 : vdi_range_contains(fact->range, value);
}

typedef struct {
    const VdiCondition *fact;
    const VdiFacts *facts;
    VdiTruth truth;      /* false until one is unknown; true ends the search */
    const char *version; /* of the one that was looked at last */
} PackageSearch;

/* "debian-12", as purl examples write it; a code name is nothing that os-release must have. */
static VdiTruth is_distro(const VdiFacts *facts, const char *distro)
{
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);

    if (id == NULL || version == NULL || strchr(distro, '-') == NULL) {
        return VDI_TRUTH_UNKNOWN;
    }
    g_autofree char *known = g_strconcat(id, "-", version, NULL);

    return equals(known, distro);
}

/* Does the purl name that package? Unknown where the machine does not say what the purl asks. */
static VdiTruth is_named(const VdiPurl *purl, const VdiPackage *package, const VdiFacts *facts)
{
    const char *arch = vdi_purl_qualifier(purl, "arch");
    const char *distro = vdi_purl_qualifier(purl, "distro");
    const VdiTruth parts[] = {
        arch != NULL ? equals(package->arch, arch) : VDI_TRUTH_TRUE,
        purl->namespace != NULL ? vdi_facts_is_distributor(facts, package, purl->namespace)
                                : VDI_TRUTH_TRUE,
        distro != NULL ? is_distro(facts, distro) : VDI_TRUTH_TRUE,
    };
    VdiTruth truth = VDI_TRUTH_TRUE;

    for (size_t i = 0; i < G_N_ELEMENTS(parts) && truth != VDI_TRUTH_FALSE; i++) {
        truth = parts[i] != VDI_TRUTH_TRUE ? parts[i] : truth;
    }
    return truth;
}

static bool judge_package(const VdiPackage *package, void *user)
{
    PackageSearch *search = user;
    const VdiPurl *purl = search->fact->purl;
    VdiTruth named = is_named(purl, package, search->facts);
    VdiTruth truth = VDI_TRUTH_UNKNOWN;

    if (named == VDI_TRUTH_FALSE) {
        return false;
    }
    search->version = package->version;
    const char *scheme = vdi_range_scheme(search->fact->range)->name;
    bool same_type = strcmp(scheme, purl->type) == 0 || vdi_version_scheme(purl->type) == NULL
        || strcmp(purl->type, "generic") == 0;

    /* A version outside of the range is outside of it whatever else is unknown. */
    if (same_type) {
        truth = vdi_range_contains(search->fact->range, package->version);
        truth = truth == VDI_TRUTH_TRUE ? named : truth;
    }
    if (truth != VDI_TRUTH_FALSE) {
        search->truth = truth;
    }
    return truth == VDI_TRUTH_TRUE;
}

/* A package of a system that Windows has not. */
static bool is_elsewhere(const VdiPurl *purl, const VdiFacts *facts)
{
    static const char *const types[] = {"deb", "rpm", "alpm", NULL};

    return g_strv_contains(types, purl->type)
        && g_strcmp0(vdi_facts_get(facts, VDI_FACT_OS_ID), "windows") == 0;
}

/* Several may be installed: one in the range suffices. None, and we have looked: false. */
static VdiTruth evaluate_package(const VdiCondition *fact, const VdiFacts *facts)
{
    PackageSearch search = {fact, facts, VDI_TRUTH_FALSE, NULL};

    if (vdi_facts_find_packages(
            facts, fact->purl->type, fact->purl->name, judge_package, &search)) {
        return VDI_TRUTH_TRUE;
    }
    return vdi_facts_packages_known(facts) || is_elsewhere(fact->purl, facts) ? search.truth
                                                                              : VDI_TRUTH_UNKNOWN;
}

/* ---- what is known of it ---- */

/* Of another system its version would tell nothing. */
static const char *know_os(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    bool is_other = fact->name != NULL && g_strcmp0(id, fact->name) != 0;

    return is_other ? id : vdi_facts_get(facts, VDI_FACT_OS_VERSION);
}

static const char *know_kernel(const VdiCondition *fact, const VdiFacts *facts)
{
    return vdi_facts_get(facts, VDI_FACT_KERNEL);
}

static const char *know_build(const VdiCondition *fact, const VdiFacts *facts)
{
    return vdi_facts_get(facts, VDI_FACT_BUILD);
}

static const char *know_engine(const VdiCondition *fact, const VdiFacts *facts)
{
    return vdi_facts_get(facts, VDI_FACT_ENGINE);
}

static const char *know_client(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *version = NULL;

    (void) vdi_facts_client(facts, fact->name, &version);
    return version;
}

static const char *know_setting(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *value = NULL;

    (void) vdi_facts_setting(facts, fact->name, &value);
    return value;
}

static const char *know_peer(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *value = NULL;

    (void) vdi_facts_peer(facts, fact->name, &value);
    return value;
}

/* Of several that are installed the one in the range. */
static const char *know_package(const VdiCondition *fact, const VdiFacts *facts)
{
    PackageSearch search = {fact, facts, VDI_TRUTH_FALSE, NULL};

    (void) vdi_facts_find_packages(
        facts, fact->purl->type, fact->purl->name, judge_package, &search);
    return search.version;
}

/* ---- what each kind can be changed by ---- */

static void visit_package(
    const VdiCondition *fact, const VdiFacts *facts, VdiConditionVisitor visitor, void *user)
{
    visitor(fact->purl->type, fact->purl->name, user);
}

static void visit_update(
    const VdiCondition *fact, const VdiFacts *facts, VdiConditionVisitor visitor, void *user)
{
    visitor(VDI_CHANGE_UPDATE, fact->name, user);
}

static void visit_build(
    const VdiCondition *fact, const VdiFacts *facts, VdiConditionVisitor visitor, void *user)
{
    visitor(VDI_CHANGE_BUILD, VDI_CHANGE_BUILD_NAME, user);
}

static void visit_sources(
    const VdiFacts *facts, const char *id, VdiConditionVisitor visitor, void *user)
{
    if (facts != NULL) {
        vdi_facts_visit_packages_of(facts, id, visitor, user);
    }
}

static void visit_client(
    const VdiCondition *fact, const VdiFacts *facts, VdiConditionVisitor visitor, void *user)
{
    visitor(VDI_CHANGE_CLIENT, fact->name, user);
    visit_sources(facts, fact->name, visitor, user);
}

static void visit_engine(
    const VdiCondition *fact, const VdiFacts *facts, VdiConditionVisitor visitor, void *user)
{
    visit_sources(facts, NULL, visitor, user);
}

/* ---- what members must say together ---- */

static bool fail(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE, what);
    return false;
}

static bool check_os(const VdiCondition *fact, GError **error)
{
    return fact->name != NULL || fact->range != NULL || fail("it needs an id or a version", error);
}

static bool check_peer(const VdiCondition *fact, GError **error)
{
    return (fact->value != NULL) != (fact->range != NULL)
        || fail("it needs a value or a version, and not both", error);
}

/* A qualifier that this version does not evaluate would narrow the rule unheard. */
static bool check_package(const VdiCondition *fact, GError **error)
{
    guint known = 0;
    const char *arch = vdi_purl_qualifier(fact->purl, "arch");

    known += arch != NULL;
    known += vdi_purl_qualifier(fact->purl, "distro") != NULL;
    if (g_strcmp0(arch, "source") == 0) {
        return fail("purl: source packages are not looked at; name the binary package", error);
    }
    if (fact->purl->subpath != NULL) {
        return fail("purl: a subpath means nothing here", error);
    }
    if (strchr(fact->purl->name, '*') != NULL) {
        return fail("purl: a package's name holds no *", error);
    }
    return fact->purl->qualifiers == NULL || g_strv_length(fact->purl->qualifiers) == 2 * known
        || fail("purl: a qualifier other than arch and distro", error);
}

static const VdiFactKind kinds[] = {
    {"os", {{"id", VDI_MEMBER_NAME, true}, {"version", VDI_MEMBER_RANGE, true}}, 2, evaluate_os,
        know_os, NULL, check_os, false},
    {"kernel", {{"version", VDI_MEMBER_RANGE, false}}, 1, evaluate_kernel, know_kernel, NULL, NULL,
        false},
    {"arch", {{NULL, VDI_MEMBER_NAME, false}}, 1, evaluate_arch, NULL, NULL, NULL, false},
    {"package", {{"purl", VDI_MEMBER_PURL, false}, {"version", VDI_MEMBER_RANGE, false}}, 2,
        evaluate_package, know_package, visit_package, check_package, true},
    {"update", {{NULL, VDI_MEMBER_NAME, false}}, 1, evaluate_update, NULL, visit_update, NULL,
        true},
    {"build", {{"version", VDI_MEMBER_RANGE, false}}, 1, evaluate_build, know_build, visit_build,
        NULL, true},
    {"client", {{"id", VDI_MEMBER_NAME, false}, {"version", VDI_MEMBER_RANGE, false}}, 2,
        evaluate_client, know_client, visit_client, NULL, true},
    {"engine", {{"version", VDI_MEMBER_RANGE, false}}, 1, evaluate_engine, know_engine,
        visit_engine, NULL, true},
    {"library", {{"soname", VDI_MEMBER_NAME, false}}, 1, evaluate_library, NULL, NULL, NULL, true},
    {"setting", {{"key", VDI_MEMBER_NAME, false}, {"value", VDI_MEMBER_VALUE, true}}, 2,
        evaluate_setting, know_setting, NULL, NULL, false},
    {"peer",
        {{"key", VDI_MEMBER_NAME, false}, {"value", VDI_MEMBER_VALUE, true},
            {"version", VDI_MEMBER_RANGE, true}},
        3, evaluate_peer, know_peer, NULL, check_peer, false},
    {NULL, {{NULL, VDI_MEMBER_NAME, false}}, 0, NULL, NULL, NULL, NULL, false},
};

const VdiFactKind *vdi_fact_kinds(void)
{
    return kinds;
}

const VdiFactKind *vdi_fact_kind(const char *name)
{
    for (const VdiFactKind *kind = kinds; kind->name != NULL; kind++) {
        if (strcmp(kind->name, name) == 0) {
            return kind;
        }
    }
    return NULL;
}

static bool set_member(VdiCondition *fact, VdiMemberType type, const char *text, GError **error)
{
    switch (type) {
    case VDI_MEMBER_NAME:
        fact->name = text;
        return true;
    case VDI_MEMBER_VALUE:
        fact->value = text;
        return true;
    case VDI_MEMBER_PURL:
        fact->purl = vdi_purl_parse(text, error);
        return fact->purl != NULL;
    case VDI_MEMBER_RANGE:
        fact->range = vdi_range_parse(text, error);
        return fact->range != NULL;
    }
    g_assert_not_reached();
}

VdiCondition *vdi_fact_new(const VdiFactKind *kind, const char *const *texts, GError **error)
{
    g_autoptr(VdiCondition) fact = g_new0(VdiCondition, 1);

    fact->op = VDI_CONDITION_FACT;
    fact->kind = kind;
    for (size_t i = 0; i < kind->n_members; i++) {
        const VdiFactMember *member = &kind->members[i];

        if (texts[i] != NULL && !set_member(fact, member->type, texts[i], error)) {
            if (member->name != NULL) {
                g_prefix_error(error, "%s: ", member->name);
            }
            return NULL;
        }
    }
    if (kind->check != NULL && !kind->check(fact, error)) {
        return NULL;
    }
    return g_steal_pointer(&fact);
}
