/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes as hexadecimal digits: lower case when written, either when read. */

char *vdi_hex_write(const uint8_t *bytes, size_t size);

/* `text` is exactly `size` bytes. */
bool vdi_hex_read(const char *text, uint8_t *ret_bytes, size_t size) G_GNUC_WARN_UNUSED_RESULT;
