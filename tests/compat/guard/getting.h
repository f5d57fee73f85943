/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/paths.h"
#include "compat/apply.h"
#include "tests/compat/trust/scene.h"
#include "tests/compat/trust/web.h"

/* A machine that gets the list of the organisation "example" from a web server on loopback. A
 * person's own, so that tests of getting need no root. */

typedef struct {
    Scene *scene; /* what can be published; its own store is not used */
    Web *web;
    VdiPaths *paths;
    char *folder;
    int64_t now;
    VdiApplyReport report; /* of the last refresh */
} Getting;

Getting *getting_new(const char *name);
void getting_free(Getting *getting);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Getting, getting_free)

/* org.conf: the addresses, and further lines (each ended by "\n"). */
void getting_configure(Getting *getting, const char *urls, const char *more);
/* Releases a list of that version, issued at `issued_at` (text), without publishing it. */
void getting_release(Getting *getting, int64_t version, const char *issued_at);
/* The same with so many rules: what takes its time to read. */
void getting_release_large(Getting *getting, int64_t version, int n_rules);
/* All that was released becomes what is served below `path` ("/v"): timestamp.json with ETag
 * "t<version>", and 304 for who has it. */
void getting_publish(Getting *getting, const char *path, int64_t version);
/* The same into a folder. */
void getting_publish_folder(Getting *getting, const char *folder);

/* Refreshes at getting->now. */
bool getting_refresh(Getting *getting);
/* The version that is believed; 0: none. */
int64_t getting_version(const Getting *getting);
/* Lines of the audit that hold `text`. */
int getting_audited(const Getting *getting, const char *text);
guint getting_n_problems(const Getting *getting);
