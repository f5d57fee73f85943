/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Starts vdi-session (NULL), or a test's own program, with its two sockets and an environment of a
 * few words: FreeRDP looks into the home and for a display otherwise. Both descriptors are taken
 * over, whatever becomes of the child. Fails with VDI_SESSION_ERROR_START. */
GSubprocess *vdi_session_process_start(
    const char *program, int take_control, int take_view, GError **error) G_GNUC_WARN_UNUSED_RESULT;
