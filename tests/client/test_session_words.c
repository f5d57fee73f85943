/* SPDX-License-Identifier: Apache-2.0 */
#include "client/session_words.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

static void what_no_healthy_session_says_is_found(void)
{
    static const VdiMessageNumber ready = {VDI_MESSAGE_READY, 7};
    static const VdiMessagePhase phase = {VDI_MESSAGE_PHASE, VDI_PHASE_SECURED};
    static const VdiMessagePhase no_phase = {VDI_MESSAGE_PHASE, 99};
    static const VdiMessageNeedSocket need = {VDI_MESSAGE_NEED_SOCKET, 3389, 0, "pc7"};
    static const VdiMessageNeedSocket no_port = {VDI_MESSAGE_NEED_SOCKET, 0, 0, "pc7"};
    static const VdiMessageNeedSocket escape = {VDI_MESSAGE_NEED_SOCKET, 1, 0, "pc\0337"};
    static const VdiMessageEnded ended = {VDI_MESSAGE_ENDED, 0, ""};
    static const VdiMessageEnded unknown = {VDI_MESSAGE_ENDED, 1000, ""};
    static const VdiMessageIdentity identity = {
        .kind = VDI_MESSAGE_IDENTITY, .problem = VDI_IDENTITY_DATES};
    static const VdiMessageIdentity no_problem = {.kind = VDI_MESSAGE_IDENTITY, .problem = 0};
    static const VdiMessageNumber stop = {VDI_MESSAGE_STOP, 0};
    static const VdiMessageNumber strange = {4711, 0};
    static VdiMessageEnded endless = {VDI_MESSAGE_ENDED, 0, ""};

    memset(endless.detail, 'x', sizeof endless.detail);
    const struct {
        const char *name;
        const void *message;
        size_t size;
        bool is_sound;
    } rows[] = {
        {"ready", &ready, sizeof ready, true},
        {"ready, cut short", &ready, 4, false},
        {"a phase", &phase, sizeof phase, true},
        {"a phase that there is not", &no_phase, sizeof no_phase, false},
        {"a wish for a socket", &need, sizeof need, true},
        {"a wish without a port", &no_port, sizeof no_port, false},
        {"a host with an escape", &escape, sizeof escape, false},
        {"an end", &ended, sizeof ended, true},
        {"an end of an unknown kind", &unknown, sizeof unknown, false},
        {"a detail without an end", &endless, sizeof endless, false},
        {"an identity", &identity, sizeof identity, true},
        {"an identity without a problem", &no_problem, sizeof no_problem, false},
        {"a word that is ours to say", &stop, sizeof stop, false},
        {"a word of no language", &strange, sizeof strange, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        VdiMessage message = {.kind = 0};

        memcpy(message.bytes, rows[i].message, rows[i].size);
        CHECK_ROW(rows[i].name,
            (vdi_session_words_judge(&message, rows[i].size) == NULL) == rows[i].is_sound);
    }
}

static void an_end_becomes_its_error(void)
{
    const VdiMessageEnded good = {VDI_MESSAGE_ENDED, 0, "bye"};
    const VdiMessageEnded bad = {
        VDI_MESSAGE_ENDED, VDI_SESSION_ERROR_LOGON + 1, "ERRCONNECT_LOGON_FAILURE"};
    g_autoptr(GError) error = vdi_session_words_error(&bad);

    CHECK(vdi_session_words_error(&good) == NULL);
    CHECK_TEXT(error->message, "ERRCONNECT_LOGON_FAILURE");
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_LOGON);
}

static const char *count(VdiSessionTally *tally, uint32_t kind)
{
    const VdiMessage message = {.kind = kind};

    return vdi_session_words_count(tally, &message);
}

static void what_a_session_may_say_is_counted(void)
{
    VdiSessionTally talker = {0}, caller = {0}, asker = {0};
    unsigned n_words = 0, n_sockets = 0;

    while (n_words < 1000 && count(&talker, VDI_MESSAGE_PHASE) == NULL) {
        n_words++;
    }
    while (n_sockets < 1000 && count(&caller, VDI_MESSAGE_NEED_SOCKET) == NULL) {
        n_sockets++;
    }
    CHECK(n_words >= 16 && n_words < 1000);
    CHECK(n_sockets >= 1 && n_sockets < n_words);
    CHECK(count(&asker, VDI_MESSAGE_IDENTITY) == NULL);
    CHECK(count(&asker, VDI_MESSAGE_PHASE) == NULL);
    CHECK(count(&asker, VDI_MESSAGE_IDENTITY) != NULL);
    asker.awaits_identity = false;
    CHECK(count(&asker, VDI_MESSAGE_IDENTITY) == NULL);
}

static void a_session_reaches_only_whom_it_was_opened_for(void)
{
    static const struct {
        const char *name, *wanted;
        uint16_t port;
        bool may;
    } rows[] = {
        {"its desktop", "pc7.example.com", 3389, true},
        {"its desktop, in other letters", "PC7.example.com", 3389, true},
        {"another port of it", "pc7.example.com", 22, false},
        {"another machine", "pc8.example.com", 3389, false},
        {"this computer", "localhost", 3389, false},
        {"no host", "pc7 -x", 3389, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        VdiMessageNeedSocket wanted = {.kind = VDI_MESSAGE_NEED_SOCKET, .port = rows[i].port};

        g_strlcpy(wanted.host, rows[i].wanted, sizeof wanted.host);
        CHECK_ROW(rows[i].name,
            vdi_session_words_may_reach(&wanted, "pc7.example.com", 3389) == rows[i].may);
        CHECK_ROW(rows[i].name, !vdi_session_words_may_reach(&wanted, NULL, 0));
    }
}

const Test tests[] = {
    {"what no healthy session says is found", what_no_healthy_session_says_is_found},
    {"what a session may say is counted", what_a_session_may_say_is_counted},
    {"a session reaches only whom it was opened for",
        a_session_reaches_only_whom_it_was_opened_for},
    {"an end becomes its error", an_end_becomes_its_error},
    TEST_END,
};
