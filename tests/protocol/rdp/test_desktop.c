/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <netdb.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/support/check.h"
#include "tests/support/lab.h"
#include "tests/support/screenshot.h"
#include "tests/support/session_peer.h"

/* vdi-session against real RDP servers, on loopback. One lab for all of it: it is up in half a
 * second, and the desktops serve several clients one after another. */

enum { PATIENCE_MS = 20000, WIDTH = 1280, HEIGHT = 800, PSNR_MIN = 35 };

/* In the square that shows that a key arrived, at this size (tests/lab/face.c). */
enum { SWATCH_X = 76, SWATCH_Y = 724 };

static SessionPeer *start(void)
{
    g_autofree char *program = test_built("protocol/rdp/vdi-session");
    g_autoptr(SessionPeer) peer = session_peer_new(program);

    if (peer == NULL || !session_peer_wait(peer, session_peer_is_ready, PATIENCE_MS)) {
        CHECK(!"vdi-session got ready");
        return NULL;
    }
    CHECK(peer->engine >= 0x00030a00); /* FreeRDP 3.10 */
    return g_steal_pointer(&peer);
}

/* The desktops' passwords are the scenario's (tests/lab/scenario.ini). */
static SessionTarget target_of(const TestLab *lab, const char *key, const char *password)
{
    const TestLabDesktop *desktop = test_lab_desktop(lab, key);

    return (SessionTarget){.host = "127.0.0.1",
        .port = desktop->port,
        .user = desktop->user,
        .domain = desktop->domain,
        .password = password,
        .ca_file = lab->ca_file,
        .width = WIDTH,
        .height = HEIGHT};
}

static SessionTarget office(const TestLab *lab)
{
    return target_of(lab, "office", "office-0nce-only");
}

static SessionTarget engineering(const TestLab *lab)
{
    return target_of(lab, "engineering", "engineering-0nce-only");
}

static bool is_closed(const SessionPeer *peer)
{
    return peer->has_ended && peer->view_closed && peer->pid == 0;
}

/* Reaped, within the patience of a test. */
static bool wait_until_closed(SessionPeer *peer)
{
    for (unsigned i = 0; i < PATIENCE_MS / 50 && !is_closed(peer); i++) {
        session_peer_wait(peer, is_closed, 50);
    }
    return is_closed(peer);
}

static const TestLabDesktop *shown; /* what is_whole compares with */

static bool is_whole(const SessionPeer *peer)
{
    uint32_t width = 0;
    uint32_t height = 0;
    const VdiPicture *picture = vdi_view_picture(peer->view);

    if (peer->has_ended || peer->n_frames == 0 || picture == NULL) {
        return peer->has_ended;
    }
    g_autoptr(GBytes) screen = screenshot_read(shown->display, &width, &height);

    VdiRectangle still = {(uint16_t) shown->still.x, (uint16_t) shown->still.y,
        (uint16_t) shown->still.width, (uint16_t) shown->still.height};

    return screen != NULL && width == picture->width && height == picture->height
        && screenshot_compare(vdi_picture_pixels(picture, vdi_view_index(peer->view)),
               picture->stride, g_bytes_get_data(screen, NULL), (size_t) width * 4, &still)
        >= PSNR_MIN;
}

static void check_picture(SessionTarget target, const TestLabDesktop *desktop)
{
    g_autoptr(SessionPeer) peer = start();

    if (peer == NULL) {
        return;
    }
    shown = desktop;
    CHECK(session_peer_open(peer, &target));
    CHECK(session_peer_wait(peer, is_whole, PATIENCE_MS));
    CHECK_TEXT(peer->end.detail, "");
    CHECK(!peer->was_asked);
    CHECK_INT(peer->n_sockets, target.connects_later ? 1 : 0);
    CHECK(session_peer_wait(peer, session_peer_has_frame, PATIENCE_MS));
    session_peer_stop(peer);
    CHECK(session_peer_wait(peer, session_peer_has_ended, PATIENCE_MS));
    CHECK(peer->was_told);
    CHECK_INT(peer->end.code, 0);
    CHECK_INT(peer->phase, VDI_PHASE_FIRST_FRAME);
    CHECK(peer->view_error == NULL);
    CHECK(wait_until_closed(peer));
    CHECK_INT(peer->wait_status, 0);
}

