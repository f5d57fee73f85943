/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "compat/trust/client.h"
#include "tests/support/check.h"
#include "tests/support/injection.h"

/* What readers see while `vdi-manifest publish` fails at every system call, or dies at it: at any
 * moment a machine that never heard of this repository, and one that has followed it until now, can
 * refresh from the web root. Publishing again then ends what was begun. */

#define NOW "2026-11-22T08:00:00Z"
#define LATER "2026-11-22T09:00:00Z"

typedef struct {
    char *folder;          /* the author's */
    char *web;             /* what readers see */
    char *old_web;         /* as it was before */
    char *root, *follower; /* the root of trust, and the store of a machine that follows */
    char *program;
    int64_t old, new; /* versions of targets */
} Site;

/* ---- the author ---- */

/* vdi-manifest COMMAND ARGUMENTS… --now LATER; the list ends with NULL. */
static bool author(const Site *site, const char *const *arguments, const char *now)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *errors = NULL;

    g_ptr_array_add(argv, site->program);
    for (; *arguments != NULL; arguments++) {
        g_ptr_array_add(argv, (gpointer) *arguments);
    }
    g_ptr_array_add(argv, (gpointer) "--now");
    g_ptr_array_add(argv, (gpointer) now);
    g_ptr_array_add(argv, NULL);
    int status = injection_run_in((const char *const *) argv->pdata, NULL, &errors);

    if (status != 0) {
        printf("%s: status %d: %s\n", (const char *) argv->pdata[1], status, errors);
    }
    return status == 0;
}

static bool publish(const Site *site)
{
    return author(
        site, (const char *const[]){"publish", site->folder, "--to", site->web, NULL}, LATER);
}

static bool add_rule(const Site *site)
{
    return author(site,
        (const char *const[]){"draft", site->folder, "--id", "VDI-1", "--bad",
            "pkg:deb/debian/libfreerdp3-3=3.10", "--fixed", "3.11", "--expires", "2027-01-31",
            NULL},
        NOW);
}

/* ---- its readers ---- */

/* The version of targets that a machine with this store ends with; 0 after words, when it cannot.
 */
static int64_t read_site(const Site *site, const char *store)
{
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(site->root, store);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(site->web);
    g_autoptr(GBytes) target = NULL;
    g_autoptr(GError) error = NULL;
    VdiTrustReport report = {0};
    int64_t now = 0;

    CHECK(vdi_text_read_time(LATER, &now));
    if (!vdi_trust_refresh(repository, source, VDI_TRUST_MANIFEST, now, &target, &report, &error)) {
        printf("  a reader: %s\n", error->message);
        return 0;
    }
    return report.targets_version;
}

static int64_t read_as_follower(const Site *site)
{
    g_autofree char *store = g_strconcat(site->follower, "-now", NULL);

    injection_copy_tree(site->follower, store);
    return read_site(site, store);
}

static int64_t read_as_stranger(const Site *site)
{
    g_autofree char *store = g_strconcat(site->follower, "-fresh", NULL);

    injection_remove_tree(store);
    return read_site(site, store);
}

/* ---- the site ---- */

static Site *site_new(const char *name)
{
    Site *site = g_new0(Site, 1);
    g_autofree char *top = g_build_filename(test_folder(), name, NULL);

    site->folder = g_build_filename(top, "author", NULL);
    site->web = g_build_filename(top, "web", NULL);
    site->old_web = g_build_filename(top, "old-web", NULL);
    site->root = g_build_filename(site->folder, "metadata", "1.root.json", NULL);
    site->follower = g_build_filename(top, "follower", NULL);
    site->program = test_built("compat/vdi-manifest");
    CHECK(author(
        site, (const char *const[]){"init", site->folder, "--id", "example-corp", NULL}, NOW));
    CHECK(author(site, (const char *const[]){"sign", site->folder, NULL}, NOW));
    CHECK(publish(site));
    site->old = read_site(site, site->follower);
    return site;
}

static void site_free(Site *site)
{
    g_free(site->folder);
    g_free(site->web);
    g_free(site->old_web);
    g_free(site->root);
    g_free(site->follower);
    g_free(site->program);
    g_free(site);
}

