/* SPDX-License-Identifier: Apache-2.0 */
/* inventory: what this computer is, or a file says that another one is, in a form of one's choice.
 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/guard/command.h"
#include "compat/host/host.h"
#include "compat/host/libraries.h"
#include "compat/inventory/fleet_facts.h"
#include "compat/inventory/inventory.h"

enum { HOST_NAME_FILE_BYTES = 4096 };

#define FLEET "fleet"

typedef struct {
    char *format, *from;
    gboolean wants_name, wants_pending;
} Options;

static void options_clear(Options *options)
{
    g_free(options->format);
    g_free(options->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* VDI_INVENTORY_LAST: no form of that name. */
static VdiInventoryFormat find_format(const char *name)
{
    VdiInventoryFormat format = 0;

    while (format < VDI_INVENTORY_LAST && strcmp(vdi_inventory_format_name(format), name) != 0) {
        format++;
    }
    return format;
}

static bool check_options(const Options *options, GError **error)
{
    const char *format = options->format != NULL ? options->format : "vigie";
    bool is_fleet = strcmp(format, FLEET) == 0;

    if (!is_fleet && find_format(format) == VDI_INVENTORY_LAST) {
        return vdi_call_fail_usage("--format: vigie, osquery, cyclonedx or fleet", error);
    }
    if (options->wants_pending && options->from != NULL) {
        return vdi_call_fail_usage("--pending: with --from the file says what is pending", error);
    }
    if (options->wants_pending && (is_fleet || find_format(format) == VDI_INVENTORY_OSQUERY)) {
        return vdi_call_fail_usage(
            "--pending: only vigie and cyclonedx can say what is pending", error);
    }
    return true;
}

/* Of the system below the root: this one's, or what is written there. */
static char *host_name(const VdiPaths *paths)
{
    if (*paths->root == '\0') {
        return g_strdup(g_get_host_name());
    }
    g_autofree char *path = vdi_paths_below(paths, "/etc/hostname");
    g_autoptr(GBytes) bytes = vdi_file_read(path, HOST_NAME_FILE_BYTES, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    g_autofree char *line = data != NULL ? g_strndup(data, size) : NULL;

    return line != NULL && *g_strstrip(line) != '\0' ? g_steal_pointer(&line) : NULL;
}

static VdiInventory *look(const VdiGuardContext *context, bool wants_pending, GError **error)
{
    g_autoptr(VdiInventory) machine = vdi_inventory_new();
    g_autoptr(VdiHost) host = vdi_host_new(context->paths, &context->host, error);

    if (host == NULL || !vdi_host_look(host, machine->facts, error)) {
        return NULL;
    }
    vdi_libraries_look(context->paths, machine->facts);
    machine->name = host_name(context->paths);
    if (wants_pending) {
        machine->pending = vdi_host_pending(host, machine->facts, NULL, error);
    }
    return !wants_pending || machine->pending != NULL ? g_steal_pointer(&machine) : NULL;
}

/* What tells this computer from others. */
static void forget_name(VdiInventory *machine)
{
    g_clear_pointer(&machine->name, g_free);
    vdi_facts_set(machine->facts, VDI_FACT_MACHINE, NULL);
}

static void print(const VdiInventory *machine, const char *format)
{
    bool is_fleet = strcmp(format, FLEET) == 0;
    VdiInventoryFormat form = is_fleet ? VDI_INVENTORY_LAST : find_format(format);
    size_t n_lost = is_fleet ? 0 : vdi_inventory_n_left_out(machine, form);
    g_autofree char *text = is_fleet ? vdi_fleet_print(machine->name, machine->facts)
                                     : vdi_inventory_print(machine, form);

    fputs(text, stdout);
    if (n_lost > 0) {
        g_autofree char *sentence = g_strdup_printf(
            ngettext("%zu package is left out: this form has no place for it.",
                "%zu packages are left out: this form has no place for them.", n_lost),
            n_lost);

        vdi_program_warn(sentence);
    }
}

bool vdi_guard_command_inventory(VdiCall *call, GError **error)
{
    g_auto(Options) options = {NULL, NULL, false, false};
    const GOptionEntry own[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format,
            N_("vigie, osquery, cyclonedx or fleet"), N_("FORMAT")},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
            N_("write what this inventory says instead of this computer"), N_("FILE|-")},
        {"name", 0, 0, G_OPTION_ARG_NONE, &options.wants_name,
            N_("with the computer's name and its number for rollouts"), NULL},
        {"pending", 0, 0, G_OPTION_ARG_NONE, &options.wants_pending,
            N_("with what the package manager would install"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, own, 0, 0, error);

    if (context == NULL || !check_options(&options, error)) {
        return false;
    }
    g_autoptr(VdiInventory) machine = options.from != NULL
        ? vdi_inventory_load(options.from, error)
        : look(context, options.wants_pending, error);

    if (machine == NULL) {
        return false;
    }
    if (!options.wants_name) {
        forget_name(machine);
    }
    print(machine, options.format != NULL ? options.format : "vigie");
    return true;
}
