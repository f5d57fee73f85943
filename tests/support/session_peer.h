/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/session/channel.h"
#include "protocol/session/view.h"

/* Both of a session's partners in one, for tests and benches: starts vdi-session, connects for it,
 * answers it, shows its picture to nobody. It runs in the default GMainContext. */

typedef struct {
    int pid; /* 0: it was reaped */
    VdiFd control;
    VdiView *view;
    guint watch;

    /* what to answer */
    bool accepts_identity;
    int socket_error;  /* answered to NEED_SOCKET instead of a descriptor; 0: none */
    bool keeps_frames; /* does not take them */

    /* what was heard */
    uint32_t engine; /* 0: not ready yet */
    uint32_t phase;  /* the last */
    bool was_asked;  /* IDENTITY came */
    VdiMessageIdentity identity;
    unsigned n_sockets; /* NEED_SOCKET came so often */
    bool has_ended;     /* ENDED came, or the control socket closed */
    bool was_told;      /* by ENDED */
    VdiMessageEnded end;
    unsigned n_frames, n_pictures;
    bool view_closed;
    GError *view_error;
    int wait_status; /* of the process, once reaped */
} SessionPeer;

/* `program` is vdi-session, or a fake one. NULL: it could not be started. */
SessionPeer *session_peer_new(const char *program);
/* Kills what is still there. */
void session_peer_free(SessionPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SessionPeer, session_peer_free)

typedef struct {
    const char *host, *user, *domain, *password;
    const char *pin;     /* NULL: none */
    const char *ca_file; /* NULL: the system's */
    uint16_t port;
    uint32_t width, height;
    bool connects_later; /* the session has to ask for its socket */
} SessionTarget;

bool session_peer_open(SessionPeer *peer, const SessionTarget *target);
void session_peer_stop(SessionPeer *peer);

/* Runs the loop until `is_true`, or for at most `deadline_ms`; returns what `is_true` says then. */
bool session_peer_wait(
    SessionPeer *peer, bool (*is_true)(const SessionPeer *peer), unsigned deadline_ms);
bool session_peer_is_ready(const SessionPeer *peer);
bool session_peer_has_frame(const SessionPeer *peer);
bool session_peer_has_ended(const SessionPeer *peer);

/* B, G, R, X as the viewer has it; 0 before the first frame. */
uint32_t session_peer_pixel(const SessionPeer *peer, uint32_t x, uint32_t y);
