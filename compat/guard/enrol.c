/* SPDX-License-Identifier: Apache-2.0 */
/* enroll, leave: an organisation comes to guard this computer, and goes. */
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/enrolment.h"
#include "compat/guard/command.h"
#include "compat/trust/fingerprint.h"

#define DAY ((int64_t) 24 * 3600)
#define HOUR ((int64_t) 3600)

enum { ANSWER_MAX = 64 };

/* ---- what a person is shown ---- */

static void print_hosts(const VdiWelcome *welcome)
{
    for (guint i = 0; i < welcome->urls->len; i++) {
        g_autoptr(GUri) uri = g_uri_parse(welcome->urls->pdata[i], G_URI_FLAGS_NONE, NULL);

        printf(_("  Its lists come from https host %s\n"), g_uri_get_host(uri));
    }
    if (welcome->urls->len == 0) {
        printf(_("  Its lists come as files: it names no address.\n"));
    } else if (welcome->ca != NULL) {
        printf(_("  whose certificate is signed by an authority of its own\n"));
    }
}

static void print_rights(const VdiLimits *limits, bool may_block)
{
    if (!may_block || limits->mode != VDI_GUARD_ENFORCE || limits->packages_max == 0
        || limits->longest_seconds == 0) {
        printf(_("  On this computer it may only advise: it cannot hold an update.\n"));
        return;
    }
    printf(ngettext("  On this computer it may hold updates of at most %zu package at once,\n",
               "  On this computer it may hold updates of at most %zu packages at once,\n",
               limits->packages_max),
        limits->packages_max);
    printf(_("  each for at most %d days; a security update for at most %d hours.\n"),
        (int) (limits->longest_seconds / DAY), (int) (limits->security_seconds / HOUR));
}

static void print_brings(const VdiWelcome *welcome)
{
    gsize n_keys = 0;
    g_auto(GStrv) keys = g_key_file_get_keys(welcome->settings, "connect", &n_keys, NULL);

    for (guint i = 0; i < welcome->servers->len; i++) {
        const VdiWelcomeServer *server = welcome->servers->pdata[i];

        printf(_("  It brings the server %s: %s\n"), server->name, server->address);
    }
    for (gsize i = 0; i < n_keys; i++) {
        g_autofree char *value = g_key_file_get_value(welcome->settings, "connect", keys[i], NULL);

        printf(_("  It sets %s to %s, unless you set it otherwise\n"), keys[i], value);
    }
}

static void print_offer(
    const VdiGuardContext *context, const VdiEnrolment *enrolment, bool may_block)
{
    const VdiWelcome *welcome = enrolment->welcome;
    g_autoptr(VdiLimits) limits = vdi_limits_read(context->paths);
    g_autofree char *fingerprint = vdi_fingerprint_show(enrolment->root);

    printf(_("%s (%s) wants to guard this computer's updates.\n"), welcome->title,
        welcome->organisation);
    print_hosts(welcome);
    print_rights(limits, may_block);
    print_brings(welcome);
    printf(_("  The fingerprint of its root of trust is\n"));
    printf("    %.39s\n    %s\n", fingerprint, fingerprint + 40);
    printf(_("  Compare it with what your administrator told you by another way than this file "
             "came.\n"));
    printf(_("  To end it later: vdi-guard leave %s\n"), welcome->organisation);
    fflush(stdout);
}

/* ---- agreeing ---- */

static bool not_agreed(const char *why, GError **error)
{
    g_set_error_literal(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_NOT_AGREED, why);
    return false;
}

/* At the terminal, wherever the file came from. Once; anything but yes is no. */
static bool ask(GError **error)
{
    g_auto(VdiFd) terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    const char *question = _("Do you agree? [y/N] ");
    char answer[ANSWER_MAX] = "";

    if (terminal < 0) {
        return not_agreed("there is no terminal to ask at", error);
    }
    if (write(terminal, question, strlen(question)) < 0) {
        return not_agreed("the terminal cannot be written to", error);
    }
    ssize_t size = read(terminal, answer, sizeof answer - 1);

    answer[MAX(size, 0)] = '\0';
    return rpmatch(g_strstrip(answer)) == 1 || not_agreed("the answer was not yes", error);
}

typedef struct {
    gboolean yes, only_advise;
    char *fingerprint;
} Options;

