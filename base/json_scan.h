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

/* An array that is a member of the outermost object, or ("") the outermost value itself. */
typedef struct {
    char *name;
    VdiJsonSlice whole; /* with its brackets */
    GArray *elements;   /* of VdiJsonSlice */
} VdiJsonScanArray;
void vdi_json_scan_array_free(void *array);

typedef struct {
    const char *text; /* valid UTF-8 without NUL, checked */
    const char *at, *end;
    int depth;
    bool takes_fractions; /* a number that is not whole passes */
    GPtrArray *arrays;    /* of VdiJsonScanArray, in the order of the document; NULL: not wanted */
    const char *split_name; /* that one alone; NULL: all of them */
    size_t n_elements;
} VdiJsonScan;

/* Zeroed but for what is wanted: `arrays`, `split_name`, `takes_fractions`. Fails with
 * VDI_JSON_ERROR. */
bool vdi_json_scan(VdiJsonScan *scan, GBytes *document, size_t max_bytes,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
