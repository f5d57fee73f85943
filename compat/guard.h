/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/host/host.h"
#include "compat/rules/evaluate.h"
#include "compat/store.h"

/* The guard as a client sees it: the trusted stores of all organisations, their rules in force, and
 * the verdict on this machine. Reading never fails: what cannot be used is a state with a sentence,
 * and the verdict allows. Reading needs no rights and no network. */

typedef struct VdiGuard VdiGuard;

/* `now`: UTC seconds. Opening reads the stores; facts are looked for when they are asked for. */
VdiGuard *vdi_guard_open(const VdiPaths *paths, int64_t now);
void vdi_guard_free(VdiGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiGuard, vdi_guard_free)

size_t vdi_guard_n_organisations(const VdiGuard *guard);
const VdiOrganisation *vdi_guard_organisation(const VdiGuard *guard, size_t i);

/* What this machine is: os, packages, kernel, our own version, the engine. Peer facts are added by
 * whoever talks to the peer. */
VdiFacts *vdi_guard_facts(const VdiGuard *guard);
/* The same of a system that is named otherwise (compat/host/host.h). */
VdiFacts *vdi_guard_look(const VdiGuard *guard, const VdiHostOptions *options);

/* Broken now? Borrows the guard's rules: free the verdict first. */
VdiVerdict *vdi_guard_check(const VdiGuard *guard, const VdiFacts *facts);

/* How many rules are in force. */
size_t vdi_guard_n_rules(const VdiGuard *guard);

/* Those that are not false of `facts` (of VdiRuleInForce, yours; a rule is the same one each time):
 * no other can be in a verdict on them. Rules that say nothing here are never made, which is most
 * of what a check would take. What a part of a change could make true is a question to all rules.
 */
GArray *vdi_guard_concerned(const VdiGuard *guard, const VdiFacts *facts);

/* The rules in force, of all organisations in the order of their names: what local limits, the age
 * of a list, releases and modes have made of them. They are made when they are first asked for. */
const VdiRuleInForce *vdi_guard_rules(const VdiGuard *guard, size_t *ret_n_rules);
/* Of the rule at `i` of these: until when it may be enforced at all (its own end, or its list's).
 */
int64_t vdi_guard_rule_until(const VdiGuard *guard, size_t i);
/* Its organisation's store. */
const VdiStore *vdi_guard_rule_store(const VdiGuard *guard, size_t i);

/* What else a person should know: settings that cannot be used, packages that cannot be read.
 * NULL-terminated, borrowed. */
const char *const *vdi_guard_problems(const VdiGuard *guard);

const VdiLimits *vdi_guard_limits(const VdiGuard *guard);

/* Settings of guard.conf that a client obeys. */
bool vdi_guard_is_strict(const VdiGuard *guard);       /* missing or expired refuses */
bool vdi_guard_allows_override(const VdiGuard *guard); /* a person may go on against a block */

/* Records that a person went on against a rule: audit.jsonl, or the journal where this user may not
 * write there. */
bool vdi_guard_record_override(const VdiGuard *guard, const char *organisation, const char *rule,
    const char *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
