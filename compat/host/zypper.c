/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/zypper.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/host/child.h"
#include "compat/host/rpm.h"

#define ZYPPER "/usr/bin/zypper"
#define LOCKS "/etc/zypp/locks"

enum { CONFIG_MAX_BYTES = 1024 * 1024 };

/* The first that is there; both are the distributor's. */
static const char *const configs[] = {"/etc/zypp/zypp.conf", "/usr/etc/zypp/zypp.conf"};

/* `command`, ended by NULL, and `arguments` follow what is always said. Without the hack, which is
 * libzypp's own word for it, even a look waits for the lock and is waited for. `config`: of
 * libzypp; NULL. */
static GBytes *ask(VdiHost *host, const char *config, const char *const *command,
    const GPtrArray *arguments, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const char *const always[] = {ZYPPER, "--non-interactive", "--no-refresh", NULL};
    const char *home = NULL;

    if (!vdi_rpm_home(host, &home, error)) {
        return NULL;
    }
    for (size_t i = 0; always[i] != NULL; i++) {
        g_ptr_array_add(argv, (gpointer) always[i]);
    }
    if (*host->paths->root != '\0') {
        g_ptr_array_add(argv, (gpointer) "--root");
        g_ptr_array_add(argv, host->paths->root);
    }
    for (; *command != NULL; command++) {
        g_ptr_array_add(argv, (gpointer) *command);
    }
    for (guint i = 0; arguments != NULL && i < arguments->len; i++) {
        g_ptr_array_add(argv, arguments->pdata[i]);
    }
    g_ptr_array_add(argv, NULL);
    g_autofree char *setting = config != NULL ? g_strconcat("ZYPP_CONF=", config, NULL) : NULL;
    const char *const settings[] = {"ZYPP_READONLY_HACK=1", setting, NULL};
    const VdiChildQuestion question = {.argv = (const char *const *) argv->pdata,
        .home = home,
        .settings = settings,
        .forgiven = "</stream>", /* what went wrong stands in there as well */
        .failure = VDI_HOST_ERROR_OFFER};

    return vdi_child_ask(&question, error);
}

static char *read_text(VdiHost *host, const char *absolute)
{
    g_autofree char *path = vdi_paths_below(host->paths, absolute);
    g_autoptr(GBytes) bytes = vdi_file_read(path, CONFIG_MAX_BYTES, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

    return data != NULL ? g_strndup(data, size) : NULL;
}

/* Settings like the system's, but with locks of their own: everybody's, and one for each hold. A
 * lock may name one version. *ret_config is yours; NULL when nothing is held. */
static bool lock_holds(VdiHost *host, const GPtrArray *holds, char **ret_config, GError **error)
{
    const char *scratch = vdi_host_scratch(host, error);
    g_autofree char *theirs = read_text(host, LOCKS);
    g_autofree char *own = read_text(host, configs[0]);
    g_autofree char *vendors = own == NULL ? read_text(host, configs[1]) : NULL;
    g_autoptr(GString) locks = g_string_new(theirs != NULL ? theirs : "");

    if (scratch == NULL) {
        return false;
    }
    for (guint i = 0; i < holds->len; i++) {
        const VdiHold *hold = holds->pdata[i];

        g_string_append_printf(locks,
            "\ntype: package\nmatch_type: exact\ncase_sensitive: on\n"
            "solvable_name: %s\nversion: == %s\n\n",
            hold->package, hold->version);
    }
    /* libzypp counts that path from the root that it is given. */
    const char *inside =
        g_str_has_prefix(scratch, host->paths->root) ? scratch + strlen(host->paths->root) : NULL;
    g_autofree char *path = g_build_filename(scratch, "locks", NULL);
    g_autofree char *config = g_build_filename(scratch, "zypp.conf", NULL);
    g_autofree char *text = g_strdup_printf("%s\n[main]\nlocksfile.path = %s/locks\n",
        own != NULL ? own : (vendors != NULL ? vendors : ""), inside != NULL ? inside : "");

    if (inside == NULL) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
            "only root can try holds on a system below another root");
        return false;
    }
    if (!vdi_file_write_text(path, locks->str, 0600, error)
        || !vdi_file_write_text(config, text, 0600, error)) {
        return false;
    }
    *ret_config = g_steal_pointer(&config);
    return true;
}

static bool mark_security(VdiHost *host, VdiOffer *offer, GError **error)
{
    const char *const list[] = {"--xmlout", "list-patches", "--category", "security", NULL};
    const char *const info[] = {"info", "-t", "patch", NULL};
    g_autoptr(GBytes) xml = ask(host, NULL, list, NULL, error);
    g_autoptr(GPtrArray) patches = xml != NULL ? vdi_zypper_read_patches(xml, error) : NULL;

    if (patches == NULL || patches->len == 0) {
        return patches != NULL;
    }
    g_autoptr(GBytes) text = ask(host, NULL, info, patches, error);

    return text != NULL && vdi_zypper_mark_security(text, offer, error);
}

static VdiOffer *read_offer(
    VdiHost *host, const char *config, const char *const *command, GError **error)
{
    g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", host->namespace);
    g_autoptr(GBytes) xml = ask(host, config, command, NULL, error);

    return xml != NULL && vdi_zypper_read_summary(xml, offer, error)
            && mark_security(host, offer, error)
        ? g_steal_pointer(&offer)
        : NULL;
}

static VdiChange *offers(VdiHost *host, const GPtrArray *holds, GError **error)
{
    const char *const command[] = {"--xmlout", "update", "--dry-run", NULL};
    g_autofree char *config = NULL;

    if (holds != NULL && holds->len > 0 && !lock_holds(host, holds, &config, error)) {
        return NULL;
    }
    g_autoptr(VdiOffer) offer = read_offer(host, config, command, error);

    return offer != NULL ? vdi_offer_change(offer) : NULL;
}

static VdiChange *bring(VdiHost *host, const VdiChangeItem *candidate, GError **error)
{
    g_autofree char *spec = g_strconcat(candidate->name, candidate->arch != NULL ? "." : "",
        candidate->arch != NULL ? candidate->arch : "", "=", candidate->after, NULL);
    const char *const command[] = {"--xmlout", "install", "--dry-run", spec, NULL};
    g_autoptr(VdiOffer) offer = read_offer(host, NULL, command, error);

    return offer != NULL ? vdi_offer_bring(offer, candidate, "zypper", error) : NULL;
}

const VdiHostOps vdi_host_zypper = {
    .name = "zypper",
    .type = "rpm",
    .present = vdi_rpm_present,
    .installed = vdi_rpm_installed,
    .offers = offers,
    .bring = bring,
    .hold = NULL,
    .list = vdi_host_list_none,
};
