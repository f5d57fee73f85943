/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/fault.h"

#include "tests/support/check.h"

static const struct {
    const char *name, *text;
    bool is_taken;
} words[] = {
    {"a name alone", "html", true},
    {"a value, where the row has one", "slow=250", true},
    {"a request", "html@2", true},
    {"a value and a request", "slow=250@3", true},
    {"an address with an @ in it", "redirect=https://ada@127.0.0.1/", true},
    {"no fault of ours", "nonsense", false},
    {"a value, where the row has none", "html=1", false},
    {"nothing", "", false},
};

static void is_named(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(LabFaults) faults = lab_faults_new();
        g_autoptr(GError) error = NULL;

        CHECK_ROW(
            words[i].name, lab_faults_add(faults, words[i].text, &error) == words[i].is_taken);
        CHECK_ROW(words[i].name, (error == NULL) == words[i].is_taken);
    }
}

static void spoils_its_request_alone(void)
{
    g_autoptr(LabFaults) faults = lab_faults_new();

    CHECK(lab_faults_add(faults, "unavailable@2", NULL));
    CHECK(lab_faults_operation(faults, 1, "desktop-connection") == NULL);
    CHECK(lab_faults_operation(faults, 2, "desktop-connection") != NULL);
    CHECK(lab_faults_operation(faults, 2, "desktops") == NULL);
    CHECK(lab_faults_operation(faults, 3, "desktop-connection") == NULL);
}

static void spoil_together(void)
{
    g_autoptr(LabFaults) faults = lab_faults_new();
    LabReply reply = {.status = 200,
        .body = g_string_new("<broker/>"),
        .headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};

    CHECK(lab_faults_add(faults, "status-503=7", NULL));
    CHECK(lab_faults_add(faults, "slow=250", NULL));
    lab_faults_reply(faults, 1, &reply);
    CHECK_INT(reply.status, 503);
    CHECK_INT(reply.delay_ms, 250);
    CHECK_TEXT(g_hash_table_lookup(reply.headers, "Retry-After"), "7");
    g_string_free(reply.body, TRUE);
    g_hash_table_unref(reply.headers);
}

const Test tests[] = {
    {"a fault is named with its value and its request", is_named},
    {"a fault of one request leaves the others alone", spoils_its_request_alone},
    {"faults work together", spoil_together},
    TEST_END,
};
