/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/command.h"
#include "compat/rules/lint.h"

/* The sub-commands of vdi-manifest; their rows are in vdi-manifest.c. */

/* edit.c: the draft */
bool vdi_manifest_command_add(VdiCall *call, GError **error);
bool vdi_manifest_command_remove(VdiCall *call, GError **error);

/* draft_command.c: a rule from what is known, without JSON */
bool vdi_manifest_command_draft(VdiCall *call, GError **error);

/* lint.c: what is wrong with it. Ends with 65 when something may not be signed. */
bool vdi_manifest_command_lint(VdiCall *call, GError **error);

/* simulate.c: what it would do to a fleet. Ends with 65 when a machine cannot be read. */
bool vdi_manifest_command_simulate(VdiCall *call, GError **error);

/* show.c: what the draft says. diff ends with 0 when it is what is published, with 1 when not. */
bool vdi_manifest_command_show(VdiCall *call, GError **error);
bool vdi_manifest_command_diff(VdiCall *call, GError **error);

/* withdraw.c, announce.c: a published rule is taken back; people are told */
bool vdi_manifest_command_withdraw(VdiCall *call, GError **error);
bool vdi_manifest_command_announce(VdiCall *call, GError **error);

/* keys.c: whose keys may sign */
bool vdi_manifest_command_init(VdiCall *call, GError **error);
bool vdi_manifest_command_rotate(VdiCall *call, GError **error);
bool vdi_manifest_command_revoke(VdiCall *call, GError **error);

/* sign.c: signatures */
bool vdi_manifest_command_sign(VdiCall *call, GError **error);
bool vdi_manifest_command_renew(VdiCall *call, GError **error);

/* publish.c: the way to clients */
bool vdi_manifest_command_publish(VdiCall *call, GError **error);
bool vdi_manifest_command_verify(VdiCall *call, GError **error);

/* bundle.c, welcome.c: all of it in one file */
bool vdi_manifest_command_bundle(VdiCall *call, GError **error);
bool vdi_manifest_command_welcome(VdiCall *call, GError **error);

/* health.c: ends with 75 when something ends soon or is bad; --nagios with 0 to 3 */
bool vdi_manifest_command_health(VdiCall *call, GError **error);

/* "PLACE: warning: SENTENCE (RULE)": one form in every command. Yours. */
char *vdi_manifest_finding_text(const VdiManifest *manifest, const VdiLintFinding *finding);
/* What lint warns of in the draft, on stderr; of its last rule alone if so asked. */
void vdi_manifest_command_warn(const char *folder, int64_t now, bool last_alone);
