/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "compat/rules/manifest.h"

/* A rule in words, for its author, on stdout. */

/* One line: id, effect, end, title. */
void vdi_rule_view_print_line(const VdiRule *rule, int64_t now);
/* All of it, in the languages that it speaks. */
void vdi_rule_view_print(const VdiRule *rule, int64_t now);
