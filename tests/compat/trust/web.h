/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* A web server on loopback that answers as a test says, byte for byte, and keeps what it was asked.
 * One request a connection, unless connections are kept. */

typedef struct Web Web;

Web *web_new(void);
void web_free(Web *web);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Web, web_free)

/* "http://127.0.0.1:PORT"; borrowed. */
const char *web_address(const Web *web);

/* The whole answer to a path, head and all. Without one: 404. */
void web_put(Web *web, const char *path, const char *answer);
/* A file: 200 with its length, `head` (lines that end in "\r\n"; "" for none) and the bytes. */
void web_put_file(Web *web, const char *path, const char *head, GBytes *bytes);
/* To requests that hold `condition` ("If-None-Match: \"v1\""), whatever else: "304". */
void web_spare(Web *web, const char *path, const char *condition, const char *head);
/* Nothing at all, or a byte now and then without an end, until the client goes away. */
void web_put_silence(Web *web, const char *path);
void web_put_drip(Web *web, const char *path);
/* Everything is answered thus; NULL: as before. */
void web_put_all(Web *web, const char *answer);

/* From now on a connection serves until its client goes: all answers must have a length. */
void web_keep_connections(Web *web);
guint web_n_connections(Web *web); /* since the start or the last web_forget */

/* The head of request number `i` since the start or the last web_forget; NULL past the last. Yours.
 */
char *web_request(Web *web, guint i);
guint web_n_requests(Web *web);
void web_forget(Web *web);
