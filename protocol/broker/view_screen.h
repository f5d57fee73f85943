/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/broker/broker.h"
#include "protocol/broker/view_document.h"

/* The sign-in screens of the View-style conversation: a table of those we know, with the answers
 * they want in their order, and a generic form for the others. Pure. */

/* `authentication`: an element that holds <screen>. Fails with VDI_BROKER_ERROR_INVALID, or
 * VDI_BROKER_ERROR_SCREEN for one that only another client can answer (smart card, browser). */
VdiScreen *vdi_view_screen_read(
    const VdiElement *authentication, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is sent for it: of VdiAnswer, in the order of the table, yours. The domain is spelled as the
 * broker's list has it; one that the list does not have is VDI_BROKER_ERROR_REFUSED, not replaced
 * in silence; so is what XML cannot carry. `*ret_name` (borrowed from the table or the screen) is
 * the screen's name to send. */
GPtrArray *vdi_view_screen_answer(const VdiScreen *screen, const GPtrArray *answers,
    const char **ret_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
