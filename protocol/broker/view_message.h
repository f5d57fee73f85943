/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/broker/broker.h"
#include "protocol/broker/view_document.h"

/* One request and one reply of the View-style conversation: operations in, XML out, and back.
 * Pure: no I/O. One operation of a kind in a request; responses are found by name, the first wins.
 */

/* ---- requests ---- */

typedef struct VdiViewRequest VdiViewRequest;

/* `version`: one of the ladder's. */
VdiViewRequest *vdi_view_request_new(const char *version);
void vdi_view_request_free(VdiViewRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiViewRequest, vdi_view_request_free)

/* set-locale, unless `locale` is NULL, C or POSIX, or the version is 1.0, which does not know it.
 */
void vdi_view_request_add_locale(VdiViewRequest *request, const char *locale);
void vdi_view_request_add_configuration(VdiViewRequest *request);
/* `answers`: of VdiAnswer, in the order to be sent. */
void vdi_view_request_add_authentication(
    VdiViewRequest *request, const char *screen, const GPtrArray *answers);
/* Asks for the bypass, where the version lets us. */
void vdi_view_request_add_tunnel(VdiViewRequest *request);
void vdi_view_request_add_desktops(VdiViewRequest *request);
void vdi_view_request_add_launch_items(VdiViewRequest *request);
void vdi_view_request_add_connection(VdiViewRequest *request, const char *desktop_id);
void vdi_view_request_add_logout(VdiViewRequest *request);

/* The document, wiped when freed. The request can then only be freed. */
GBytes *vdi_view_request_finish(VdiViewRequest *request);

/* ---- replies ---- */

typedef struct VdiViewReply VdiViewReply;

/* A document whose root is `broker`; VDI_BROKER_ERROR_NOT_A_BROKER otherwise. */
VdiViewReply *vdi_view_reply_parse(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_view_reply_free(VdiViewReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiViewReply, vdi_view_reply_free)

typedef enum {
    VDI_VIEW_OK,
    VDI_VIEW_PARTIAL, /* an authentication that goes on */
    VDI_VIEW_NOT_EXECUTED,
    VDI_VIEW_ABSENT, /* no such response */
    VDI_VIEW_FAILED, /* `error` was set, after the code and texts of the reply */
} VdiViewResult;

/* The response to one operation, its failure translated by a table of codes. `*ret_response`
 * (borrowed) is set for OK and PARTIAL. A failure at the root is everybody's. */
VdiViewResult vdi_view_reply_find(const VdiViewReply *reply, const char *name,
    const VdiElement **ret_response, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The code of a root-level failure, or of this response's; NULL when there is none. */
char *vdi_view_reply_code(const VdiViewReply *reply, const char *name);

/* Of VdiDesktop. Entries without an id or a name, and a second one of the same id, are left out. */
GPtrArray *vdi_view_read_desktops(const VdiElement *response);

/* Where RDP goes. Fails with VDI_BROKER_ERROR_INVALID. */
VdiTarget *vdi_view_read_target(
    const VdiElement *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
