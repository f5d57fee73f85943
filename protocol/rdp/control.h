/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/file.h"
#include "protocol/session/channel.h"

/* The session's end of the control socket: what it tells and asks the process that owns the
 * connection. Asking waits for the answer; STOP, or the owner's end, is heard meanwhile. When the
 * owner is gone nobody wants the desktop: the process exits at once, from within any of these. */

typedef struct {
    int fd;
    bool is_stopped; /* STOP was heard */
} VdiControl;

/* Waits for OPEN. *ret_ca is NULL for the system's authorities; *ret_socket is -1 when none came.
 * The password lies in *ret_open alone: wipe it. False when it was stopped, or, with `error` set
 * (VDI_SESSION_ERROR), on words that no parent of ours says. */
bool vdi_control_wait_for_open(VdiControl *control, VdiMessageOpen *ret_open, GBytes **ret_ca,
    VdiFd *ret_socket, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A connected descriptor, yours; -1 with `error` set: HOST or CONNECT. */
VdiFd vdi_control_ask_for_socket(
    VdiControl *control, const char *host, uint16_t port, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* True: go on. */
bool vdi_control_ask_identity(VdiControl *control, const VdiMessageIdentity *identity);

void vdi_control_ready(VdiControl *control, uint32_t engine_version);
void vdi_control_phase(VdiControl *control, VdiPhase phase);
/* `error` NULL: a log-off, or a stop that was asked for. */
void vdi_control_ended(VdiControl *control, const GError *error);

/* Hears what is there, without waiting. */
void vdi_control_listen(VdiControl *control);
