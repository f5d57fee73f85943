/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/paths.h"
#include "compat/rules/facts.h"

/* The libraries that the engine loads when it starts: what vdi-session asks for, and what these ask
 * for in turn, found as the dynamic linker finds them (its own folders of a file, then
 * /etc/ld.so.cache, then the folders of the system). What is loaded later by name (plug-ins, a
 * provider of OpenSSL) is not among them.
 *
 * Nothing is run, no rights are needed, and a system below another root is read there. Where a
 * single one cannot be found or read nothing is said, and the list stays unknown: a half list would
 * take what it does not name for absent. */
void vdi_libraries_look(const VdiPaths *paths, VdiFacts *facts);

/* The same of another program; `root` is "" or a folder. NULL: not known. Of char *. */
GPtrArray *vdi_libraries_of(const char *root, const char *program);
