/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"

/* Break-glass: a rule (or all of them) that a person lifted for a time, with a reason. Kept in
 * STATE/releases.json, ends by itself, works off line and with a damaged store. */

#define VDI_RELEASE_ALL "*"
#define VDI_RELEASE_MAX_SECONDS ((int64_t) 30 * 24 * 3600)

typedef struct {
    char *rule; /* or VDI_RELEASE_ALL */
    char *reason;
    int64_t uid; /* who */
    int64_t from, until;
} VdiRelease;

void vdi_release_free(VdiRelease *release);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiRelease, vdi_release_free)

/* Of VdiRelease; empty when there is none. Fails with VDI_FILE_ERROR or VDI_JSON_ERROR. */
GPtrArray *vdi_releases_read(const VdiPaths *paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds one and forgets those that have ended. A file that cannot be read is replaced. */
bool vdi_releases_add(const VdiPaths *paths, const VdiRelease *release, int64_t now,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The one in force for that rule that lasts longest; NULL. */
const VdiRelease *vdi_releases_find(const GPtrArray *releases, const char *rule, int64_t now);
