/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/freerdp.h>
#include <glib.h>
#include <stdbool.h>

#include "protocol/rdp/control.h"
#include "protocol/rdp/identity.h"

/* One desktop: connected, shown until it ends, ended. */

typedef struct VdiRdpDesktop VdiRdpDesktop;

/* Everything that can be made before the address is known. NULL: FreeRDP would not start. The two
 * are borrowed, and so is `view`. */
VdiRdpDesktop *vdi_desktop_new(VdiControl *control, VdiIdentity *identity, int view);
void vdi_desktop_free(VdiRdpDesktop *desktop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiRdpDesktop, vdi_desktop_free)

/* Connects, shows, returns at the end: false with `error` set (VDI_SESSION_ERROR), or true for a
 * log-off or a stop. `open` is wiped once FreeRDP has its copy. Takes `socket` over, -1: none. */
bool vdi_desktop_run(VdiRdpDesktop *desktop, VdiMessageOpen *open, int socket,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FreeRDP's version, as READY has it. */
uint32_t vdi_desktop_engine_version(void);
