/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"

/* Whoever can name a desktop's address: one interface, two implementations so far.
 *
 *   view    a View-style broker over HTTPS and XML (view_message, view_screen, view_conversation)
 *   direct  no broker: the address itself is the one desktop
 *
 * Every call blocks and belongs to one thread at a time (client/connection runs them in a GTask).
 * Fails with VDI_BROKER_ERROR or VDI_HTTP_ERROR. Texts are as the server sent them, valid UTF-8 but
 * not cleaned: whoever shows them calls vdi_text_clean. */

/* A field of a sign-in screen. */
typedef struct {
    char *name;    /* as the protocol knows it: "username", "password", "domain" */
    char *value;   /* proposed; NULL */
    GStrv choices; /* to choose one from; NULL: free text */
    bool is_secret;
    bool is_read_only;
} VdiScreenField;

typedef struct {
    char *name;         /* "windows-password", "disclaimer", … */
    char *title, *text; /* the server's own words; NULL */
    char *error;        /* why the last answer was refused; NULL */
    GPtrArray *fields;  /* of VdiScreenField */
    bool is_known;      /* one that we can answer; else a generic form */
} VdiScreen;

VdiScreen *vdi_screen_new(const char *name);
/* A field at the end; borrowed. */
VdiScreenField *vdi_screen_add(VdiScreen *screen, const char *name, bool is_secret);
VdiScreen *vdi_screen_copy(const VdiScreen *screen);
void vdi_screen_free(VdiScreen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiScreen, vdi_screen_free)

/* What is sent for one field: exactly one of the two is set. */
typedef struct {
    char *name;
    char *text;
    VdiSecret *secret;
} VdiAnswer;

/* One of `text` and `take_secret` is NULL. */
VdiAnswer *vdi_answer_new(const char *name, const char *text, VdiSecret *take_secret);
void vdi_answer_free(VdiAnswer *answer);
/* Borrowed; NULL when there is none of that name. */
const VdiAnswer *vdi_answers_find(const GPtrArray *answers, const char *name);

typedef enum {
    VDI_DESKTOP_AVAILABLE,
    VDI_DESKTOP_SIGNED_IN, /* a session of this person is on it */
    VDI_DESKTOP_MAINTENANCE,
    VDI_DESKTOP_EXPIRED,
    VDI_DESKTOP_ELSEWHERE,   /* checked out, or an unknown off-line state */
    VDI_DESKTOP_NO_PROTOCOL, /* it is not offered over RDP */
} VdiDesktopState;

typedef struct {
    char *id;   /* opaque; returned verbatim */
    char *name; /* untrusted text; matched exactly */
    VdiDesktopState state;
    bool may_reset;
    bool connects_at_start; /* the person's preference, kept by the broker */
    GStrv protocols;
} VdiDesktop;

void vdi_desktop_free(VdiDesktop *desktop);

/* Where RDP goes, and with what. Checked: a host name or address, a port. */
typedef struct {
    char *host;
    uint16_t port;
    char *user, *domain; /* "" when the broker gave none */
    VdiSecret *password; /* NULL when the broker gave none */
    char *pin;           /* SHA-256 of the host's public key, lower-case hex; NULL */
} VdiTarget;

void vdi_target_free(VdiTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiTarget, vdi_target_free)

typedef struct {
    const char *ca_file; /* NULL: the system's authorities */
    const char *locale;  /* of set-locale; NULL */
} VdiBrokerOptions;

typedef struct VdiBroker VdiBroker;

typedef struct {
    const char *name; /* "view", "direct" */
    /* Does this implementation speak to such an address (scheme)? */
    bool (*takes)(const GUri *address);
    VdiBroker *(*create)(const GUri *address, const VdiBrokerOptions *options, GError **error);
    void (*destroy)(VdiBroker *broker);
    /* Opens the conversation. *ret_screen: the first question, or NULL when nothing is asked. */
    bool (*begin)(
        VdiBroker *broker, GCancellable *cancellable, VdiScreen **ret_screen, GError **error);
    /* Answers the screen that stands. `answers`: of VdiAnswer. NULL in *ret_screen: signed in. A
     * refusal is the screen again, with its `error` set; VDI_BROKER_ERROR_REFUSED ends it. */
    bool (*answer)(VdiBroker *broker, GPtrArray *answers, GCancellable *cancellable,
        VdiScreen **ret_screen, GError **error);
    /* Entitlements: of VdiDesktop, yours. */
    GPtrArray *(*list)(VdiBroker *broker, GCancellable *cancellable, GError **error);
    VdiTarget *(*connect)(
        VdiBroker *broker, const VdiDesktop *desktop, GCancellable *cancellable, GError **error);
    /* Log-out, best effort; the object can then only be freed. */
    void (*end)(VdiBroker *broker);
    /* What the broker says of itself, for the guard's `peer` facts: "broker-protocol" → "4.5". NULL
     * before it spoke. Borrowed. */
    const char *(*protocol)(const VdiBroker *broker);
} VdiBrokerOps;

/* Implementations put this first in their struct. */
struct VdiBroker {
    const VdiBrokerOps *ops;
};

/* `address` as the person wrote it: "https://broker.example.com[:PORT]", "rdp://HOST[:PORT]", or a
 * bare host, which means https. Fails with VDI_CLIENT_ERROR_SERVER where it is no address of ours.
 */
VdiBroker *vdi_broker_new(
    const char *address, const VdiBrokerOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_broker_free(VdiBroker *broker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiBroker, vdi_broker_free)
