/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "client/options.h"

/* A connection with nobody to ask: the options answer what the broker asks and choose the desktop;
 * what they cannot answer ends it with a sentence that names it. */

/* Runs from sign-in to end in a loop of its own; gives the exit status. */
int vdi_unattended_run(const VdiOptions *options);
