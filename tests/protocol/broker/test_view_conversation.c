/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "protocol/broker/broker.h"
#include "tests/support/check.h"
#include "tests/support/lab.h"

/* The conversation with the lab's broker, which is one of our own making, good and bad. */

/* A lab whose scenario has these lines instead of its own; `fault` may be NULL. */
static TestLab *start_lab(const char *version, const char *screens, const char *fault)
{
    g_autofree char *source = test_source("tests/lab/scenario.ini");
    g_autofree char *path = g_build_filename(test_folder(), "scenario.ini", NULL);
    g_autofree char *new_version = g_strconcat("\nversion = ", version, "\n", NULL);
    g_autofree char *new_screens = g_strconcat("\nscreens = ", screens, "\n", NULL);
    g_autoptr(GBytes) bytes = vdi_file_read(source, 65536, NULL);
    g_autoptr(GString) text =
        g_string_new_len(g_bytes_get_data(bytes, NULL), (gssize) g_bytes_get_size(bytes));
    const char *const options[] = {
        "--no-desktops", "--scenario", path, fault != NULL ? "--fault" : NULL, fault, NULL};

    CHECK(g_string_replace(text, "\nversion = 4.5\n", new_version, 0) == 1);
    CHECK(g_string_replace(text, "\nscreens = windows-password\n", new_screens, 0) == 1);
    CHECK(vdi_file_write_text(path, text->str, 0600, NULL));
    return test_lab_start(options);
}

static VdiBroker *reach(const TestLab *lab)
{
    const VdiBrokerOptions options = {.ca_file = lab->ca_file, .locale = "de_DE.UTF-8"};
    g_autoptr(GError) error = NULL;
    VdiBroker *broker = vdi_broker_new(lab->broker, &options, &error);

    CHECK_NO_ERROR(error);
    return broker;
}

/* What ada would type, whatever the screen; "wrong" in the place of her password if so asked. */
static GPtrArray *ada_answers(const VdiScreen *screen, bool wrongly)
{
    static const struct {
        const char *field, *value;
    } knows[] = {
        {"username", "ada"},
        {"password", "s3cret&<>"},
        {"passcode", "123456"},
        {"tokencode", "654321"},
        {"oldPassword", "s3cret&<>"},
        {"newPassword1", "New1"},
        {"newPassword2", "New1"},
    };
    GPtrArray *answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);

    for (size_t i = 0; i < screen->fields->len; i++) {
        const VdiScreenField *field = g_ptr_array_index(screen->fields, i);

        for (size_t k = 0; k < G_N_ELEMENTS(knows); k++) {
            if (strcmp(knows[k].field, field->name) == 0) {
                const char *value = field->is_secret && wrongly ? "wrong" : knows[k].value;

                g_ptr_array_add(answers,
                    field->is_secret
                        ? vdi_answer_new(field->name, NULL, vdi_secret_new(value, strlen(value)))
                        : vdi_answer_new(field->name, value, NULL));
            }
        }
    }
    return answers;
}

/* Answers until nothing is asked; the names of the screens, in order, with a bar between. */
static char *sign_in(VdiBroker *broker, GError **error)
{
    g_autoptr(GString) way = g_string_new(NULL);
    VdiScreen *screen = NULL;

    if (!broker->ops->begin(broker, NULL, &screen, error)) {
        return NULL;
    }
    while (screen != NULL) {
        g_autoptr(VdiScreen) standing = g_steal_pointer(&screen);
        g_autoptr(GPtrArray) answers = ada_answers(standing, false);

        g_string_append_printf(way, "%s%s", way->len > 0 ? "|" : "", standing->name);
        if (standing->error != NULL || way->len > 1000
            || !broker->ops->answer(broker, answers, NULL, &screen, error)) {
            return NULL;
        }
    }
    return g_string_free(g_steal_pointer(&way), false);
}

static VdiTarget *connect_to(VdiBroker *broker, const char *name, GError **error)
{
    g_autoptr(GPtrArray) desktops = broker->ops->list(broker, NULL, error);

    for (size_t i = 0; desktops != NULL && i < desktops->len; i++) {
        const VdiDesktop *desktop = g_ptr_array_index(desktops, i);

        if (strcmp(desktop->name, name) == 0) {
            return broker->ops->connect(broker, desktop, NULL, error);
        }
    }
    return NULL;
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        n++;
    }
    return n;
}

