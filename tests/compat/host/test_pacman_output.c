/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/pacman_output.h"

#include <string.h>

#include "base/error.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

/* As pacman 6.0.2 writes it: `pacman -Sup --noconfirm --print-format …`. */
static const char targets_text[] = ":: Replace old with lab/libnew? [Y/n] \n"
                                   "vdi-offer libexample1 1:1.1-1 lab\n"
                                   "vdi-offer libnew 2.0-1 lab\n";
/* … and `pacman -Si lab/libexample1 lab/libnew`. */
static const char described[] = "Repository      : lab\n"
                                "Name            : libexample1\n"
                                "Version         : 1:1.1-1\n"
                                "Description     : for a test\n"
                                "Architecture    : x86_64\n"
                                "Depends On      : None\n"
                                "Replaces        : None\n"
                                "\n"
                                "Repository      : lab\n"
                                "Name            : libnew\n"
                                "Version         : 2.0-1\n"
                                "Architecture    : any\n"
                                "Optional Deps   : Name: a name\n"
                                "                  other: more\n"
                                "Conflicts With  : old\n"
                                "Replaces        : old<2  older\n";

static bool read_words(
    const char *what, const char *description, VdiOffer *offer, GPtrArray *replaced, GError **error)
{
    g_auto(VdiPacmanTargets) targets = {NULL, NULL, NULL};
    g_autoptr(GBytes) output = bytes_of(what);
    g_autoptr(GBytes) descriptions = bytes_of(description);

    vdi_pacman_targets_init(&targets);
    return vdi_pacman_read_targets(output, &targets, error)
        && vdi_pacman_read_descriptions(descriptions, &targets, offer, replaced, error);
}

static void what_pacman_would_do_is_read(void)
{
    g_autoptr(VdiOffer) offer = vdi_offer_new("alpm", "arch");
    g_autoptr(GPtrArray) replaced = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    CHECK(read_words(targets_text, described, offer, replaced, &error));
    CHECK_NO_ERROR(error);
    g_autofree char *items = print_offer(offer);

    CHECK_TEXT(items, "libexample1/x86_64 ->1:1.1-1 libnew/any ->2.0-1 ");
    CHECK_INT(replaced->len, 2);
    CHECK(replaced->len == 2 && strcmp(replaced->pdata[0], "old<2") == 0);
    CHECK(replaced->len == 2 && strcmp(replaced->pdata[1], "older") == 0);
}

static void what_is_not_understood_is_refused(void)
{
    static const struct {
        const char *name, *targets, *described;
    } rows[] = {
        {"a field too few", "vdi-offer a 1-1\n", ""},
        {"a field too many", "vdi-offer a 1-1 lab x\n", ""},
        {"a name that is an option", "vdi-offer --root 1-1 lab\n", ""},
        {"what is not described", "vdi-offer a 1-1 lab\n", ""},
        {"another version is described", "vdi-offer a 1-1 lab\n",
            "Name : a\nVersion : 2-1\nArchitecture : any\n"},
        {"an architecture of nothing", "vdi-offer a 1-1 lab\n", "Architecture : any\n"},
        {"a version with an escape", "vdi-offer a 1\x1b[m-1 lab\n",
            "Name : a\nVersion : 1\x1b[m-1\nArchitecture : any\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiOffer) offer = vdi_offer_new("alpm", "arch");
        g_autoptr(GPtrArray) replaced = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;

        CHECK_ROW(
            rows[i].name, !read_words(rows[i].targets, rows[i].described, offer, replaced, &error));
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
    }
}

static void what_cannot_come_now_is_named(void)
{
    g_auto(VdiPacmanTargets) targets = {NULL, NULL, NULL};
    g_autoptr(GBytes) output =
        bytes_of(":: unable to satisfy dependency 'libexample1>=1:1.1' required by other\n");

    vdi_pacman_targets_init(&targets);
    CHECK(vdi_pacman_read_targets(output, &targets, NULL));
    CHECK(targets.stuck->len == 1 && strcmp(targets.stuck->pdata[0], "other") == 0);
}

static void a_replacement_may_name_versions(void)
{
    static const struct {
        const char *constraint, *version;
        bool is_meant;
    } rows[] = {
        {"old", "1-1", true},
        {"old<2", "1-1", true},
        {"old<2", "2-1", false},
        {"old<=2", "2-1", true},
        {"old>1:2", "2-1", false},
        {"old>=1:2-3", "1:2-3", true},
        {"old=2-1", "2-1", true},
        {"old=2-1", "2-2", false},
        {"old<", "1-1", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK_ROW(rows[i].constraint,
            vdi_pacman_is_meant(rows[i].constraint, rows[i].version) == rows[i].is_meant);
    }
}

const Test tests[] = {
    {"what pacman would do is read", what_pacman_would_do_is_read},
    {"what is not understood is refused", what_is_not_understood_is_refused},
    {"what cannot come now is named", what_cannot_come_now_is_named},
    {"a replacement may name versions", a_replacement_may_name_versions},
    TEST_END,
};
