/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"

/* What this machine was told of one organisation: CONFIG/orgs/NAME/org.conf.
 *
 *   [organisation]
 *   url = https://updates.example.com/vigie https://elsewhere.example.com/vigie
 *   ca = /etc/vdi/orgs/example/ca.pem
 *   may-block = true
 *   plain-http = false
 *   refresh-minutes = 60
 *
 * Addresses are tried in order; one that begins with / is a folder. */

typedef struct {
    GStrv urls;              /* NULL: none is named */
    char *ca_file;           /* NULL: the system's authorities */
    bool may_block;          /* true unless said otherwise */
    bool allow_http;         /* false unless said otherwise */
    int64_t refresh_seconds; /* between two refreshes (compat/schedule.h) */
} VdiOrgConf;

/* Believed for where it lies, as all that decides about the system. Fails with VDI_FILE_ERROR, or
 * VDI_GUARD_ERROR_ORGANISATION for a key that is unknown or a value that is not allowed. */
VdiOrgConf *vdi_org_conf_read(
    const VdiPaths *paths, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_org_conf_free(VdiOrgConf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiOrgConf, vdi_org_conf_free)
