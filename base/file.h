/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Files, with a ceiling on what is read, replaced whole and durably when written, and believed only
 * where nobody else could have written. All fail with VDI_FILE_ERROR; plain GLib, no GIO
 * (vdi-hook). */

typedef int VdiFd;
void vdi_fd_close(VdiFd fd);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(VdiFd, vdi_fd_close, -1)

/* A regular file; a link is followed, a FIFO or a device refused. */
GBytes *vdi_file_read(const char *path, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a person named in a command: the same, or "-" for standard input. Once, through one
 * descriptor: what is read is what is used, and the file may be another one the next moment. */
GBytes *vdi_file_read_argument(
    const char *path, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From a descriptor, which stays the caller's: a file, a pipe or a socket, to its end. */
GBytes *vdi_file_read_fd(int fd, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Believed for whose it is: a regular file of root's or of this process's own user, which nobody
 * else may write, and no link in its place. VDI_FILE_ERROR_UNTRUSTED otherwise. */
GBytes *vdi_file_read_own(
    const char *path, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same judgement, without reading it. */
bool vdi_file_check_own(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `path` is below `root` ("" for /). Believed for where it lies: every component from `root` on is
 * root's (uid 0), writable by nobody else, and no link. VDI_FILE_ERROR_UNTRUSTED otherwise. What
 * was checked is what is read: one descriptor. */
GBytes *vdi_file_read_trusted(
    const char *root, const char *path, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same judgement of a file or folder, without reading it. */
bool vdi_file_is_trusted(const char *root, const char *path);

/* Replaced whole: a temporary name in the same folder, fsync, rename, fsync of the folder; a
 * failure of any of them is one. Readers, also after a death in between, see the old or the new
 * file, never with another mode. Missing folders are made (mode 0755, or 0700 when `mode` lets
 * nobody else read). */
bool vdi_file_write(
    const char *path, GBytes *bytes, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_file_write_text(
    const char *path, const char *text, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file that must not be there yet, whole and durable; an existing one is left alone
 * (VDI_FILE_ERROR_WRITE). For what is never made twice: a key. */
bool vdi_file_create(
    const char *path, GBytes *bytes, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One line at the end of a file that only grows, in a single write: all of it or nothing. */
bool vdi_file_append_line(
    const char *path, const char *line, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gone, or was never there: both are success. */
bool vdi_file_remove(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An advisory lock that ends with the descriptor, so with its process. The file is its owner's
 * alone (0600): whoever could open it could hold it for ever. Waits at most `deadline_ms`, then
 * VDI_FILE_ERROR_BUSY. -1 on failure. */
VdiFd vdi_file_lock(
    const char *path, unsigned deadline_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The temporary files of writers that were killed. Only where nobody else writes now: under the
 * lock of whoever writes in `folder`. What cannot be removed stays. */
void vdi_file_remove_leftovers(const char *folder);

/* The same of a folder itself, which must be there: whoever may list it may lock it. */
VdiFd vdi_file_lock_folder(
    const char *path, unsigned deadline_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A folder and those above it. */
bool vdi_file_make_folder(const char *path, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The names in a folder, sorted; NULL-terminated: all of them, or VDI_FILE_ERROR (ABSENT when there
 * is no such folder). For whoever draws conclusions from what is not there. */
GStrv vdi_file_names(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, and empty where that fails. */
GStrv vdi_file_list(const char *path);
