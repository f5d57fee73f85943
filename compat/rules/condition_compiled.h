/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/compiled.h"
#include "compat/rules/condition.h"

/* A condition in the compiled form: an operator, and behind it its parts, or the name of a kind of
 * fact and its members. purls and ranges are written taken apart: to read thousands of them again
 * at each start was most of what a check took. */

/* One fact. Operators are written by condition_reader.c. */
void vdi_condition_write_fact(const VdiCondition *fact, VdiCompiledWriter *writer);

/* Made in the reader's arena, its texts are the compiled form's: not to be freed. NULL: it is not
 * as it was written, or holds what this version does not know. */
VdiCondition *vdi_condition_load(VdiCompiledReader *reader) G_GNUC_WARN_UNUSED_RESULT;
