/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"

/* Canonical JSON, the form over which TUF signs and names keys: members sorted by the bytes of
 * their names, no white space, whole numbers in decimal, and in strings only \ and " escaped. A
 * line break in a PEM key is therefore a raw line break: the result need not be JSON that
 * vdi_json_parse takes.
 * Format: the "OLPC" canonical JSON that section 4.1 of the specification names. */
GBytes *vdi_canonical_write(VdiJson *value);
