/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* A client that breaks: ID, ID<V (the fixed client), ID<=V, ID=V. */
typedef struct {
    char *id;
    char *product;          /* for people */
    const char *comparator; /* "<", "<=", "=", or "*": any version */
    char *version;          /* NULL: any */
} VdiClientAsked;

/* VDI_PROGRAM_ERROR_VALUE. A client that no table of ours names is allowed: a site's inventories
 * may. */
VdiClientAsked *vdi_client_asked_read(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_client_asked_free(VdiClientAsked *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiClientAsked, vdi_client_asked_free)
