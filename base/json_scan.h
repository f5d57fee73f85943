/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The strict pass over a document's bytes, before json-c sees them: grammar, UTF-8, duplicate
 * members, NUL, whole numbers within ±(2^53 − 1), depth, size. base/json's own; nobody else needs
 * it. */

typedef struct {
    size_t offset, size;
} VdiJsonSlice;

typedef struct {
    const char *text; /* valid UTF-8 without NUL, checked */
    const char *at, *end;
    int depth;
    const char *split_name; /* the member of the outermost object whose elements are wanted */
    GPtrArray *elements;    /* of VdiJsonSlice; NULL: not wanted */
    const char *array_begin, *array_end;
} VdiJsonScan;

/* Zeroed but for `split_name` and `elements`. Fails with VDI_JSON_ERROR. */
bool vdi_json_scan(VdiJsonScan *scan, GBytes *document, size_t max_bytes,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
