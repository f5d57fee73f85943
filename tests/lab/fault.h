/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/lab/server.h"

/* Bad manners on demand. One row is one fault (fault.c); it is named
 *
 *     NAME[=VALUE][@N]
 *
 * where VALUE is what the row says of it, and N the only request, counted from 1, that it spoils
 * (without it: every one). Several may be in force at once. */

typedef struct LabFaults LabFaults;

LabFaults *lab_faults_new(void);
void lab_faults_free(LabFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabFaults, lab_faults_free)

bool lab_faults_add(LabFaults *faults, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What stands in <response> instead of the right answer to request `n`; NULL: the right one. Only
 * asked where the right answer would have been a success. Borrowed. */
const char *lab_faults_operation(const LabFaults *faults, unsigned n, const char *response);

/* Spoils the finished answer to request `n`. */
void lab_faults_reply(const LabFaults *faults, unsigned n, LabReply *reply);

/* "NAME  help", a line each. */
char *lab_faults_list(void);
