/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/session/picture.h"

/* The picture as a PNG file. Fails with VDI_PROGRAM_ERROR_OUTPUT. */

/* Before anybody signs in: could a file be made there? What is there already is left alone. */
bool vdi_screenshot_check(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Picture `index`, 8 bits RGB. The file is replaced whole, and read by its owner alone: it shows
 * somebody's desktop. */
bool vdi_screenshot_write(const VdiPicture *picture, unsigned index, const char *path,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