static void the_ladder_is_climbed_down(void)
{
    static const char *const versions[] = {"15.0", "9.0", "4.5", "4.0", "3.0", "2.0", "1.0"};

    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(TestLab) lab = start_lab(versions[i], "windows-password", NULL);
        g_autoptr(GError) error = NULL;

        if (lab == NULL) {
            return;
        }
        g_autoptr(VdiBroker) broker = reach(lab);

        CHECK(broker->ops->protocol(broker) == NULL);
        g_autofree char *way = sign_in(broker, &error);
        g_autoptr(GPtrArray) desktops = broker->ops->list(broker, NULL, &error);

        CHECK_TEXT(way, "windows-password");
        CHECK_TEXT(broker->ops->protocol(broker), versions[i]);
        CHECK_ROW(versions[i], desktops != NULL && desktops->len == 5);
        CHECK_NO_ERROR(error);
        broker->ops->end(broker);
        g_autofree char *log = test_lab_log(lab->broker_log);

        CHECK_ROW(versions[i], count(log, "UNSUPPORTED_VERSION") >= i);
        CHECK_ROW(versions[i], count(log, "operation=do-submit-authentication") == 1);
        CHECK_ROW(versions[i], count(log, "operation=do-logout result=ok") == 1);
    }
}

static void every_screen_of_a_chain_is_answered(void)
{
    static const char chain[] = "disclaimer;securid-passcode;securid-nexttokencode;"
                                "windows-password;windows-password-expired";
    g_autoptr(TestLab) lab = start_lab("4.5", chain, NULL);
    g_autoptr(GError) error = NULL;

    if (lab == NULL) {
        return;
    }
    g_autoptr(VdiBroker) broker = reach(lab);
    g_autofree char *way = sign_in(broker, &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(way,
        "disclaimer|securid-passcode|securid-nexttokencode|windows-password"
        "|windows-password-expired");
    broker->ops->end(broker);
}

static void a_refusal_is_the_screen_again_and_three_are_the_end(void)
{
    g_autoptr(TestLab) lab = start_lab("4.5", "windows-password", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiScreen) screen = NULL;

    if (lab == NULL) {
        return;
    }
    g_autoptr(VdiBroker) broker = reach(lab);

    CHECK(broker->ops->begin(broker, NULL, &screen, &error));
    for (int i = 0; i < 2 && screen != NULL; i++) {
        g_autoptr(GPtrArray) answers = ada_answers(screen, true);

        g_clear_pointer(&screen, vdi_screen_free);
        CHECK(broker->ops->answer(broker, answers, NULL, &screen, &error));
        CHECK_TEXT(screen != NULL ? screen->error : NULL, "Unknown user name or bad password.");
    }
    if (screen == NULL) {
        return;
    }
    g_autoptr(GPtrArray) answers = ada_answers(screen, true);
    VdiScreen *none = NULL;

    CHECK(!broker->ops->answer(broker, answers, NULL, &none, &error));
    CHECK_ERROR(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED);
}

static void bad_manners_have_their_error(void)
{
    static const struct {
        const char *fault;
        GQuark (*domain)(void);
        int code;
    } rows[] = {
        {"html", vdi_broker_error_quark, VDI_BROKER_ERROR_NOT_A_BROKER},
        {"doctype", vdi_broker_error_quark, VDI_BROKER_ERROR_NOT_A_BROKER},
        {"wrong-root", vdi_broker_error_quark, VDI_BROKER_ERROR_NOT_A_BROKER},
        {"truncated", vdi_broker_error_quark, VDI_BROKER_ERROR_NOT_A_BROKER},
        {"empty", vdi_broker_error_quark, VDI_BROKER_ERROR_NOT_A_BROKER},
        {"status-503", vdi_http_error_quark, VDI_HTTP_ERROR_STATUS},
        {"redirect", vdi_http_error_quark, VDI_HTTP_ERROR_ADDRESS},
        {"cut", vdi_http_error_quark, VDI_HTTP_ERROR_TRANSFER},
        {"tunnel", vdi_broker_error_quark, VDI_BROKER_ERROR_TUNNEL},
        {"tunnel-error", vdi_broker_error_quark, VDI_BROKER_ERROR_TUNNEL},
        {"unavailable", vdi_broker_error_quark, VDI_BROKER_ERROR_UNAVAILABLE},
        {"not-entitled", vdi_broker_error_quark, VDI_BROKER_ERROR_ENTITLEMENT},
        {"forgotten", vdi_broker_error_quark, VDI_BROKER_ERROR_SESSION},
        {"bad-port", vdi_broker_error_quark, VDI_BROKER_ERROR_INVALID},
        {"bad-address", vdi_broker_error_quark, VDI_BROKER_ERROR_INVALID},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(TestLab) lab = start_lab("4.5", "windows-password", rows[i].fault);
        g_autoptr(GError) error = NULL;

        if (lab == NULL) {
            return;
        }
        g_autoptr(VdiBroker) broker = reach(lab);
        g_autofree char *way = sign_in(broker, &error);
        g_autoptr(VdiTarget) target = way != NULL ? connect_to(broker, "Office", &error) : NULL;

        CHECK_ROW(rows[i].fault, target == NULL);
        CHECK_ROW(rows[i].fault, g_error_matches(error, rows[i].domain(), rows[i].code));
    }
}

static void a_failed_launch_is_asked_for_three_times(void)
{
    g_autoptr(TestLab) lab = start_lab("4.5", "windows-password", "launch-error");
    g_autoptr(GError) error = NULL;

    if (lab == NULL) {
        return;
    }
    g_autoptr(VdiBroker) broker = reach(lab);
    g_autofree char *way = sign_in(broker, &error);

    CHECK(way != NULL && connect_to(broker, "Office", &error) == NULL);
    CHECK_ERROR(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_UNAVAILABLE);
    g_autofree char *log = test_lab_log(lab->broker_log);

    CHECK_INT(count(log, "operation=get-desktop-connection"), 3);
    CHECK_INT(count(log, "operation=get-tunnel-connection"), 3);
}

static void maintenance_is_refused_without_asking(void)
{
    g_autoptr(TestLab) lab = start_lab("4.5", "windows-password", NULL);
    g_autoptr(GError) error = NULL;

    if (lab == NULL) {
        return;
    }
    g_autoptr(VdiBroker) broker = reach(lab);
    g_autofree char *way = sign_in(broker, &error);

    CHECK(way != NULL && connect_to(broker, "Training room", &error) == NULL);
    CHECK_ERROR(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_UNAVAILABLE);
    CHECK(connect_to(broker, "Drawing board", &error) == NULL);
    CHECK_ERROR(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_UNAVAILABLE);
    g_autofree char *log = test_lab_log(lab->broker_log);

    CHECK_INT(count(log, "operation=get-desktop-connection"), 0);
}

static void a_cancelled_call_comes_back(void)
{
    g_autoptr(TestLab) lab = start_lab("4.5", "windows-password", "slow=60000");
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    VdiScreen *screen = NULL;

    if (lab == NULL) {
        return;
    }
    g_autoptr(VdiBroker) broker = reach(lab);

    g_cancellable_cancel(cancellable);
    CHECK(!broker->ops->begin(broker, cancellable, &screen, &error));
    CHECK_ERROR(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_CANCELLED);
}

const Test tests[] = {
    {"the ladder is climbed down", the_ladder_is_climbed_down},
    {"every screen of a chain is answered", every_screen_of_a_chain_is_answered},
    {"a refusal is the screen again, and three are the end",
        a_refusal_is_the_screen_again_and_three_are_the_end},
    {"bad manners have their error", bad_manners_have_their_error},
    {"a failed launch is asked for three times", a_failed_launch_is_asked_for_three_times},
    {"maintenance is refused without asking", maintenance_is_refused_without_asking},
    {"a cancelled call comes back", a_cancelled_call_comes_back},
    TEST_END,
};
