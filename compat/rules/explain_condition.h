/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/condition.h"

/* A condition as a machine stands to it, a line each fact: what is asked, whether it is so, and
 * what is there. Below `all`, `any` and `not` the lines are indented. NULL-terminated, yours. */
GStrv vdi_explain_condition(const VdiCondition *condition, const VdiFacts *facts);