static void options_clear(Options *options)
{
    g_free(options->fingerprint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool check_fingerprint(const VdiEnrolment *enrolment, const Options *options, GError **error)
{
    g_autofree char *there = vdi_fingerprint_show(enrolment->root);
    g_autofree char *due = vdi_text_quote(options->fingerprint);

    if (options->fingerprint == NULL || vdi_fingerprint_is(enrolment->root, options->fingerprint)) {
        return true;
    }
    g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_OTHER_ROOT,
        "%s: in the file %s, expected %s", enrolment->welcome->organisation, there, due);
    return false;
}

/* ---- enroll ---- */

/* The list in the file may be old: a welcome is opened when somebody comes. Then the next refresh
 * brings a newer one. */
static bool believe(
    VdiGuardContext *context, const VdiEnrolment *enrolment, VdiApplyReport *report, GError **error)
{
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_bundle(enrolment->bundle);
    const char *name = enrolment->welcome->organisation;
    g_autoptr(GError) local = NULL;

    if (vdi_apply_believe(context->paths, name, source, context->now, report, &local)
        || g_error_matches(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_ROLLBACK)) {
        return true;
    }
    if (g_error_matches(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED)) {
        g_autofree char *ended = vdi_text_time(enrolment->expires_at);

        printf(
            _("The list in this file ended on %s: vdi-guard refresh brings a newer one.\n"), ended);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static bool agree(VdiGuardContext *context, const VdiEnrolment *enrolment, const Options *options,
    VdiApplyReport *report, GError **error)
{
    bool may_block = !options->only_advise && !context->paths->is_personal;
    const char *name = enrolment->welcome->organisation;
    VdiEnrolmentState state = VDI_ENROLMENT_NEW;

    if (!check_fingerprint(enrolment, options, error)
        || !vdi_enrolment_look(context->paths, enrolment, may_block, &state, error)) {
        return false;
    }
    if (state == VDI_ENROLMENT_NEW) {
        print_offer(context, enrolment, may_block);
        return (options->yes || ask(error))
            && vdi_enrolment_write(
                context->paths, enrolment, may_block, context->now, report, error);
    }
    printf(_("Nothing new: %s guards this computer already.\n"), name);
    if (state == VDI_ENROLMENT_OTHER) {
        printf(_("Its addresses, servers, settings and rights stay as they are here. To take those "
                 "of the file: vdi-guard leave %s, then vdi-guard enroll.\n"),
            name);
    }
    return true;
}

static bool enroll(
    VdiGuardContext *context, const char *path, const Options *options, GError **error)
{
    g_auto(VdiApplyReport) report = {0};
    g_auto(VdiEnrolment) enrolment = {0};
    g_autoptr(GBytes) document = vdi_file_read_argument(path, VDI_BUNDLE_MAX_BYTES, error);

    if (document == NULL || !vdi_enrolment_open(document, &enrolment, error)
        || !agree(context, &enrolment, options, &report, error)
        || !believe(context, &enrolment, &report, error)) {
        return false;
    }
    char *names[] = {enrolment.welcome->organisation, NULL};

    vdi_guard_print_lists(context, names);
    bool is_held = vdi_guard_apply_holds(context, &report, error);

    vdi_guard_print_report(&report);
    return is_held;
}

bool vdi_guard_command_enroll(VdiCall *call, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry own[] = {
        {"yes", 0, 0, G_OPTION_ARG_NONE, &options.yes,
            N_("agree without being asked; --fingerprint is due"), NULL},
        {"fingerprint", 0, 0, G_OPTION_ARG_STRING, &options.fingerprint,
            N_("refuse any other root of trust than this"), N_("HEX")},
        {"advise-only", 0, 0, G_OPTION_ARG_NONE, &options.only_advise,
            N_("it may advise here, and hold nothing"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, own, 1, 1, error);

    if (context == NULL) {
        return false;
    }
    if (options.yes && options.fingerprint == NULL) {
        return vdi_call_fail_usage("--yes: the --fingerprint that was agreed to is due", error);
    }
    if (!vdi_guard_needs_root(context, error)) {
        return false;
    }
    return enroll(context, call->argv[1], &options, error) || vdi_guard_fail_file(call, error);
}

/* ---- leave ---- */

bool vdi_guard_command_leave(VdiCall *call, GError **error)
{
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, NULL, 1, 1, error);
    g_auto(VdiApplyReport) report = {0};

    if (context == NULL || !vdi_guard_needs_root(context, error)) {
        return false;
    }
    bool is_left = vdi_enrolment_leave(
        context->paths, &context->host, call->argv[1], context->now, &report, error);

    vdi_guard_print_report(&report);
    if (is_left) {
        printf(_("%s guards this computer no more.\n"), call->argv[1]);
    }
    return is_left;
}
