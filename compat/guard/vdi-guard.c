/* SPDX-License-Identifier: Apache-2.0 */
/* Believes, evaluates, holds, explains, releases, records. */
#include <glib/gi18n.h>

#include "compat/guard/command.h"

static const VdiCommand commands[] = {
    {"check", "[--json] [--pending auto|none|FILE] [--inventory FILE] [--manifest FILE]",
        N_("say whether this computer can use its desktops, and why not"), vdi_guard_command_check},
    {"what-if", "[--alone] [--json] NAME=VERSION…|KB…",
        N_("say what would break, be held or be cured if that were installed"),
        vdi_guard_command_what_if},
    {"status", "[--json]", N_("show lists, holds, releases and what is wrong"),
        vdi_guard_command_status},
    {"explain", "RULE", N_("say what a rule means and what it does here"),
        vdi_guard_command_explain},
    {"inventory", "[--format vigie|osquery|cyclonedx|fleet] [--from FILE|-] [--name] [--pending]",
        N_("write down what this computer is, for others to judge"), vdi_guard_command_inventory},
    {"refresh", "[--if-due] [--lists-only] [ORGANISATION…]",
        N_("fetch the lists, believe what is signed, hold"), vdi_guard_command_refresh},
    {"import", "FILE|-", N_("believe an update that came as a file (*.vdi); no network"),
        vdi_guard_command_import},
    {"enroll", "FILE|- [--yes --fingerprint HEX] [--advise-only]",
        N_("let an organisation guard this computer, from its welcome file"),
        vdi_guard_command_enroll},
    {"leave", "ORGANISATION", N_("end that, with its holds, lists and servers; no network"),
        vdi_guard_command_leave},
    {"apply", "", N_("believe what was fetched by another user, hold; no network"),
        vdi_guard_command_apply},
    {"release", "RULE|--all --for TIME --reason TEXT", N_("lift a rule for a time (break-glass)"),
        vdi_guard_command_release},
    {"tuf", "--metadata-dir DIR [--metadata-url URL …] init ROOT|refresh|download",
        N_("follow a repository of The Update Framework, as clients are compared"),
        vdi_guard_command_tuf},
    {"version", "compare SCHEME A B | contains VERS VERSION",
        N_("print <, = or >; say whether a version is in a range"), vdi_guard_command_version},
    {"purl", "PURL", N_("print a package URL in its canonical form, and its parts"),
        vdi_guard_command_purl},
    {NULL, NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
    return vdi_command_main("vdi-guard", commands, argc, argv);
}
