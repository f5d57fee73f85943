/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* DIR/webroot, one line: where this folder was last published to. So that in a hurry nobody has to
 * remember it. */

/* NULL without an error when nothing was published from here yet. */
char *vdi_webroot_recall(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_webroot_remember(
    const char *folder, const char *webroot, GError **error) G_GNUC_WARN_UNUSED_RESULT;
