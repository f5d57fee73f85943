/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/paths.h"
#include "compat/rules/facts.h"

/* What a site states in vdi.conf for rules to ask: of this computer in [setting], of the hosts that
 * its people connect to, as far as the wire does not tell it, in [peer].
 *
 *   [setting]
 *   vpn = office
 *   [peer]
 *   gateway-build = 17763.6532
 *
 * A person's own file says nothing of it, save where it is the only one. */

/* A setting that is not stated is known not to be set. When a file cannot be used, all of it is
 * unknown: vdi-connect, which reads the same file, says what is wrong with it. */
void vdi_site_facts_look(const VdiPaths *paths, VdiFacts *facts);
