/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/apply.h"

/* A bundle that came as a file: by mail, on a stick, from an MDM. Its bytes were read once and are
 * what is verified and used; the client is that of every refresh, with the file as its source. */

typedef struct {
    char *organisation;
    bool is_new; /* false: the store had all of it already */
} VdiImport;

void vdi_import_clear(VdiImport *import);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiImport, vdi_import_clear)

/* An update, into the store of the organisation that it names: by that name, and by its root of
 * trust being the one that is enrolled. On failure the last good list stays, byte for byte. Fails
 * with VDI_BUNDLE_ERROR and as vdi_apply_believe does. `paths`: the caller may write there. */
bool vdi_import_update(const VdiPaths *paths, GBytes *document, int64_t now, VdiImport *ret_import,
    VdiApplyReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The failure is the file's own: another try with the same bytes would be in vain. */
bool vdi_import_is_of_file(const GError *error);

/* STATE/inbox/ *.vdi, in the order of their names: files that root alone could have put there. One
 * that is done is removed, one that is refused becomes NAME.refused, so each is said once; one that
 * could not be dealt with for another reason stays for the next time. No file hinders the others.
 * Problems are said and recorded. */
void vdi_import_inbox(const VdiPaths *paths, int64_t now, VdiApplyReport *report);
