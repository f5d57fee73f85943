/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/paths.h"

/* Throw-away systems for tests of the guard: a root folder with what the guard reads. */

enum { GUARD_NOW = 1794000000 }; /* 2026-11-06 */
#define GUARD_DAY ((int64_t) 24 * 3600)

/* A fresh system below the test's folder: Debian 12, nothing installed, no organisation. Yours. */
VdiPaths *guard_system(void);

/* Trusted files must be root's: says why a test is skipped, once. */
bool guard_is_root(void);

/* Writes a file below the root; `'` stays what it is. */
void guard_write(const VdiPaths *paths, const char *absolute, const char *text);
/* Its content; NULL when it is not there. Yours. */
char *guard_read(const VdiPaths *paths, const char *absolute);

/* An organisation with this org.conf (the inside of its group). */
void guard_organisation(const VdiPaths *paths, const char *name, const char *conf);

/* What it believes: these rules (the inside of the array; `'` becomes `"`), issued a day before
 * GUARD_NOW, with that expiry. */
void guard_accept(const VdiPaths *paths, const char *name, const char *rules, int64_t expires_at);

/* One blocking rule: libexample1 from 2.0 below `below` breaks (of `distribution` debian). */
char *guard_rule(const char *id, const char *package, const char *from, const char *below);
