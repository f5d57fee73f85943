/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a refresher remembers of one organisation between two refreshes: what servers said of the
 * timestamp that they gave, and how its tries went. Hints alone: nothing is believed because of
 * them, and a memory that is missing, damaged or lying costs a request for a whole file.
 *
 * A small JSON file beside what this refresher writes. Times are UTC seconds. */

/* A validator is not believed for longer: some servers make the same ETag of two files of one size
 * that were written within a second. */
#define VDI_MEMORY_VALIDATOR_SECONDS ((int64_t) 24 * 3600)

enum { VDI_MEMORY_SERVERS_MAX = 16 };

typedef struct {
    char *address;              /* of the folder that holds all files */
    char *etag, *last_modified; /* of timestamp.json there, as they came; NULL: none */
    char *sha256;               /* of the bytes that they belong to; NULL without them */
    int64_t asked_at;           /* when those bytes came */
    char *failure;              /* digest of why its last refresh failed; NULL: it did not */

    /* Of this run alone, not written. */
    int64_t retry_after_seconds, max_age_seconds; /* 0: no word of it */
    bool has_spared;                              /* bytes were not sent again */
} VdiTrustServer;

typedef struct {
    int64_t tried_at, succeeded_at; /* 0: never */
    int64_t failures;               /* since it last succeeded */
    int64_t wait_seconds;           /* that the last answer asked for; 0: none */
    GPtrArray *servers;             /* of VdiTrustServer, the one that was asked last at the end */
} VdiTrustMemory;

/* Never fails: what cannot be used is forgotten. */
VdiTrustMemory *vdi_trust_memory_read(const char *path);
void vdi_trust_memory_free(VdiTrustMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiTrustMemory, vdi_trust_memory_free)
bool vdi_trust_memory_write(
    const VdiTrustMemory *memory, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Found or made, for a run that begins at `now`; borrowed until the next call. Of more than
 * VDI_MEMORY_SERVERS_MAX the one that was asked longest ago is forgotten. */
VdiTrustServer *vdi_trust_memory_server(VdiTrustMemory *memory, const char *address, int64_t now);

/* Its validators belong to exactly these bytes. */
bool vdi_trust_server_knows(const VdiTrustServer *server, GBytes *bytes);
/* Both may be NULL; then nothing is kept. */
void vdi_trust_server_keep(VdiTrustServer *server, GBytes *bytes, const char *etag,
    const char *last_modified, int64_t now);
void vdi_trust_server_forget(VdiTrustServer *server);

/* Remembers why a refresh failed (NULL: it did not); true when that is another reason than the last
 * time, so that one trouble is recorded once. */
bool vdi_trust_server_fails(VdiTrustServer *server, const char *sentence);
