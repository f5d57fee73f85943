/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A password, a passcode, a PIN: in memory that is locked where the system allows it, left out of
 * dumps, and wiped when freed. Never in an argument, the environment, an error, a log or a core. */

#define VDI_SECRET_MAX 1024 /* bytes, without the NUL */

typedef struct VdiSecret VdiSecret;

/* Copies `size` bytes; the caller wipes its own. More than VDI_SECRET_MAX, or a NUL: NULL. */
VdiSecret *vdi_secret_new(const char *text, size_t size) G_GNUC_WARN_UNUSED_RESULT;

/* One line from a descriptor, to its end of line or end; the descriptor stays the caller's. Fails
 * with VDI_FILE_ERROR. */
VdiSecret *vdi_secret_read_fd(int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first line of a file that only its owner, this process's user, can read. */
VdiSecret *vdi_secret_read_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

VdiSecret *vdi_secret_copy(const VdiSecret *secret);
void vdi_secret_free(VdiSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiSecret, vdi_secret_free)

/* NUL-terminated, borrowed: hand it over late. */
const char *vdi_secret_text(const VdiSecret *secret);

/* For a buffer that held one. */
void vdi_secret_wipe(void *data, size_t size);

/* No core, not traceable by others of the same user: first thing in every main that holds one. */
void vdi_secret_protect_process(void);
