/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "compat/rules/facts.h"

/* What differs between the package systems that purls name ("deb", "rpm", "alpm"). Plain GLib
 * (vdi-hook). Which packages carry the engine and the clients, compat/host/clients knows.
 *
 * The architecture of a machine is that of its own package manager (dpkg, rpm, pacman), in that
 * system's word: "amd64" or "x86_64". */

/* Before any package is known: turns Debian's word, which compat/host/system sets, into that
 * system's, which is the kernel's. */
void vdi_package_type_look(VdiFacts *facts, const char *type);

/* Is that the system's own package manager, in an architecture of its own? Then that is the
 * machine's. `arch` may be NULL. */
bool vdi_package_type_is_manager(const char *type, const char *name, const char *arch);

/* Adds an installed package, and what it says of the machine. `namespace` and `arch` may be NULL.
 * False when the type has no row: nothing was added. */
bool vdi_package_type_add(VdiFacts *facts, const char *type, const char *namespace,
    const char *name, const char *version, const char *arch);

/* What may stand in a package's name or version without meaning something to any of these programs:
 * no blank, no pattern, no leading hyphen, at most 255 bytes. */
bool vdi_package_type_is_name(const char *text);
bool vdi_package_type_is_version(const char *text);
/* "x86_64" and "noarch" belong to the same package when one stands for all. NULL is any. */
bool vdi_package_type_same_arch(const char *a, const char *b);