static void the_picture_is_the_desktops(const TestLab *lab)
{
    check_picture(office(lab), test_lab_desktop(lab, "office"));
    check_picture(engineering(lab), test_lab_desktop(lab, "engineering"));
}

static void the_socket_may_be_asked_for(const TestLab *lab)
{
    SessionTarget target = office(lab);

    target.connects_later = true;
    check_picture(target, test_lab_desktop(lab, "office"));
}

/* A shadow server has the size of its screen, whatever is asked for. */
static void a_desktop_of_another_size_brings_its_own(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) peer = start();

    if (peer == NULL) {
        return;
    }
    target.width = 1024;
    target.height = 768;
    shown = test_lab_desktop(lab, "office");
    CHECK(session_peer_open(peer, &target));
    CHECK(session_peer_wait(peer, is_whole, PATIENCE_MS));
    CHECK(!peer->has_ended);
    CHECK(peer->n_pictures >= 2);
    CHECK_INT(vdi_view_picture(peer->view)->width, WIDTH);
    CHECK_INT(vdi_view_picture(peer->view)->height, HEIGHT);
}

static bool has_thirty_frames(const SessionPeer *peer)
{
    return peer->has_ended || peer->n_frames >= 30;
}

/* Nobody looks for a while: one frame is owed, nothing queues, and then it goes on. */
static void a_viewer_that_is_slow_gets_whole_pictures(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) peer = start();

    if (peer == NULL) {
        return;
    }
    shown = test_lab_desktop(lab, "office");
    peer->keeps_frames = true;
    CHECK(session_peer_open(peer, &target));
    CHECK(session_peer_wait(peer, session_peer_has_frame, PATIENCE_MS));
    session_peer_wait(peer, has_thirty_frames, 500);
    CHECK_INT(peer->n_frames, 1);
    peer->keeps_frames = false;
    vdi_view_taken(peer->view);
    CHECK(session_peer_wait(peer, has_thirty_frames, PATIENCE_MS));
    CHECK(session_peer_wait(peer, is_whole, PATIENCE_MS));
    CHECK(!peer->has_ended);
}

static uint32_t idle_colour;

static bool has_swatch(const SessionPeer *peer)
{
    idle_colour = session_peer_pixel(peer, SWATCH_X, SWATCH_Y);
    return peer->has_ended || (idle_colour != 0 && is_whole(peer));
}

static bool has_another_swatch(const SessionPeer *peer)
{
    return peer->has_ended || session_peer_pixel(peer, SWATCH_X, SWATCH_Y) != idle_colour;
}

static void a_key_reaches_the_desktop(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) peer = start();

    if (peer == NULL) {
        return;
    }
    shown = test_lab_desktop(lab, "office");
    CHECK(session_peer_open(peer, &target));
    CHECK(session_peer_wait(peer, has_swatch, PATIENCE_MS));
    vdi_view_focus(peer->view, true, 0);
    vdi_view_pointer(peer->view, 300, 300);
    vdi_view_key(peer->view, KEY_V, 1);
    vdi_view_key(peer->view, KEY_V, 0);
    CHECK(session_peer_wait(peer, has_another_swatch, PATIENCE_MS));
    CHECK(!peer->has_ended);

    g_autofree char *text = test_lab_log(shown->input_log);

    CHECK(strstr(text, "key-down v") != NULL);
}

