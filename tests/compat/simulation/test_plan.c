/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/plan.h"

#include <string.h>

#include "compat/inventory/fleet_facts.h"
#include "tests/support/check.h"

static void an_update_touches_what_it_makes_newer(void)
{
    static const struct {
        const char *name, *word, *machine, *change;
    } rows[] = {
        {"an older package", "x=2", "@ a os=debian\nx 1\ny 1\n", "deb x 1>2 "},
        {"not one that is as new", "x=2", "@ a os=debian\nx 2\n", ""},
        {"nor a newer one", "x=2", "@ a os=debian\nx 3\n", ""},
        {"nor one that is not there", "x=2", "@ a os=debian\ny 1\n", ""},
        {"both architectures", "x=2", "@ a os=debian\nx 1 amd64\nx 1 i386\n",
            "deb x 1>2 deb x 1>2 "},
        {"in the order of its own type", "x=1.0", "@ a os=arch\nx 1.0rc1\n", "alpm x 1.0rc1>1.0 "},
        {"what nobody can compare", "x=2", "@ a os=debian\nx not%20one\n", "deb x not one>2 "},
        {"what does not say its version", "x=2", "@ a os=debian\nx -\n", "deb x >2 "},
        {"of one type alone", "pkg:deb/debian/x@2", "@ a os=arch\nx 1\nx 1 - deb/debian\n",
            "deb x 1>2 "},
        {"what is new", "+pkg:deb/debian/x@2", "@ a os=debian\ny 1\n", "deb x >2 "},
        {"new on a system like it", "+pkg:deb/debian/x@2", "@ a os=ubuntu like=debian\n",
            "deb x >2 "},
        {"new on no other system", "+pkg:deb/ubuntu/x@2", "@ a os=debian\n", ""},
        {"newer where it is there", "+pkg:deb/debian/x@2", "@ a os=debian\nx 1\n", "deb x 1>2 "},
        {"nothing where it is newer", "+pkg:deb/debian/x@2", "@ a os=debian\nx 3\n", ""},
        {"a KB on Windows", "KB5", "@ a os=windows\n", "update KB5 >KB5 "},
        {"not one that is there", "KB5", "@ a os=windows update=KB5\n", ""},
        {"nor elsewhere", "KB5", "@ a os=debian\n", ""},
        {"an advisory", "RHSA-2026:1", "@ a os=rhel\n", "update RHSA-2026:1 >RHSA-2026:1 "},
        {"an older build", "windows=26100.8", "@ a build=26100.7\n",
            "build windows 26100.7>26100.8 "},
        {"not a newer one", "windows=26100.8", "@ a build=26100.10\n", ""},
        {"an older client", "client:c=2", "@ a client:c=1\n", "client c 1>2 "},
        {"not one that is not there", "client:c=2", "@ a client:c\n", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiPlan) plan = vdi_plan_new();
        g_autoptr(GBytes) bytes = g_bytes_new_static(rows[i].machine, strlen(rows[i].machine));
        g_autofree char *name = NULL;
        g_autoptr(VdiFacts) facts = vdi_fleet_read(bytes, &name, NULL);
        g_autoptr(GString) said = g_string_new(NULL);

        if (!check_row(rows[i].name, facts != NULL && vdi_plan_add(plan, rows[i].word, NULL),
                "it can be read", __LINE__, __FILE__)) {
            continue;
        }
        g_autoptr(VdiChange) change = vdi_plan_change(plan, facts, NULL);

        for (size_t k = 0; k < vdi_change_n_items(change); k++) {
            const VdiChangeItem *item = vdi_change_item(change, k);

            g_string_append_printf(said, "%s %s %s>%s ", item->type, item->name,
                item->before != NULL ? item->before : "", item->after);
        }
        CHECK_ROW(rows[i].name, strcmp(said->str, rows[i].change) == 0);
    }
}

static void refuses_an_update_that_is_none(void)
{
    static const char *const words[] = {"", "=1", "x=", "two words=1", "x=a b", "pkg:deb/debian/x",
        "pkg:nonsense", "a/b=1", "x=\x1b[2J", "KB 1", "26100.7623", "5034441", "+x=1",
        "+pkg:deb/debian/x", "+pkg:generic/x@1", "+"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(VdiPlan) plan = vdi_plan_new();
        g_autoptr(GError) error = NULL;

        CHECK_ROW(words[i], !vdi_plan_add(plan, words[i], &error) && error != NULL);
        CHECK_ROW(words[i], error == NULL || strchr(error->message, '\x1b') == NULL);
        CHECK_INT(vdi_plan_n_items(plan), 0);
    }
}

const Test tests[] = {
    {"an update touches what it makes newer", an_update_touches_what_it_makes_newer},
    {"refuses an update that is none", refuses_an_update_that_is_none},
    TEST_END,
};
