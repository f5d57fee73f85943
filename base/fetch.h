/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What vdi-fetch says to whoever started it. */

/* By its exit status besides the error table's (docs/trust.md): answers that must be told apart. */
enum {
    VDI_FETCH_EXIT_ABSENT = 66,       /* the server answers, and has no such file: 404, 403 */
    VDI_FETCH_EXIT_NOT_MODIFIED = 67, /* 304: the caller's copy is the newest; no bytes */
    VDI_FETCH_EXIT_THEN = 68,         /* the first is absent, as at 66; the bytes are --then's */
    VDI_FETCH_EXIT_LARGE = 72,        /* over --max-bytes */
};

/* With --reply, what the server said beside the file: one line each at the head of standard error,
 * in this order, those that it did not say left out. A sentence may follow when it failed.
 *
 *     etag: "5f1e-61b"                              printable ASCII, sent back as it came
 *     last-modified: Sun, 22 Nov 2026 06:00:00 GMT  the same
 *     retry-after: 120                              seconds, 1 … VDI_FETCH_SECONDS_MAX
 *     max-age: 3600                                 the same */
#define VDI_FETCH_ETAG "etag"
#define VDI_FETCH_LAST_MODIFIED "last-modified"
#define VDI_FETCH_RETRY_AFTER "retry-after"
#define VDI_FETCH_MAX_AGE "max-age"

enum { VDI_FETCH_VALIDATOR_MAX = 256, VDI_FETCH_SECONDS_MAX = 24 * 3600 };
