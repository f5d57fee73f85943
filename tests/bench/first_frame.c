/* SPDX-License-Identifier: Apache-2.0 */

/* Time to the first frame of a lab desktop, of vdi-session and of xfreerdp3, one after the other,
 * as often as asked. Both have to show a pixel of the desktop's still part that is not black:
 *
 *   vdi-session  from host and credential known, the process having been started before (as it is
 *                when a person types), to that pixel in the picture that the viewer maps
 *   xfreerdp3    from its start to that pixel on its own X server: it cannot be started before
 *
 * What xfreerdp3 needs to be loaded is therefore in its time and not in ours: that is the design's
 * gain, and it is printed apart (ready), so that both can be compared cold as well. */

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xcb.h>

#include "tests/support/session_peer.h"

extern char **environ;

enum { PATIENCE_MS = 15000, PROBE_X = 110, PROBE_Y = 480, WIDTH = 1280, HEIGHT = 800 };

static double now_ms(void)
{
    return (double) g_get_monotonic_time() / 1000;
}

static uint32_t wanted; /* the pixel, as the desktop's own X server has it; set once in main */

/* RemoteFX is lossy. */
static bool is_near(uint32_t pixel)
{
    for (unsigned shift = 0; shift < 24; shift += 8) {
        if (abs((int) (pixel >> shift & 0xff) - (int) (wanted >> shift & 0xff)) > 24) {
            return false;
        }
    }
    return true;
}

static uint32_t read_pixel(xcb_connection_t *connection)
{
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data->root;
    xcb_get_image_reply_t *image = xcb_get_image_reply(connection,
        xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, root, PROBE_X, PROBE_Y, 1, 1, ~0u),
        NULL);
    uint32_t pixel = 0;

    if (image != NULL) {
        memcpy(&pixel, xcb_get_image_data(image), sizeof pixel);
        free(image);
    }
    return pixel & 0xffffff;
}

static bool shows_pixel(const SessionPeer *peer)
{
    return peer->has_ended
        || (peer->n_frames > 0 && is_near(session_peer_pixel(peer, PROBE_X, PROBE_Y)));
}

/* Milliseconds; below 0: it failed. */
static double run_ours(const char *program, const SessionTarget *target, double *ret_ready)
{
    double started = now_ms();
    g_autoptr(SessionPeer) peer = session_peer_new(program);

    if (peer == NULL || !session_peer_wait(peer, session_peer_is_ready, PATIENCE_MS)) {
        return -1;
    }
    *ret_ready = now_ms() - started;
    g_usleep(100000); /* a person types */
    double opened = now_ms();

    if (!session_peer_open(peer, target) || !session_peer_wait(peer, shows_pixel, PATIENCE_MS)
        || peer->has_ended) {
        fprintf(stderr, "vdi-session: %s\n", peer->end.detail);
        return -1;
    }
    double took = now_ms() - opened;

    session_peer_stop(peer);
    session_peer_wait(peer, session_peer_has_ended, 2000);
    return took;
}

/* Its X server is cleared between the runs: the window is gone, the root is black. */
static double run_theirs(const char *display, const SessionTarget *target, const char *extra)
{
    g_autofree char *to = g_strdup_printf("/v:%s:%u", target->host, target->port);
    g_autofree char *user = g_strdup_printf("/u:%s", target->user);
    g_autofree char *domain = g_strdup_printf("/d:%s", target->domain);
    /* A test account of the lab; on a command line only because this client has no better way. */
    g_autofree char *password = g_strdup_printf("/p:%s", target->password);
    g_autofree char *size = g_strdup_printf("/size:%dx%d", WIDTH, HEIGHT);
    char *argv[] = {(char *) "xfreerdp3", to, user, domain, password, size, (char *) "/cert:ignore",
        (char *) "-decorations", (char *) "/log-level:OFF", (char *) extra, NULL};
    xcb_connection_t *connection = xcb_connect(display, NULL);
    double took = -1;
    pid_t pid = 0;

    posix_spawn_file_actions_t quiet; /* it complains of its own file system at each end */

    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    g_setenv("DISPLAY", display, TRUE);
    double started = now_ms();

    if (xcb_connection_has_error(connection) == 0
        && posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) == 0) {
        while (took < 0 && now_ms() - started < PATIENCE_MS) {
            if (is_near(read_pixel(connection))) {
                took = now_ms() - started;
            } else {
                g_usleep(1000);
            }
        }
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
        while (is_near(read_pixel(connection)) && now_ms() - started < 2 * PATIENCE_MS) {
            g_usleep(10000);
        }
    }
    posix_spawn_file_actions_destroy(&quiet);
    xcb_disconnect(connection);
    return took;
}

static gint compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a;
    double y = *(const double *) b;

    return (x > y) - (x < y);
}

static double report(const char *name, GArray *times)
{
    printf("  %-12s", name);
    for (guint i = 0; i < times->len; i++) {
        printf(" %4.0f", g_array_index(times, double, i));
    }
    g_array_sort(times, compare);
    double middle = times->len > 0 ? g_array_index(times, double, times->len / 2) : 0;

    printf("   median %.0f ms, n=%u\n", middle, times->len);
    return middle;
}

int main(int argc, char **argv)
{
    if (argc != 11) {
        fprintf(stderr,
            "usage: first_frame RUNS SESSION PORT USER DOMAIN PASSWORD CA "
            "DESKTOP-DISPLAY CLIENT-DISPLAY XFREERDP-OPTION\n");
        return 64;
    }
    SessionTarget target = {.host = "127.0.0.1",
        .port = (uint16_t) g_ascii_strtoull(argv[3], NULL, 10),
        .user = argv[4],
        .domain = argv[5],
        .password = argv[6],
        .ca_file = argv[7],
        .width = WIDTH,
        .height = HEIGHT};
    xcb_connection_t *desktop = xcb_connect(argv[8], NULL);
    unsigned runs = (unsigned) g_ascii_strtoull(argv[1], NULL, 10);
    g_autoptr(GArray) ours = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) ready = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) theirs = g_array_new(FALSE, FALSE, sizeof(double));

    wanted = xcb_connection_has_error(desktop) == 0 ? read_pixel(desktop) : 0;
    xcb_disconnect(desktop);
    if (wanted == 0) {
        fprintf(stderr, "first_frame: the desktop shows nothing at %d,%d\n", PROBE_X, PROBE_Y);
        return 69;
    }
    for (unsigned i = 0; i < runs; i++) {
        double start_up = 0;
        double a = run_ours(argv[2], &target, &start_up);
        double b = run_theirs(argv[9], &target, argv[10]);

        if (a < 0 || b < 0) {
            fprintf(stderr, "first_frame: run %u failed (%.0f, %.0f)\n", i, a, b);
            return 70;
        }
        g_array_append_val(ours, a);
        g_array_append_val(ready, start_up);
        g_array_append_val(theirs, b);
    }
    double middle = report("vdi-session", ours);

    report("  (ready)", ready);
    printf("  ratio %.2f\n", middle / report("xfreerdp3", theirs));
    return 0;
}
