/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "compat/rules/change.h"

/* A change to a machine as a person or a program writes it down, where no package manager is asked.
 *
 *   NAME=VERSION        an installed package, all its architectures; else a new one; else, where a
 *                       client of that id is installed past the package manager, that client
 *   NAME:ARCH=VERSION   one architecture
 *   NAME=               it goes
 *   pkg:TYPE/…=VERSION  the same with its full name
 *   client:ID=VERSION   a client by its id
 *   build=VERSION       the Windows build and revision
 *   KB5074109           an update or advisory: capitals first, a digit in it
 *
 * All of it fails with VDI_HOST_ERROR_CHANGE, saying which word. */

#define VDI_CHANGE_TEXT_MAX_BYTES ((size_t) 32 * 1024 * 1024)
#define VDI_CHANGE_TEXT_MAX_ITEMS 200000

/* What one word says. `facts`: the machine before. */
bool vdi_change_text_add(VdiChange *change, const VdiFacts *facts, const char *word,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A whole file, recognised by its beginning: an inventory that says what is pending
 * (compat/inventory/inventory.h), what apt tells a hook (compat/host/hook_stream.h), or a word a
 * line; empty lines and those that begin with # are none. */
VdiChange *vdi_change_text_read(
    GBytes *bytes, const VdiFacts *facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;
