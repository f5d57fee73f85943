/* SPDX-License-Identifier: Apache-2.0 */
/* The author's tool: writes, checks, signs and publishes manifests. Needs no network and no root.
 */
#include "base/secret.h"
#include "compat/manifest/command.h"

static const VdiCommand commands[] = {
    {"init", "DIR [--id NAME] [--root-keys N --threshold M]",
        "make the keys, root 1 and an empty draft", vdi_manifest_command_init},
    {"draft", "DIR --bad PKG=VERSION|KB…|build=… [--fixed V] [--client ID[<V]] [--dry-run] …",
        "make a rule from what is known, show what it would do, and put it into the draft",
        vdi_manifest_command_draft},
    {"add", "DIR RULE.json|-", "put a rule that is written in JSON into the draft",
        vdi_manifest_command_add},
    {"remove", "DIR RULE", "take a rule out of the draft", vdi_manifest_command_remove},
    {"show", "DIR [RULE]", "list the rules of the draft, or show one of them in full",
        vdi_manifest_command_show},
    {"lint", "DIR|FILE [--inventory FILE …] [--limits guard.conf]",
        "what is wrong with the rules, what machines would cut, and when the fleet breaks; 65 "
        "when something may not be signed",
        vdi_manifest_command_lint},
    {"simulate", "DIR|FILE --inventory FLEET … [--update NAME=VERSION …] [--json|--csv]",
        "count which machines of a fleet the rules concern, now and after an update",
        vdi_manifest_command_simulate},
    {"diff", "DIR [WEBROOT]",
        "what the draft changes over what is signed, or published: 0 nothing, 1 something",
        vdi_manifest_command_diff},
    {"withdraw", "DIR RULE [--to WEBROOT]",
        "take a published rule back: out of the draft, signed and published in one go",
        vdi_manifest_command_withdraw},
    {"announce", "DIR RULE -o FILE [--to ADDRESS …]",
        "write a letter for people about a rule that is signed, or was withdrawn",
        vdi_manifest_command_announce},
    {"sign", "DIR", "sign the draft, and all that waits for signatures, with the keys at hand",
        vdi_manifest_command_sign},
    {"publish", "DIR --to WEBROOT", "copy what is signed to where clients read",
        vdi_manifest_command_publish},
    {"renew", "DIR", "sign again that it is fresh, with the online key alone: for a timer",
        vdi_manifest_command_renew},
    {"rotate", "DIR root|targets|online [--number N] [--threshold M] [--keep] [--key FILE]",
        "new keys for a role, by a new root", vdi_manifest_command_rotate},
    {"revoke", "DIR KEY [--replace]", "take a lost or stolen key out of every role",
        vdi_manifest_command_revoke},
    {"bundle", "DIR|WEBROOT -o FILE.vdi [--from-root VERSION]",
        "pack what is signed into one file, for a mail, a stick or a drop-in",
        vdi_manifest_command_bundle},
    {"welcome", "DIR -o FILE.vdi [--title TEXT] [--url URL] [--server NAME=ADDRESS] …",
        "the same for machines that are new: with addresses, servers and settings",
        vdi_manifest_command_welcome},
    {"verify", "DIR|FILE|WEBROOT", "say what a client would accept", vdi_manifest_command_verify},
    {"health", "DIR|WEBROOT [--nagios]",
        "how long each role is still valid, and who signed; 75 below 30 % of a life",
        vdi_manifest_command_health},
    {NULL, NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
    vdi_secret_protect_process();
    return vdi_command_main("vdi-manifest", commands, argc, argv);
}
