/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What vdi-fetch says by its exit status besides the error table's (docs/trust.md): answers
 * that whoever started it must tell apart. */
enum {
    VDI_FETCH_EXIT_ABSENT = 66,       /* the server answers, and has no such file: 404, 403 */
    VDI_FETCH_EXIT_NOT_MODIFIED = 67, /* 304: the caller's copy is the newest; no bytes */
    VDI_FETCH_EXIT_LARGE = 72,        /* over --max-bytes */
};
