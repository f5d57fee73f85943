/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The sub-commands of vdi-manifest. One row is the whole command: its parsing, its usage and its
 * line in --help come from there. */

typedef struct {
    int argc; /* argv[0] is the command's name */
    char **argv;
    int64_t now; /* UTC seconds */
} VdiManifestCall;

typedef struct {
    const char *name;
    const char *usage; /* behind the name: "DIR [--id NAME]" */
    const char *help;  /* N_() */
    bool (*run)(VdiManifestCall *call, GError **error);
} VdiManifestCommand;

bool vdi_manifest_command_init(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_add(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_remove(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_show(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_sign(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_renew(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_publish(VdiManifestCall *call, GError **error);
bool vdi_manifest_command_verify(VdiManifestCall *call, GError **error);

/* What lint warns of in the draft, on stderr; of its last rule alone if so asked. */
void vdi_manifest_command_warn(const char *folder, int64_t now, bool last_alone);

/* For the commands: reads `entries` (NULL: none), then exactly `n` words into `words` (borrowed
 * from argv). */
bool vdi_manifest_command_words(VdiManifestCall *call, const GOptionEntry *entries,
    const char *usage, size_t n, const char **words, GError **error) G_GNUC_WARN_UNUSED_RESULT;
