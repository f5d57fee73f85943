/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Text from outside, before it reaches a terminal, a log or a label. One sanitiser for all of it:
 * valid UTF-8 (the rest becomes U+FFFD), no C0, C1, DEL or ESC, no bidirectional controls, no
 * zero-width characters, cut at VDI_TEXT_MAX characters. */

#define VDI_TEXT_MAX 500 /* characters shown */

/* For a label or a sentence: line breaks become blanks. `text` may be NULL (gives ""). */
char *vdi_text_clean(const char *text);

/* The same, keeping line breaks: a disclaimer, a message of several lines. */
char *vdi_text_clean_lines(const char *text);

/* For an error's detail: cleaned, in double quotes, cut at 80 characters. NULL gives "nothing". */
char *vdi_text_quote(const char *text);

/* Bytes that need not be text, nor end in NUL. */
char *vdi_text_quote_bytes(const void *data, size_t size);

/* True for `[a-z0-9._-]{1,64}` without a leading dot: what may become a file's name. */
bool vdi_text_is_name(const char *text);

/* For "did you mean": the one of `known` (ended by NULL) that begins alike and that `word` becomes
 * with the fewest letters changed, at most half of them; upper and lower case are alike. Borrowed;
 * NULL: none. */
const char *vdi_text_nearest(const char *word, const char *const *known);

/* RFC 3339 in UTC, whole seconds, as TUF and our own files write it: "2026-11-22T08:00:00Z". The
 * reader takes exactly that form. Years 1970 to 9999. */
char *vdi_text_time(int64_t at);
/* Its day alone: "2026-11-22". */
char *vdi_text_day(int64_t at);
bool vdi_text_read_time(const char *text, int64_t *ret_at) G_GNUC_WARN_UNUSED_RESULT;
