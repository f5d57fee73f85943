/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/paths.h"
#include "base/secret.h"
#include "base/settings.h"

/* What vdi-connect was asked to do: its command line over the settings of site and person. */

typedef struct {
    VdiPaths *paths;
    VdiSettings *settings; /* command line and locks applied: read server, user, … from here */
    VdiSecret *password;   /* NULL: none was given */
    GStrv accepted_risks;  /* rule ids; may be empty */
    char *screenshot;      /* NULL: none */
    bool has_display;      /* there is one, and it was not declined */
    bool once;
    bool json;
} VdiOptions;

/* Reads `argv`, the settings files, and the password from where it was said to be. *ret_stop: all
 * was said already (--version). Also checks that the screenshot can be made: before anybody signs
 * in. */
VdiOptions *vdi_options_read(
    int *argc, char ***argv, bool *ret_stop, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_options_free(VdiOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiOptions, vdi_options_free)

/* NULL where it was not given. Borrowed. */
const char *vdi_options_text(const VdiOptions *options, const char *key);
