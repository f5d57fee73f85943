/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/site_facts.h"

#include "base/settings.h"

#define SETTING "setting"
#define PEER "peer"

/* The other groups are the client's, which checks them. */
static const VdiSettingRow rows[] = {
    {SETTING, "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {PEER, "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {"connect", "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {"guard", "*", VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
    {NULL, NULL, VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
};

static void take(const VdiSettings *settings, const char *group, VdiFacts *facts,
    void (*set)(VdiFacts *facts, const char *key, const char *value))
{
    g_auto(GStrv) names = vdi_settings_names(settings, group);

    for (size_t i = 0; names[i] != NULL; i++) {
        set(facts, names[i], vdi_settings_text(settings, group, names[i]));
    }
}

void vdi_site_facts_look(const VdiPaths *paths, VdiFacts *facts)
{
    g_autoptr(VdiSettings) settings =
        vdi_settings_read(paths, "vdi", rows, !paths->is_personal, NULL);

    if (settings != NULL) {
        take(settings, SETTING, facts, vdi_facts_set_setting);
        take(settings, PEER, facts, vdi_facts_set_peer);
        vdi_facts_set_settings_known(facts);
    }
}
