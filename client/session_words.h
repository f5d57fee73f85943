/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/session/channel.h"

/* What a vdi-session may say on its control socket, read as if the hostile server had said it:
 * kind, length, numbers and texts. Pure. */

/* What is wrong with a message of `size` bytes, as the end of "the session sent …"; NULL when it is
 * sound. */
const char *vdi_session_words_judge(const VdiMessage *message, size_t size);

/* What an ENDED means: NULL for a log-off, else an error of VDI_SESSION_ERROR, its detail cleaned.
 */
GError *vdi_session_words_error(const VdiMessageEnded *ended);
