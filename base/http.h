/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* HTTPS: one kept connection and its cookies (in memory alone). Blocks; belongs to one thread at a
 * time. Chain, host and purpose of the certificate are always checked; TLS 1.2 at least; no
 * redirect is followed; bytes and time are counted here. All fail with VDI_HTTP_ERROR. */

typedef struct VdiHttp VdiHttp;

typedef struct {
    const char *ca_file; /* PEM, instead of the system's; NULL for the system's */
    bool allow_http;     /* plain http as well: signed files alone */
    bool no_proxy;       /* root's code takes no proxy from the environment */
    unsigned connect_timeout_ms;
} VdiHttpOptions;

typedef struct {
    GBytes *body; /* wiped when its last reference goes: it may hold a password */
    char *content_type;
    char *etag;
    char *last_modified;
    int64_t max_age_seconds; /* for which it need not be asked again: Cache-Control less Age; 0: no
                              * word of it */
    bool not_modified;       /* 304, to a conditional request */
} VdiHttpReply;

void vdi_http_reply_clear(VdiHttpReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiHttpReply, vdi_http_reply_clear)

VdiHttp *vdi_http_new(const VdiHttpOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_http_free(VdiHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiHttp, vdi_http_free)

typedef struct {
    size_t max_bytes;
    unsigned deadline_ms;     /* of the whole exchange; 0: no total limit, only the idle one */
    unsigned idle_timeout_ms; /* without one byte; whole seconds; 0: 30 s */
    const char *etag;         /* conditional GET; both may be NULL */
    const char *last_modified;
} VdiHttpLimits;

/* 2xx is success, and 304 to a conditional request; any other status is VDI_HTTP_ERROR_STATUS,
 * whatever its body is. 404 and 403 can be told apart by vdi_http_status. No content encoding is
 * asked for, and a body in one is VDI_HTTP_ERROR_TRANSFER. */
bool vdi_http_get(VdiHttp *http, const char *url, const VdiHttpLimits *limits,
    GCancellable *cancellable, VdiHttpReply *ret_reply, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_http_post(VdiHttp *http, const char *url, const char *content_type, GBytes *body,
    const VdiHttpLimits *limits, GCancellable *cancellable, VdiHttpReply *ret_reply,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Status of the last answer; 0 when there was none. */
int vdi_http_status(const VdiHttp *http);
/* Seconds for which the last answer, a failure as well, asks to be left alone; 0: it does not. */
int64_t vdi_http_retry_after(const VdiHttp *http);

/* "New cookies": the next request begins a conversation of its own. */
void vdi_http_forget_cookies(VdiHttp *http);
