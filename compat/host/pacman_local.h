/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "compat/rules/facts.h"

/* pacman's own list of what is installed: a folder NAME-VERSION with a file `desc` for each package
 * (/var/lib/pacman/local), read without a child and without its lock.
 *
 * pacman takes an old entry out long before it writes the new one, so a list that it is working on
 * lies: while `lock` (db.lck) is there nothing is believed. Fails with VDI_HOST_ERROR_DATABASE,
 * also for a list that is empty or damaged. */

#define VDI_PACMAN_DESC_MAX_BYTES ((size_t) 1024 * 1024)
#define VDI_PACMAN_PACKAGES_MAX 100000

/* `folder`: …/pacman. Into facts, as packages "alpm/NAMESPACE/…". Untouched on failure. */
bool vdi_pacman_local_read(const char *folder, const char *namespace, VdiFacts *facts,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
