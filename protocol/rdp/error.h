/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "base/error.h"

/* FreeRDP's errors, in our words: one row a code that deserves a sentence of its own. */

typedef struct {
    uint32_t code; /* FREERDP_ERROR_…: the class in the upper half */
    VdiSessionError error;
    const char *words; /* NULL: the person's own doing, not an error */
} VdiEngineError;

/* The row of `code`; a code without one has the row of its class. Never NULL. */
const VdiEngineError *vdi_engine_error(uint32_t code);

/* NULL for a log-off. The detail is our words, and FreeRDP's own name of the code. */
GError *vdi_engine_error_new(uint32_t code);
