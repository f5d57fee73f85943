/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "protocol/broker/broker.h"
#include "protocol/session/message.h"

/* One vdi-session: started early, told where to go when the broker has said it, connected by us (it
 * may not open sockets), ended with us. Lives in the GMainLoop; the process is the boundary. */

typedef struct VdiLaunch VdiLaunch;

typedef struct {
    void (*phase)(VdiLaunch *launch, VdiPhase phase, void *user);
    /* Nobody vouches for the desktop: answer with vdi_launch_answer_identity, now or later. */
    void (*identity)(VdiLaunch *launch, const VdiMessageIdentity *identity, void *user);
    /* The end, once. `error` NULL: a log-off, or what vdi_launch_stop asked for. A session that
     * died is VDI_SESSION_ERROR_CRASHED. Nothing is called afterwards. */
    void (*ended)(VdiLaunch *launch, const GError *error, void *user);
} VdiLaunchDelegate;

/* Starts the process; its libraries load while the person types. `program`: NULL for vdi-session,
 * or a test's own. Fails with VDI_SESSION_ERROR_START. The delegate is borrowed. */
VdiLaunch *vdi_launch_new(const char *program, const VdiLaunchDelegate *delegate, void *user,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Kills a session that is still there. */
void vdi_launch_free(VdiLaunch *launch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiLaunch, vdi_launch_free)

/* The viewer's end of the view socket, once: yours. */
VdiFd vdi_launch_take_view(VdiLaunch *launch);

typedef struct {
    uint32_t width, height; /* pixels */
    uint32_t scale_percent;
    const char *ca_file; /* the site's authority for desktops; NULL: the system's */
} VdiLaunchOptions;

/* Once: connects to the target and hands it over; waits for nothing. What fails later is said by
 * `ended`. */
bool vdi_launch_open(VdiLaunch *launch, const VdiTarget *target, const VdiLaunchOptions *options,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void vdi_launch_answer_identity(VdiLaunch *launch, bool accept);

/* Asks it to end; kills it after a grace time. `ended` follows. */
void vdi_launch_stop(VdiLaunch *launch);

/* Process id, for a test that kills it; 0 when it is gone. */
int vdi_launch_pid(const VdiLaunch *launch);
