/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/trust/memory.h"

/* Where a repository's files come from. The client asks for one file after the other by name and
 * believes nothing that it is handed; a source only tells apart "not there" from "cannot say".
 *
 * A source never sees a name from metadata as it was written: names are percent-encoded, path
 * components of targets one by one, so that none of them is "..", empty or absolute. */

typedef enum {
    VDI_TRUST_METADATA, /* "2.root.json", "timestamp.json" */
    VDI_TRUST_TARGET,   /* "HASH.compat.json", "folder/HASH.name" */
} VdiTrustKind;

/* One file that is asked for. */
typedef struct {
    VdiTrustKind kind;
    const char *name; /* encoded */
    size_t max_bytes;
    GBytes *known; /* what the caller holds under that name; NULL: nothing. A source that learns
                    * that the file has not changed returns a new reference to it; others ignore
                    * it. */
} VdiTrustRequest;

typedef struct VdiTrustSource VdiTrustSource;

/* An implementation: the first member of its own struct. */
struct VdiTrustSource {
    /* All of the file, at most `max_bytes`. Fails with VDI_TRUST_ERROR: MISSING when the source
     * answers that it is not there, HASH when it is longer, SOURCE for all else. */
    GBytes *(*fetch)(VdiTrustSource *self, const VdiTrustRequest *request, GError **error);
    void (*free)(VdiTrustSource *self);
};

/* A folder that holds the files under their repository names: an incoming copy, a web root.
 * No link below it is followed. */
VdiTrustSource *vdi_trust_source_new_folder(const char *folder);

typedef struct {
    const char *address; /* of the folder that holds all files: "https://updates.example.com/v" */
    const char *ca_file; /* PEM; NULL: the system's authorities */
    bool allow_http;     /* plain http as well: every file is signed */
    const char *program; /* vdi-fetch; NULL: where it is built or installed */
    unsigned seconds;    /* for all files together; 0: VDI_TRUST_REFRESH_SECONDS */
    VdiTrustServer *server; /* what is remembered of it, and is told what it says now; NULL: no
                             * conditional requests */
    int64_t now;            /* UTC seconds, for the server */
} VdiTrustAddress;

/* Starts vdi-fetch for each file, so that no network code runs in this process. timestamp.json is
 * asked for on condition that it is not what the client holds already. */
VdiTrustSource *vdi_trust_source_new_fetch(const VdiTrustAddress *address);
#define VDI_TRUST_REFRESH_SECONDS 120

void vdi_trust_source_free(VdiTrustSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiTrustSource, vdi_trust_source_free)

/* What the client calls: encodes `name` and checks the length again. `prefix` ("7", a hash; NULL:
 * none) goes before the last component of the name: "7.targets.json", "a/HASH.b". `known`: as in
 * the request; timestamp.json alone has it, for no other name is ever used again. */
GBytes *vdi_trust_source_fetch(VdiTrustSource *source, VdiTrustKind kind, const char *prefix,
    const char *name, size_t max_bytes, GBytes *known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The encoded name. NULL with VDI_TRUST_ERROR_FORMAT when no safe name can be made of it. */
char *vdi_trust_source_name(VdiTrustKind kind, const char *prefix, const char *name,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
