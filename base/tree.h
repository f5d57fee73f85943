/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A folder and all that is in it, removed: by descriptors and through no link, so that whoever may
 * write in there cannot make root remove something else. Gone, or was never there: both are
 * success; a path that is a file or a link is removed itself. Fails with VDI_FILE_ERROR_WRITE, and
 * then has removed what it could. */
bool vdi_tree_remove(const char *path, GError **error);
