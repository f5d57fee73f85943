/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What the version of a package says of the release that it was built for: 3.16.0-1.fc42 is Fedora
 * 42's. Distributors write it so by custom, so it is good for a warning and for nothing else. */

typedef struct {
    const char *type; /* of its packages: "rpm", "deb" */
    const char *name; /* "Fedora" */
    const char *id;   /* os-release's; NULL: several systems have such versions */
    char *release;    /* "42", "24.04"; yours */
} VdiReleaseTail;

/* False when it tells nothing (-0ubuntu1.4). */
bool vdi_release_tail_read(const char *version, VdiReleaseTail *ret_tail);
void vdi_release_tail_clear(VdiReleaseTail *tail);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiReleaseTail, vdi_release_tail_clear)
