/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/json.h"
#include "compat/trust/metadata.h"

/* The words of a welcome file: who an organisation is, where its lists are, which servers it has
 * and what it would have set. Signed by those who sign its lists, so that the fingerprint of the
 * root, which people compare, vouches for the addresses too: whoever changes them on the way would
 * have to change the root.
 *
 *   {"signed": {"_type": "welcome", "format": 1, "organisation": "acme", "title": "Acme Ltd",
 *     "urls": ["https://updates.acme.example/vigie"], "ca": "-----BEGIN CERTIFICATE-----…",
 *     "servers": [{"name": "Desktops", "address": "https://desktops.acme.example"}],
 *     "settings": {"domain": "ACME"}}, "signatures": […]}
 *
 * Nothing in it is a path, and no setting outside a list of our own can be named: none that says
 * whom to trust, and none of the guard's. */

#define VDI_WELCOME_URLS_MAX 16
#define VDI_WELCOME_SERVERS_MAX 64

typedef struct {
    char *name;    /* for people */
    char *address; /* https:// a broker, rdp:// a desktop */
} VdiWelcomeServer;

typedef struct {
    char *organisation; /* its name on machines */
    char *title;        /* for people */
    GPtrArray *urls;    /* of char *: https:// alone; may be empty: its lists come as files */
    char *ca;           /* PEM: the authority of `urls`; NULL: the system's */
    GPtrArray *servers; /* of VdiWelcomeServer */
    GKeyFile *settings; /* its group [connect], of client/profile.h; may be empty */
} VdiWelcome;

VdiWelcome *vdi_welcome_new(void);
void vdi_welcome_free(VdiWelcome *welcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiWelcome, vdi_welcome_free)

/* Each refuses what no welcome may say: VDI_BUNDLE_ERROR_WELCOME. */
bool vdi_welcome_set_name(VdiWelcome *welcome, const char *organisation, const char *title,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_welcome_add_url(
    VdiWelcome *welcome, const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_welcome_set_ca(
    VdiWelcome *welcome, const char *pem, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_welcome_add_server(VdiWelcome *welcome, const char *name, const char *address,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_welcome_set(VdiWelcome *welcome, const char *key, const char *value,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The keys that vdi_welcome_set takes, ended by NULL. */
const char *const *vdi_welcome_keys(void);

/* The "signed" part; yours. */
VdiJson *vdi_welcome_write(const VdiWelcome *welcome);

/* Words that reach the threshold of those who sign the lists under `root`; else
 * VDI_TRUST_ERROR_SIGNATURE. */
VdiWelcome *vdi_welcome_verify(
    GBytes *document, const VdiMetadata *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;
