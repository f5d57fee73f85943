/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/org_conf.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/schedule.h"

enum { CONF_MAX_BYTES = 65536, URLS_MAX = 16 };

/* A name and a password in an address would stand in a command line for all to read. */
static bool has_credentials(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);

    return uri != NULL && g_uri_get_userinfo(uri) != NULL;
}

static bool set_urls(VdiOrgConf *conf, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", URLS_MAX + 1);

    for (size_t i = 0; words[i] != NULL; i++) {
        if (!g_str_has_prefix(words[i], "https://") && !g_str_has_prefix(words[i], "http://")
            && !g_path_is_absolute(words[i])) {
            return false;
        }
        if (has_credentials(words[i])) {
            return false;
        }
    }
    g_strfreev(conf->urls);
    conf->urls = g_steal_pointer(&words);
    return g_strv_length(conf->urls) <= URLS_MAX;
}

static bool set_ca(VdiOrgConf *conf, const char *value)
{
    g_free(conf->ca_file);
    conf->ca_file = g_strdup(value);
    return g_path_is_absolute(value);
}

static bool read_switch(const char *value, bool *ret_switch)
{
    *ret_switch = strcmp(value, "true") == 0;
    return *ret_switch || strcmp(value, "false") == 0;
}

static bool set_may_block(VdiOrgConf *conf, const char *value)
{
    return read_switch(value, &conf->may_block);
}

static bool set_plain_http(VdiOrgConf *conf, const char *value)
{
    return read_switch(value, &conf->allow_http);
}

static bool set_refresh_minutes(VdiOrgConf *conf, const char *value)
{
    guint64 minutes = 0;

    if (!g_ascii_string_to_unsigned(
            value, 10, VDI_SCHEDULE_MIN / 60, VDI_SCHEDULE_MAX / 60, &minutes, NULL)) {
        return false;
    }
    conf->refresh_seconds = (int64_t) minutes * 60;
    return true;
}

static const struct {
    const char *key;
    bool (*set)(VdiOrgConf *conf, const char *value);
} keys[] = {
    {"url", set_urls},
    {"ca", set_ca},
    {"may-block", set_may_block},
    {"plain-http", set_plain_http},
    {"refresh-minutes", set_refresh_minutes},
};

static bool set_key(VdiOrgConf *conf, const char *key, const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].key, key) == 0) {
            return keys[i].set(conf, value);
        }
    }
    return false;
}

static bool read_keys(VdiOrgConf *conf, GKeyFile *file, const char *path, GError **error)
{
    g_auto(GStrv) found = g_key_file_get_keys(file, "organisation", NULL, NULL);

    for (size_t i = 0; found != NULL && found[i] != NULL; i++) {
        g_autofree char *value = g_key_file_get_value(file, "organisation", found[i], NULL);

        if (!set_key(conf, found[i], value)) {
            g_autofree char *shown = vdi_text_quote(found[i]);

            g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_ORGANISATION,
                "%s: %s is unknown or its value is not allowed", path, shown);
            return false;
        }
    }
    return true;
}

VdiOrgConf *vdi_org_conf_read(const VdiPaths *paths, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(paths->config, "orgs", name, "org.conf", NULL);
    g_autoptr(GBytes) bytes = paths->is_personal
        ? vdi_file_read(path, CONF_MAX_BYTES, error)
        : vdi_file_read_trusted(paths->root, path, CONF_MAX_BYTES, error);
    g_autoptr(VdiOrgConf) conf = g_new0(VdiOrgConf, 1);
    g_autoptr(GKeyFile) file = g_key_file_new();
    size_t size = 0;

    conf->may_block = true;
    conf->refresh_seconds = VDI_SCHEDULE_DEFAULT;
    if (bytes == NULL) {
        return NULL;
    }
    const char *data = g_bytes_get_data(bytes, &size);

    if (!g_key_file_load_from_data(file, data != NULL ? data : "", size, G_KEY_FILE_NONE, NULL)) {
        g_set_error(
            error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_ORGANISATION, "%s: not key = value", path);
        return NULL;
    }
    return read_keys(conf, file, path, error) ? g_steal_pointer(&conf) : NULL;
}

void vdi_org_conf_free(VdiOrgConf *conf)
{
    if (conf != NULL) {
        g_strfreev(conf->urls);
        g_free(conf->ca_file);
        g_free(conf);
    }
}