static bool is_old_or_new(const Site *site, int64_t version)
{
    return version != 0 && (version == site->old || version == site->new);
}

static bool has_no_litter(const char *web)
{
    g_auto(GStrv) names = vdi_file_list(web);
    bool clean = true;

    for (size_t i = 0; names[i] != NULL; i++) {
        clean = clean && names[i][0] != '.';
    }
    return clean;
}

/* 0 is a promise: then readers see the new state. */
static bool is_sound(const Site *site, int status, bool may_die)
{
    int64_t stranger = read_as_stranger(site);

    return is_old_or_new(site, stranger) && is_old_or_new(site, read_as_follower(site))
        && (status != 0 || stranger == site->new) && (may_die || status < 128) && publish(site)
        && read_as_stranger(site) == site->new &&read_as_follower(site)
        == site->new &&has_no_litter(site->web);
}

/* What is staged is published over what readers know, in every disturbed way. */
static void publish_disturbed(Site *site, const char *what)
{
    const char *const argv[] = {
        site->program, "publish", site->folder, "--to", site->web, "--now", LATER, NULL};
    unsigned n_injections = 0, n_missed = 0, n_torn = 0;

    /* Until the first file is made there, readers see nothing of it, however it ends. */
    g_autofree char *first_file = g_build_filename(site->web, ".vdi-", NULL);

    /* What the author knows of it. */
    g_autofree char *note = g_build_filename(site->folder, "published", NULL);

    injection_copy_tree(site->web, site->old_web);
    g_autoptr(GPtrArray) calls = injection_calls(argv, first_file);

    site->new = read_as_stranger(site);
    CHECK(calls != NULL && site->new != 0);
    for (guint i = 0; calls != NULL && i < calls->len; i++) {
        const InjectionCall *call = g_ptr_array_index(calls, i);

        for (InjectionFault fault = 0; fault < INJECTION_N_FAULTS; fault++) {
            if (!injection_is_chosen(call, fault, i)) {
                continue;
            }
            injection_copy_tree(site->old_web, site->web);
            g_unlink(note);
            int status = injection_run(argv, call, fault);

            n_injections++;
            if (status == INJECTION_MISSED) {
                n_missed++;
                continue;
            }
            if (status < 0 || !is_sound(site, status, fault == INJECTION_KILL || call->is_memory)) {
                printf("%s number %u: %s: status %d\n", call->name, call->nth,
                    injection_fault_name(fault), status);
                n_torn++;
            }
        }
    }
    printf("%s: %u system calls, %u injections, torn states %u\n", what,
        calls != NULL ? calls->len : 0, n_injections - n_missed, n_torn);
    CHECK_INT(n_torn, 0);
    CHECK(n_missed * 20 <= n_injections);
}

static void publish_after(const char *what, const char *const *rotated)
{
    if (!injection_is_possible()) {
        return;
    }
    Site *site = site_new(what);

    for (size_t i = 0; rotated[i] != NULL; i++) {
        CHECK(author(site, (const char *const[]){"rotate", site->folder, rotated[i], NULL}, LATER));
        CHECK(author(site, (const char *const[]){"sign", site->folder, NULL}, LATER));
    }
    CHECK(add_rule(site));
    CHECK(author(site, (const char *const[]){"sign", site->folder, NULL}, LATER));
    publish_disturbed(site, what);
    CHECK(site->new > site->old);
    site_free(site);
}

static void readers_see_the_old_or_the_new_manifest(void)
{
    publish_after("a new manifest", (const char *const[]){NULL});
}

static void readers_meet_no_key_that_they_do_not_know(void)
{
    publish_after("new keys", (const char *const[]){"online", NULL});
}

static void readers_meet_no_root_on_the_way_without_its_files(void)
{
    publish_after("new keys twice", (const char *const[]){"online", "online", "root", NULL});
}

const Test tests[] = {
    {"readers see the old or the new manifest", readers_see_the_old_or_the_new_manifest},
    {"readers meet no key that they do not know", readers_meet_no_key_that_they_do_not_know},
    {"readers meet no root on the way without its files",
        readers_meet_no_root_on_the_way_without_its_files},
    TEST_END,
};