/* Of one thread: the value behind a word of its status; -1 when there is none. */
static int read_status(int pid, const char *thread, const char *word)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%s/status", pid, thread);
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC);
    g_autoptr(GBytes) bytes = fd >= 0 ? vdi_file_read_fd(fd, 1 << 16, NULL) : NULL;
    g_autofree char *text = bytes != NULL
        ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))
        : g_strdup("");
    const char *at = strstr(text, word);

    return at != NULL ? (int) g_ascii_strtoll(at + strlen(word), NULL, 10) : -1;
}

/* The real process, the peer connected: also what the library started since. */
static void every_thread_stands_behind_the_filter(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) peer = start();

    if (peer == NULL) {
        return;
    }
    CHECK(session_peer_open(peer, &target));
    CHECK(session_peer_wait(peer, has_thirty_frames, PATIENCE_MS));

    g_autofree char *folder = g_strdup_printf("/proc/%d/task", peer->pid);
    g_auto(GStrv) threads = vdi_file_list(folder);
    unsigned n = 0;

    for (; threads[n] != NULL; n++) {
        CHECK_ROW(threads[n], read_status(peer->pid, threads[n], "Seccomp:\t") == 2);
        CHECK_ROW(threads[n], read_status(peer->pid, threads[n], "NoNewPrivs:\t") == 1);
    }
    CHECK(n >= 1);
}

/* ---- refusals ---- */

static void check_refusal(SessionPeer *peer, const SessionTarget *target, VdiSessionError error)
{
    if (peer == NULL) {
        return;
    }
    CHECK(session_peer_open(peer, target));
    CHECK(session_peer_wait(peer, session_peer_has_ended, PATIENCE_MS));
    CHECK(peer->was_told);
    CHECK_INT(peer->end.code, error + 1);
    CHECK(*peer->end.detail != '\0');
    CHECK_INT(peer->n_frames, 0);
}

static void a_wrong_password_is_a_refused_logon(const TestLab *lab)
{
    SessionTarget target = engineering(lab);
    g_autoptr(SessionPeer) peer = start();

    target.password = "certainly-wrong-canary";
    check_refusal(peer, &target, VDI_SESSION_ERROR_LOGON);
    CHECK(peer == NULL || strstr(peer->end.detail, "canary") == NULL);
}

static void no_credential_is_missing_credentials(const TestLab *lab)
{
    SessionTarget target = engineering(lab);
    g_autoptr(SessionPeer) peer = start();

    target.user = "";
    target.password = "";
    check_refusal(peer, &target, VDI_SESSION_ERROR_CREDENTIALS);
}

static void an_unknown_certificate_is_asked_about(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) refusing = start();
    g_autoptr(SessionPeer) accepting = start();

    target.ca_file = NULL; /* the system does not know the lab */
    check_refusal(refusing, &target, VDI_SESSION_ERROR_CERTIFICATE);
    if (refusing == NULL || accepting == NULL) {
        return;
    }
    CHECK(refusing->was_asked);
    CHECK_INT(refusing->identity.problem, VDI_IDENTITY_UNKNOWN_ISSUER);
    CHECK_INT(strlen(refusing->identity.key_sha256), 64);

    accepting->accepts_identity = true;
    CHECK(session_peer_open(accepting, &target));
    CHECK(session_peer_wait(accepting, session_peer_has_frame, PATIENCE_MS));
    CHECK(accepting->was_asked && accepting->n_frames > 0);
}

static void the_pin_decides(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) asking = start();
    g_autoptr(SessionPeer) pinned = start();
    g_autoptr(SessionPeer) other = start();

    target.ca_file = NULL;
    check_refusal(asking, &target, VDI_SESSION_ERROR_CERTIFICATE);
    if (asking == NULL || pinned == NULL || other == NULL) {
        return;
    }
    target.pin = asking->identity.key_sha256;
    CHECK(session_peer_open(pinned, &target));
    CHECK(session_peer_wait(pinned, session_peer_has_frame, PATIENCE_MS));
    CHECK(!pinned->was_asked && pinned->n_frames > 0);

    /* Not even the site's authority outweighs a pin, and nobody is asked. */
    target.pin = "0000000000000000000000000000000000000000000000000000000000000000";
    target.ca_file = lab->ca_file;
    other->accepts_identity = true;
    check_refusal(other, &target, VDI_SESSION_ERROR_CERTIFICATE);
    CHECK(!other->was_asked);
}

