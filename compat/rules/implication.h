/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "compat/rules/condition.h"

/* What one condition says of another on any machine at all, without looking at one: for lint. Yes
 * is certain; no may mean that it was not found. `budget` counts down the comparisons that may
 * still be made; at 0 all answers are no. */

/* Wherever `a` is true, `b` is. */
bool vdi_condition_implies(const VdiCondition *a, const VdiCondition *b, unsigned *budget);

/* Where `a` is true, `b` is not, and the other way round. */
bool vdi_condition_excludes(const VdiCondition *a, const VdiCondition *b, unsigned *budget);

/* The same package to every machine. */
bool vdi_purl_is_same(const VdiPurl *a, const VdiPurl *b);
