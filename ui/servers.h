/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"

/* The servers that this person has used: a key file in the state folder, last used first. No
 * password stands in it. */

#define VDI_SERVERS_MAX 64

typedef struct {
    char *address;      /* as the person wrote it */
    char *user;         /* "" when none was typed */
    int64_t used_at;    /* 0: never, or unknown */
    char *name;         /* by its organisation's welcome; NULL: this person has typed it */
    char *organisation; /* NULL with it */
} VdiServer;

void vdi_server_free(VdiServer *server);

/* $XDG_STATE_HOME/vdi/servers; yours. */
char *vdi_servers_path(void);

/* Of VdiServer. A missing file is an empty list. Fails with VDI_FILE_ERROR or VDI_SETTINGS_ERROR.
 */
GPtrArray *vdi_servers_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The servers that organisations have brought (compat/enrolment), behind those of `servers`; one
 * that is there already is given its name. What cannot be read is left out. */
void vdi_servers_add_brought(GPtrArray *servers, const VdiPaths *paths);

/* At the top; the oldest falls out beyond VDI_SERVERS_MAX. */
bool vdi_servers_remember(const char *path, const char *address, const char *user, int64_t now,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_servers_forget(
    const char *path, const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
