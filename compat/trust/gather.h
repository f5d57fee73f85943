/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/author.h"

/* Takes over what was signed in another copy of the folder, `from`: signatures that count, under
 * the very files that wait here. So the folder need not be brought back, and several copies can be
 * with several signers at once. To be followed by vdi_author_sign. */
bool vdi_gather(VdiAuthor *author, const char *from, VdiAuthorReport *report,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
