/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/trust/source.h"

/* A repository in one file, for a mail, a stick or a drop-in: the very files that a client would
 * ask for, under the names that it would ask by. Whose they are and what they are worth is the
 * client's question; this module believes nothing. No name in it becomes a path: names are only
 * compared.
 *
 *   -----BEGIN VIGIE BUNDLE-----
 *   format 1
 *   kind update
 *   organisation example-corp
 *
 *   metadata 1.root.json
 *   eyJzaWduYXR1cmVzIjpbeyJrZXlpZCI6ImE0…
 *   …
 *   target 5f2c….compat.json
 *   …
 *   sha256 9b1e…
 *   -----END VIGIE BUNDLE-----
 *
 * ASCII in short lines. What mail does to such a file is let through: other line ends, blanks at
 * the end of a line, empty lines, content that is wrapped elsewhere. The last line but one tells
 * damage (a bit, a cut) from a file that others have made. The order of the members is fixed, so
 * that the same input gives the same bytes: welcome, roots by number, timestamp, snapshot, targets,
 * other roles by name, targets by name. */

#define VDI_BUNDLE_MAX_BYTES ((size_t) 12 * 1024 * 1024)
#define VDI_BUNDLE_MEMBERS_MAX 256
#define VDI_BUNDLE_WELCOME_MAX_BYTES ((size_t) 256 * 1024)

typedef enum {
    VDI_BUNDLE_UPDATE,  /* for machines that the organisation guards already; enrols nobody */
    VDI_BUNDLE_WELCOME, /* the same, with compat/trust/welcome.h: for a machine that is new */
} VdiBundleKind;

typedef struct VdiBundle VdiBundle;

/* Strict: VDI_BUNDLE_ERROR_FORMAT names the line, and quotes nothing of it (root may have been
 * handed another file than a bundle). */
VdiBundle *vdi_bundle_parse(GBytes *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* At most VDI_BUNDLE_MAX_BYTES, else VDI_TRUST_ERROR_REFUSED. */
GBytes *vdi_bundle_write(const VdiBundle *bundle, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Does it begin as one? */
bool vdi_bundle_is_one(GBytes *document);

/* Empty, and of nobody yet. */
VdiBundle *vdi_bundle_new(VdiBundleKind kind);
void vdi_bundle_free(VdiBundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiBundle, vdi_bundle_free)

/* `name` is one (vdi_text_is_name). */
void vdi_bundle_set_organisation(VdiBundle *bundle, const char *name);

/* A file under its encoded name (vdi_trust_source_name); one that is there already is left.
 * VDI_TRUST_ERROR_REFUSED for a name or a size that no bundle has. */
bool vdi_bundle_add(VdiBundle *bundle, VdiTrustKind kind, const char *name, GBytes *bytes,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_bundle_set_welcome(VdiBundle *bundle, GBytes *bytes);

VdiBundleKind vdi_bundle_kind(const VdiBundle *bundle);
const char *vdi_bundle_organisation(const VdiBundle *bundle);
/* Borrowed; NULL in an update, and only there. */
GBytes *vdi_bundle_welcome(const VdiBundle *bundle);
/* Borrowed; NULL when it is not there. */
GBytes *vdi_bundle_file(const VdiBundle *bundle, VdiTrustKind kind, const char *name);
/* The root that its chain begins with, and its version; NULL when there is none. */
GBytes *vdi_bundle_first_root(const VdiBundle *bundle, int64_t *ret_version);

/* The bundle as a source for the client. Borrows it. */
VdiTrustSource *vdi_trust_source_new_bundle(const VdiBundle *bundle);
