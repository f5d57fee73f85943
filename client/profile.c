/* SPDX-License-Identifier: Apache-2.0 */
#include "client/profile.h"

#include <glib/gi18n.h>

const VdiSettingRow vdi_profile_rows[] = {
    {VDI_PROFILE_CONNECT, "server", VDI_SETTING_TEXT, 0, 0, NULL, NULL,
        N_("broker (https://…) or desktop (rdp://…) to connect to")},
    {VDI_PROFILE_CONNECT, "ca-file", VDI_SETTING_TEXT, 0, 0, NULL, NULL,
        N_("certificate authority of the broker and the desktops, instead of the system's")},
    {VDI_PROFILE_CONNECT, "user", VDI_SETTING_TEXT, 0, 0, NULL, NULL, N_("name to sign in with")},
    {VDI_PROFILE_CONNECT, "domain", VDI_SETTING_TEXT, 0, 0, NULL, NULL, N_("its domain")},
    {VDI_PROFILE_CONNECT, "desktop", VDI_SETTING_TEXT, 0, 0, NULL, NULL,
        N_("desktop to open, by its name")},
    {VDI_PROFILE_CONNECT, "width", VDI_SETTING_NUMBER, 200, 8192, NULL, "1280",
        N_("width of the desktop in pixels, where no screen says it")},
    {VDI_PROFILE_CONNECT, "height", VDI_SETTING_NUMBER, 200, 8192, NULL, "800",
        N_("height of the desktop in pixels, where no screen says it")},
    {VDI_PROFILE_CONNECT, "timeout", VDI_SETTING_NUMBER, 1, 3600, NULL, "60",
        N_("seconds until the first picture must be there")},
    {VDI_PROFILE_GUARD, "connect", VDI_SETTING_WORD, 0, 0, "block|advise", "block",
        N_("what a blocking rule does to a connection")},
    {VDI_PROFILE_GUARD, "refresh", VDI_SETTING_SWITCH, 0, 0, NULL, "true",
        N_("ask for a newer compatibility list before connecting, where this user may")},
    /* What the guard reads of the same file (compat/host/site_facts.h). */
    {"setting", "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {"peer", "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {NULL, NULL, VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
};

VdiSettings *vdi_profile_read(const VdiPaths *paths, bool ignore_person, GError **error)
{
    return vdi_settings_read(paths, "vdi", vdi_profile_rows, ignore_person, error);
}

bool vdi_profile_only_advises(const VdiSettings *settings)
{
    return g_strcmp0(vdi_settings_text(settings, VDI_PROFILE_GUARD, "connect"), "advise") == 0;
}