static void what_the_parent_cannot_reach_is_told(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) unknown = start();
    g_autoptr(SessionPeer) silent = start();

    target.connects_later = true;
    if (unknown == NULL || silent == NULL) {
        return;
    }
    unknown->socket_error = EAI_NONAME;
    check_refusal(unknown, &target, VDI_SESSION_ERROR_HOST);
    silent->socket_error = ECONNREFUSED;
    check_refusal(silent, &target, VDI_SESSION_ERROR_CONNECT);
}

static void a_session_that_dies_closes_both_sockets(const TestLab *lab)
{
    SessionTarget target = office(lab);
    g_autoptr(SessionPeer) peer = start();

    if (peer == NULL) {
        return;
    }
    CHECK(session_peer_open(peer, &target));
    CHECK(session_peer_wait(peer, session_peer_has_frame, PATIENCE_MS));
    kill(peer->pid, SIGSEGV);
    CHECK(wait_until_closed(peer));
    CHECK(!peer->was_told);
    CHECK(peer->view_error == NULL);
    /* A sanitizer catches the signal itself, and aborts or exits. */
    CHECK(peer->wait_status != 0 && !WCOREDUMP(peer->wait_status));
}

static void in_the_lab(void (*test)(const TestLab *lab))
{
    g_autoptr(TestLab) lab = test_lab_start(NULL);

    if (lab != NULL) {
        test(lab);
    }
}

#define IN_THE_LAB(name)                                                                           \
    static void lab_##name(void)                                                                   \
    {                                                                                              \
        in_the_lab(name);                                                                          \
    }

IN_THE_LAB(the_picture_is_the_desktops)
IN_THE_LAB(the_socket_may_be_asked_for)
IN_THE_LAB(a_desktop_of_another_size_brings_its_own)
IN_THE_LAB(a_viewer_that_is_slow_gets_whole_pictures)
IN_THE_LAB(a_key_reaches_the_desktop)
IN_THE_LAB(every_thread_stands_behind_the_filter)
IN_THE_LAB(a_wrong_password_is_a_refused_logon)
IN_THE_LAB(no_credential_is_missing_credentials)
IN_THE_LAB(an_unknown_certificate_is_asked_about)
IN_THE_LAB(the_pin_decides)
IN_THE_LAB(what_the_parent_cannot_reach_is_told)
IN_THE_LAB(a_session_that_dies_closes_both_sockets)

const Test tests[] = {
    {"the picture is the desktop's, over TLS and over NLA", lab_the_picture_is_the_desktops},
    {"the socket may be asked for", lab_the_socket_may_be_asked_for},
    {"a desktop of another size brings its own", lab_a_desktop_of_another_size_brings_its_own},
    {"a viewer that is slow gets whole pictures", lab_a_viewer_that_is_slow_gets_whole_pictures},
    {"a key reaches the desktop", lab_a_key_reaches_the_desktop},
    {"every thread stands behind the filter", lab_every_thread_stands_behind_the_filter},
    {"a wrong password is a refused logon", lab_a_wrong_password_is_a_refused_logon},
    {"no credential is missing credentials", lab_no_credential_is_missing_credentials},
    {"an unknown certificate is asked about", lab_an_unknown_certificate_is_asked_about},
    {"the pin decides", lab_the_pin_decides},
    {"what the parent cannot reach is told", lab_what_the_parent_cannot_reach_is_told},
    {"a session that dies closes both sockets", lab_a_session_that_dies_closes_both_sockets},
    TEST_END,
};
