/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "client/options.h"
#include "protocol/broker/broker.h"

/* What the options say where a person would be asked. Pure. */

/* Of VdiAnswer, yours. A field that nothing is said of is left to what the broker proposes. Fails
 * with VDI_BROKER_ERROR_SCREEN for a field that they cannot fill, VDI_CLIENT_ERROR_NO_SECRET where
 * a password is due and none was given. */
GPtrArray *vdi_answers_to(
    const VdiOptions *options, const VdiScreen *screen, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VDI_BROKER_ERROR_SCREEN, naming the screen. */
GError *vdi_answers_unanswerable(const VdiScreen *screen, const char *why);

/* The one of that exact name; `wanted` NULL: the only one, or the one that the person's preference
 * at the broker opens. Borrowed from the list. Fails with VDI_BROKER_ERROR_NO_DESKTOP, naming those
 * that there are. */
const VdiDesktop *vdi_answers_desktop(
    const GPtrArray *desktops, const char *wanted, GError **error) G_GNUC_WARN_UNUSED_RESULT;
