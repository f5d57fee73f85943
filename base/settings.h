/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"

/* Settings: key files read through a table of keys. A program has one table; the reader, --help and
 * docs/ print from it.
 *
 *   [connect]
 *   server = https://broker.example.com
 *   server.locked = true
 *
 * Order, first found wins: a locked site value, the command line, the person's file, the site's
 * value, built in. Fails with VDI_SETTINGS_ERROR, naming file and key; nothing is skipped in
 * silence. */

typedef enum {
    VDI_SETTING_TEXT,
    VDI_SETTING_NUMBER, /* a whole number from min to max */
    VDI_SETTING_WORD,   /* one of `words`, separated by | */
    VDI_SETTING_SWITCH, /* true or false */
} VdiSettingType;

typedef struct {
    const char *group, *key;
    VdiSettingType type;
    uint64_t min, max;
    const char *words;
    const char *built_in; /* as text; NULL: none */
    const char *help;     /* N_() */
} VdiSettingRow;

typedef struct VdiSettings VdiSettings;

/* `rows` is ended by one without a key. A row whose key is "*" stands for every other key of its
 * group: a text each, as the file names them. Reads, a later one winning: for "vdi" alone, what
 * organisations bring (CONFIG/orgs/NAME/vdi.conf, by name); CONFIG/NAME.conf; for "vdi" alone,
 * CONFIG/conf.d/ *.conf by name; the person's `XDG/vdi/NAME.conf` unless `ignore_person`. The
 * guard's limits therefore stand in one file, and nothing that an organisation brings is one.
 * Missing files are no error. A site file must be trusted (vdi_file_read_trusted) when this is the
 * system's. */
VdiSettings *vdi_settings_read(const VdiPaths *paths, const char *name, const VdiSettingRow *rows,
    bool ignore_person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One file as a site's, wherever it lies and whoever's it is: a copy to be judged. NULL: what is
 * built in. VDI_FILE_ERROR when it is missing. */
VdiSettings *vdi_settings_read_file(
    const char *path, const VdiSettingRow *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_settings_free(VdiSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiSettings, vdi_settings_free)

/* The command line's word on a key: VDI_SETTINGS_ERROR_LOCKED where the site has locked another. */
bool vdi_settings_override(VdiSettings *settings, const char *group, const char *key,
    const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The value in force, borrowed; NULL when there is none. The key must be a row of the type asked.
 */
const char *vdi_settings_text(const VdiSettings *settings, const char *group, const char *key);
/* The names in force that a "*" row of that group took, sorted. Yours. */
GStrv vdi_settings_names(const VdiSettings *settings, const char *group);
uint64_t vdi_settings_number(const VdiSettings *settings, const char *group, const char *key);
bool vdi_settings_switch(const VdiSettings *settings, const char *group, const char *key);
bool vdi_settings_is_locked(const VdiSettings *settings, const char *group, const char *key);
