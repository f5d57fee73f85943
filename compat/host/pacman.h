/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"

/* pacman and its relatives. What is installed is read from its own files; what is on offer it is
 * asked (`pacman -Sup --print-format`), which takes no lock, fetches nothing and judges by the sync
 * databases as they were last fetched. */
extern const VdiHostOps vdi_host_pacman;
