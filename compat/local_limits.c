/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/local_limits.h"

#include <string.h>

#include "base/settings.h"

#define DAY ((int64_t) 24 * 3600)
#define HOUR ((int64_t) 3600)

static const VdiSettingRow rows[] = {
    {"guard", "mode", VDI_SETTING_WORD, 0, 0, "enforce|advise|off", "enforce",
        "what a blocking rule does on this computer"},
    {"guard", "strict", VDI_SETTING_SWITCH, 0, 0, NULL, "false",
        "refuse to connect without a fresh compatibility list"},
    {"guard", "allow-override", VDI_SETTING_SWITCH, 0, 0, NULL, "true",
        "a person may connect against a blocking rule"},
    {"guard", "grace-days", VDI_SETTING_NUMBER, 0, 90, NULL, "7",
        "days for which an expired list still advises"},
    {"hold", "longest-days", VDI_SETTING_NUMBER, 0, 90, NULL, "14",
        "days for which one package is held at most"},
    {"hold", "security-hours", VDI_SETTING_NUMBER, 0, 336, NULL, "72",
        "hours for which a security update is held at most"},
    {"hold", "packages", VDI_SETTING_NUMBER, 0, 1000, NULL, "20",
        "packages held at once; more than that and nothing is"},
    {"hold", "sudden-packages", VDI_SETTING_NUMBER, 0, 1000, NULL, "10",
        "packages newly held by one refresh; more than that and nothing is"},
    {"hold", "sudden-rules", VDI_SETTING_NUMBER, 0, 1000, NULL, "3",
        "rules newly holding after one refresh; more than that and nothing is held"},
    {"hold", "never", VDI_SETTING_TEXT, 0, 0, NULL, "",
        "further packages that are never held, separated by blanks; * stands for anything"},
    {NULL, NULL, VDI_SETTING_TEXT, 0, 0, NULL, NULL, NULL},
};

/* Whoever held these could keep the machine from being mended. */
static const char *const never_held[] = {"apt", "apt-utils", "libapt-pkg*", "dpkg", "dnf*",
    "libdnf*", "rpm", "librpm*", "zypper", "libzypp*", "pacman*", "ca-certificates", "vigie*",
    "vdi-*", NULL};

/* Held no longer than a security update, wherever they come from. */
static const char *const short_held[] = {"libc6", "libc-bin", "libc-l10n", "locales", "glibc*",
    "libssl*", "openssl", "openssl-libs", "libopenssl*", "linux", "linux-lts", "linux-zen",
    "linux-hardened", "linux-image-*", "linux-headers-*", "linux-modules-*", "linux-generic*",
    "kernel", "kernel-core", "kernel-default", "kernel-modules*", NULL};

static bool matches(const char *const *patterns, const char *name)
{
    for (size_t i = 0; patterns != NULL && patterns[i] != NULL; i++) {
        if (g_pattern_match_simple(patterns[i], name)) {
            return true;
        }
    }
    return false;
}

static GStrv join_never(const char *site)
{
    g_auto(GStrv) words = g_strsplit(site, " ", -1);
    GPtrArray *all = g_ptr_array_new();

    for (size_t i = 0; never_held[i] != NULL; i++) {
        g_ptr_array_add(all, g_strdup(never_held[i]));
    }
    for (size_t i = 0; words[i] != NULL; i++) {
        if (*words[i] != '\0') {
            g_ptr_array_add(all, g_strdup(words[i]));
        }
    }
    g_ptr_array_add(all, NULL);
    return (GStrv) g_ptr_array_free(all, false);
}

static VdiGuardMode read_mode(const char *word)
{
    return strcmp(word, "enforce") == 0 ? VDI_GUARD_ENFORCE
        : strcmp(word, "advise") == 0   ? VDI_GUARD_ADVISE
                                        : VDI_GUARD_OFF;
}

static VdiLimits *take(const VdiSettings *settings)
{
    VdiLimits *limits = g_new0(VdiLimits, 1);

    limits->mode = read_mode(vdi_settings_text(settings, "guard", "mode"));
    limits->strict = vdi_settings_switch(settings, "guard", "strict");
    limits->allow_override = vdi_settings_switch(settings, "guard", "allow-override");
    limits->grace_seconds = vdi_settings_number(settings, "guard", "grace-days") * DAY;
    limits->longest_seconds = vdi_settings_number(settings, "hold", "longest-days") * DAY;
    limits->security_seconds = vdi_settings_number(settings, "hold", "security-hours") * HOUR;
    limits->packages_max = (size_t) vdi_settings_number(settings, "hold", "packages");
    limits->sudden_packages_max = (size_t) vdi_settings_number(settings, "hold", "sudden-packages");
    limits->sudden_rules_max = (size_t) vdi_settings_number(settings, "hold", "sudden-rules");
    limits->never = join_never(vdi_settings_text(settings, "hold", "never"));
    return limits;
}

VdiLimits *vdi_limits_read_file(const char *path, GError **error)
{
    g_autoptr(VdiSettings) settings = vdi_settings_read_file(path, rows, error);

    return settings != NULL ? take(settings) : NULL;
}

VdiLimits *vdi_limits_read(const VdiPaths *paths)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiSettings) settings = vdi_settings_read(paths, "guard", rows, true, &error);

    if (settings != NULL) {
        return take(settings);
    }
    VdiLimits *built_in = vdi_limits_read_file(NULL, NULL);

    g_assert(built_in != NULL);
    /* Perhaps the site has said that nothing is to be blocked, and cannot be heard. */
    built_in->mode = VDI_GUARD_ADVISE;
    built_in->problem = g_strdup(error->message);
    return built_in;
}

void vdi_limits_free(VdiLimits *limits)
{
    if (limits != NULL) {
        g_strfreev(limits->never);
        g_free(limits->problem);
        g_free(limits);
    }
}

bool vdi_limits_is_never_held(const VdiLimits *limits, const char *package)
{
    return matches((const char *const *) limits->never, package);
}

bool *vdi_limits_never(const VdiLimits *limits, const VdiChange *change)
{
    size_t n_items = vdi_change_n_items(change);
    bool *never = g_new0(bool, n_items + 1);

    for (size_t i = 0; i < n_items; i++) {
        never[i] = vdi_limits_is_never_held(limits, vdi_change_item(change, i)->name);
    }
    return never;
}

int64_t vdi_limits_seconds(const VdiLimits *limits, const char *package, bool is_security)
{
    bool is_short = is_security || matches(short_held, package);

    return is_short ? MIN(limits->security_seconds, limits->longest_seconds)
                    : limits->longest_seconds;
}
