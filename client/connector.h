/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "base/file.h"

/* TCP to a desktop, made for a vdi-session that may open no socket: the policy on where RDP may go
 * has this one place. Resolves and connects in a GTask, several addresses in turn. */

void vdi_connector_start(const char *host, uint16_t port, GCancellable *cancellable,
    GAsyncReadyCallback ready, gpointer user);

/* A descriptor of yours; -1 with VDI_SESSION_ERROR_HOST or _CONNECT. G_IO_ERROR_CANCELLED: `user`
 * may be gone and must not be touched. */
VdiFd vdi_connector_finish(GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
