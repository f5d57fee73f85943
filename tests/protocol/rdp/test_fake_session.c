/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/input-event-codes.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/error.h"
#include "tests/support/check.h"
#include "tests/support/session_peer.h"

/* The fake is what others test with: it must itself be a session that keeps the contract. */

enum { PATIENCE_MS = 10000, WIDTH = 320, HEIGHT = 240 };

static const SessionTarget target = {.host = "127.0.0.1",
    .port = 9, /* nobody is there, and nobody is asked */
    .user = "ada",
    .domain = "",
    .password = "test-only",
    .width = WIDTH,
    .height = HEIGHT,
    .connects_later = true};

static SessionPeer *open_fake(void)
{
    g_autofree char *program = test_built("tests/protocol/rdp/fake-session");
    g_autoptr(SessionPeer) peer = session_peer_new(program);

    if (peer == NULL || !session_peer_wait(peer, session_peer_is_ready, PATIENCE_MS)
        || !session_peer_open(peer, &target)
        || !session_peer_wait(peer, session_peer_has_frame, PATIENCE_MS)) {
        CHECK(!"the fake session shows a frame");
        return NULL;
    }
    return g_steal_pointer(&peer);
}

static bool has_five_frames(const SessionPeer *peer)
{
    return peer->has_ended || peer->n_frames >= 5;
}

static void it_paints_a_card_that_moves(void)
{
    g_autoptr(SessionPeer) peer = open_fake();

    if (peer == NULL) {
        return;
    }
    CHECK(session_peer_wait(peer, has_five_frames, PATIENCE_MS));
    CHECK_INT(session_peer_pixel(peer, 2, 2), 0xffffff);
    CHECK_INT(session_peer_pixel(peer, 2, HEIGHT - 2), 0x808080);
    CHECK_INT(peer->phase, VDI_PHASE_FIRST_FRAME);
    session_peer_stop(peer);
    CHECK(session_peer_wait(peer, session_peer_has_ended, PATIENCE_MS));
    CHECK(peer->was_told && peer->end.code == 0 && peer->view_error == NULL);
}

static bool has_green(const SessionPeer *peer)
{
    return peer->has_ended || session_peer_pixel(peer, 2, HEIGHT - 2) == 0x20a040;
}

static void a_key_is_seen_on_it(void)
{
    g_autoptr(SessionPeer) peer = open_fake();

    if (peer != NULL) {
        vdi_view_key(peer->view, KEY_A, 1);
        CHECK(session_peer_wait(peer, has_green, PATIENCE_MS) && !peer->has_ended);
    }
}

static bool is_over(const SessionPeer *peer)
{
    return peer->view_closed && (peer->has_ended || peer->view_error != NULL);
}

static const struct {
    const char *name;
    uint16_t key;
    bool is_told;
    uint32_t code;
    bool is_hostile;
} ends[] = {
    {"F9 is a death", KEY_F9, false, 0, false},
    {"F10 is an end by the desktop", KEY_F10, true, VDI_SESSION_ERROR_DISCONNECTED + 1, false},
    {"F11 is a word that no healthy session says", KEY_F11, false, 0, true},
    {"F12 is a log-off", KEY_F12, true, 0, false},
};

static void it_ends_as_it_is_told_to(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(SessionPeer) peer = open_fake();

        if (peer == NULL) {
            return;
        }
        vdi_view_key(peer->view, ends[i].key, 1);
        CHECK_ROW(ends[i].name, session_peer_wait(peer, is_over, PATIENCE_MS));
        CHECK_ROW(ends[i].name, peer->was_told == ends[i].is_told);
        CHECK_ROW(ends[i].name, peer->end.code == ends[i].code);
        CHECK_ROW(ends[i].name, (peer->view_error != NULL) == ends[i].is_hostile);
    }
}

const Test tests[] = {
    {"it paints a card that moves", it_paints_a_card_that_moves},
    {"a key is seen on it", a_key_is_seen_on_it},
    {"it ends as it is told to", it_ends_as_it_is_told_to},
    TEST_END,
};
