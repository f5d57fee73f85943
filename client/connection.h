/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "base/settings.h"
#include "client/launch.h"
#include "compat/guard.h"
#include "protocol/broker/broker.h"

/* One connection from sign-in to end: a table of states and events (connection.c), speaking to
 * whoever shows it through one delegate. Lives in the GMainLoop; the broker's calls run in a GTask;
 * nothing blocks. The order is the safety: the guard's verdict stands before a password leaves, the
 * identity of the desktop before its credential does; log-out comes last. */

typedef enum {
    VDI_STATE_IDLE,
    VDI_STATE_REACHING, /* the broker is being asked what it wants; the guard is refreshed meanwhile
                         */
    VDI_STATE_GUARD,    /* a blocking rule: waits for vdi_connection_accept_risk or stop */
    VDI_STATE_SIGN_IN,  /* a screen stands; waits for vdi_connection_answer */
    VDI_STATE_SIGNING_IN,
    VDI_STATE_CHOOSING, /* waits for vdi_connection_choose */
    VDI_STATE_ASKING,   /* the broker prepares the desktop: may take minutes */
    VDI_STATE_OPENING,  /* vdi-session connects */
    VDI_STATE_OPEN,
    VDI_STATE_STOPPING,
    VDI_STATE_ENDED,
} VdiState;

typedef struct VdiConnection VdiConnection;

/* Every member must be there. All are called from the loop. */
typedef struct {
    void (*state)(VdiConnection *connection, VdiState state, void *user);
    /* The verdict is known. `warnings`: sentences on stores that cannot be used (NULL-terminated,
     * may be empty). Borrowed until the connection ends. */
    void (*verdict)(
        VdiConnection *connection, const VdiVerdict *verdict, GStrv warnings, void *user);
    /* State is SIGN_IN. */
    void (*ask)(VdiConnection *connection, const VdiScreen *screen, void *user);
    /* State is CHOOSING. `desktops`: of VdiDesktop. */
    void (*choose)(VdiConnection *connection, GPtrArray *desktops, void *user);
    void (*identity)(VdiConnection *connection, const VdiMessageIdentity *identity, void *user);
    /* State is OPENING: the viewer's end of the view socket, yours. */
    void (*view)(VdiConnection *connection, VdiFd view, void *user);
    void (*phase)(VdiConnection *connection, VdiPhase phase, void *user);
    /* Once; state is ENDED. `error` NULL: a log-off or a stop that was asked for. */
    void (*ended)(VdiConnection *connection, const GError *error, void *user);
} VdiConnectionDelegate;

typedef struct {
    const char *server;  /* as the person wrote it */
    const char *ca_file; /* NULL: the system's authorities; for broker and desktop */
    const VdiPaths *paths;
    uint32_t width, height, scale_percent;
    bool refresh_guard; /* try to refresh first, at most 3 s, where this user may */
    bool only_advise;   /* the site's word: what blocks is shown, and the connection goes on */
    const char *session_program; /* NULL: vdi-session; else a test's own */
} VdiConnectionOptions;

/* Copies its options. */
VdiConnection *vdi_connection_new(
    const VdiConnectionOptions *options, const VdiConnectionDelegate *delegate, void *user);
/* Ends what is still there without waiting: stop first, and wait for `ended`. */
void vdi_connection_free(VdiConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiConnection, vdi_connection_free)

void vdi_connection_start(VdiConnection *connection);

VdiState vdi_connection_state(const VdiConnection *connection);
const VdiGuard *vdi_connection_guard(const VdiConnection *connection);
/* For a screen: why the last wait ended. */
const VdiVerdict *vdi_connection_verdict(const VdiConnection *connection);

/* State GUARD: the person goes on against a rule (NULL: all that block). Refused with
 * VDI_GUARD_ERROR_OVERRIDE where the site does not allow it, VDI_GUARD_ERROR_UNKNOWN_RULE when no
 * blocking rule has that id; recorded otherwise. The next state follows when no block is left. */
bool vdi_connection_accept_risk(
    VdiConnection *connection, const char *rule, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `answers`: of VdiAnswer; taken over. */
void vdi_connection_take_answers(VdiConnection *connection, GPtrArray *answers);
/* The room that the picture has: before a desktop is chosen. */
void vdi_connection_set_size(
    VdiConnection *connection, uint32_t width, uint32_t height, uint32_t scale_percent);
/* By id. */
void vdi_connection_choose(VdiConnection *connection, const char *desktop_id);
/* State CHOOSING: asks the broker for the list again. */
void vdi_connection_refresh_list(VdiConnection *connection);
void vdi_connection_answer_identity(VdiConnection *connection, bool accept);

/* True when this finding still stands in the way. */
bool vdi_connection_is_blocked_by(const VdiConnection *connection, const VdiFinding *finding);

/* From any state: tells everyone first, then waits for them; log-out last; `ended` follows. */
void vdi_connection_stop(VdiConnection *connection);

/* Where the time went, in milliseconds since start; 0: not reached. For reports and the bench. */
typedef struct {
    int64_t verdict_ms, signed_in_ms, target_ms, connected_ms, first_frame_ms;
} VdiConnectionTimes;
VdiConnectionTimes vdi_connection_times(const VdiConnection *connection);

/* Process id of vdi-session; 0 when there is none. */
int vdi_connection_session_pid(const VdiConnection *connection);
