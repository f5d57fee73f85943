/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/settings.h"

/* What a site or a person may settle about connections, in vdi.conf (docs/connect.md). The window,
 * vdi-connect and the documentation read the same rows. */
extern const VdiSettingRow vdi_profile_rows[];

#define VDI_PROFILE_CONNECT "connect"
#define VDI_PROFILE_GUARD "guard"

/* Fails with VDI_SETTINGS_ERROR or VDI_FILE_ERROR. */
VdiSettings *vdi_profile_read(
    const VdiPaths *paths, bool ignore_person, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The site has said that a blocking rule is advice to those who connect. */
bool vdi_profile_only_advises(const VdiSettings *settings);
