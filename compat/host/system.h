/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/paths.h"
#include "compat/rules/facts.h"

/* What can be known of a machine without its package system: distribution, kernel, architecture, a
 * number for rollouts, our own version. Plain GLib (vdi-hook). Reading never fails: what cannot be
 * found stays unknown. */

void vdi_system_look(const VdiPaths *paths, VdiFacts *facts);

/* The release of the newest kernel in /boot: what runs after the next restart, as far as a boot
 * loader was not told otherwise. The fact `kernel` is the one that runs. NULL: none is there by
 * such a name. Yours. */
char *vdi_system_next_kernel(const VdiPaths *paths);

/* 32 hex digits made of /etc/machine-id for this application alone: the id itself cannot be had
 * back from it, and no other application has the same. NULL when there is no machine-id. Yours. */
char *vdi_system_machine(const VdiPaths *paths);

/* The package system's word for a processor, by the kernel's ("x86_64": "amd64"), and back. NULL,
 * and the word itself, for one that is not known. */
const char *vdi_system_arch(const char *machine);
const char *vdi_system_machine_of(const char *arch);
