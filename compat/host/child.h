/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A package manager's own program, asked as a child: absolute path, no shell, nothing to read,
 * nothing of the caller's environment or folder, the C locale, a ceiling and a deadline
 * (base/process). What it may do is the caller's: all that is asked here reads and goes nowhere. */

typedef struct {
    const char *const *argv;
    const char *home;            /* its HOME; NULL: "/" */
    const char *const *settings; /* two "NAME=value" more for its environment, at most; NULL */
    const char *complaint;       /* what among its errors is a failure whatever its status; NULL */
    const char *forgiven; /* with this among its words its exit status does not matter; NULL */
    int failure;          /* the code of VDI_HOST_ERROR when it cannot be asked or fails */
} VdiChildQuestion;

/* What it wrote to stdout. A failure is one sentence: the program, its exit status, the last line
 * of what it complained. */
GBytes *vdi_child_ask(const VdiChildQuestion *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Goes through lines whose fields are parted by any byte of `separators`; empty lines and empty
 * fields are left out. Ends with the first that `reader` refuses. A NUL, or more than
 * VDI_CHILD_LINES_MAX lines, is VDI_HOST_ERROR with `failure`. */
#define VDI_CHILD_LINES_MAX 400000

typedef bool (*VdiChildReader)(char **fields, size_t n_fields, void *user, GError **error);

bool vdi_child_read(GBytes *output, const char *separators, int failure, VdiChildReader reader,
    void *user, GError **error) G_GNUC_WARN_UNUSED_RESULT;
