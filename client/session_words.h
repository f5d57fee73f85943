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

/* What one session has had of us so far; zeroed at its start. */
typedef struct {
    unsigned n_words, n_sockets;
    bool awaits_identity; /* it asked, and was not answered yet */
} VdiSessionTally;

/* Counts a sound message. What is too much of it, as above; NULL: it may go on. Without a ceiling a
 * session that was taken over could keep its owner's loop busy, or let it knock at a port for ever.
 */
const char *vdi_session_words_count(VdiSessionTally *tally, const VdiMessage *message);

/* May it be connected there? Only to the host and port that it was opened for (NULL, 0: it was not
 * yet): our network is not its to explore. */
bool vdi_session_words_may_reach(
    const VdiMessageNeedSocket *wanted, const char *host, uint16_t port);

/* What an ENDED means: NULL for a log-off, else an error of VDI_SESSION_ERROR, its detail cleaned.
 */
GError *vdi_session_words_error(const VdiMessageEnded *ended);
