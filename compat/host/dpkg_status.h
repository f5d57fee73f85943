/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "compat/rules/facts.h"

/* dpkg's own list of what is installed (/var/lib/dpkg/status), read in one pass over a mapping: no
 * child, no lock, about a millisecond. Plain GLib (vdi-hook).
 *
 * A package counts when its files are there: installed, unpacked, half-configured, waiting for
 * triggers. Fails with VDI_HOST_ERROR_DATABASE, saying the line, when the file is empty, cut or
 * otherwise not what dpkg writes: then nothing was handed out that may be believed. A version that
 * nobody can compare is no damage: its rules become unknown. */

#define VDI_DPKG_STATUS_MAX_BYTES ((size_t) 128 * 1024 * 1024)
#define VDI_DPKG_PACKAGES_MAX 200000

typedef void (*VdiDpkgVisitor)(const char *name, const char *version, const char *arch, void *user);

bool vdi_dpkg_status_visit(
    const char *path, VdiDpkgVisitor visitor, void *user, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Into facts, as packages "deb/NAMESPACE/…"; also the architecture of dpkg itself. Untouched on
 * failure. `info`: where dpkg keeps its lists of files (…/dpkg/info), or NULL to save the
 * millisecond that it takes to count them: more lists than entries is a file that was cut between
 * two entries, or a dpkg at work, whose file tells what was. */
bool vdi_dpkg_status_read(const char *path, const char *info, const char *namespace,
    VdiFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `[A-Za-z0-9][A-Za-z0-9+._-]*`, at most 255 bytes: may stand in a file of the package system. */
bool vdi_dpkg_is_name(const char *text);
/* Printable ASCII without blanks, at most 255 bytes. */
bool vdi_dpkg_is_version(const char *text);
