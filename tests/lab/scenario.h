/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What the lab plays: users, passwords, desktops and the broker's manners, in one key file
 * (tests/lab/scenario.ini explains every key). A key that no row knows is an error. */

typedef struct {
    char *name;
    char *password;
    char *passcode; /* of the token screens; NULL: none is right */
    GStrv desktops; /* entitlements: groups of desktops; NULL: all */
} LabUser;

typedef struct {
    char *key; /* "office" of [desktop office]; lab_scenario_place speaks of it */
    char *id, *name;
    GStrv protocols;
    char *security; /* "tls", "nla": the lab runs it; NULL: no machine is behind it */
    char *user, *domain, *password; /* what the broker hands out; NULL: nothing */
    bool in_maintenance, is_expired, is_unavailable;
    char *host; /* NULL until lab_scenario_place */
    unsigned port;
} LabDesktop;

typedef struct {
    unsigned version; /* highest spoken, times 10: 45 is 4.5 */
    GStrv screens;    /* the chain of sign-in */
    GStrv domains;
    char *disclaimer;
    unsigned idle_seconds; /* a session that is silent so long is forgotten */
    unsigned attempts;     /* wrong answers to one screen that end the conversation */
    GStrv faults;
    GPtrArray *users;    /* of LabUser */
    GPtrArray *desktops; /* of LabDesktop, in the order of the file */
} LabScenario;

LabScenario *lab_scenario_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lab_scenario_free(LabScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabScenario, lab_scenario_free)

/* `place`: "office=127.0.0.1:33890", where that desktop listens today. */
bool lab_scenario_place(
    LabScenario *scenario, const char *place, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL when there is none; borrowed. User names in any letter case. */
const LabUser *lab_scenario_user(const LabScenario *scenario, const char *name);
const LabDesktop *lab_scenario_desktop(const LabScenario *scenario, const char *id);
bool lab_user_is_entitled(const LabUser *user, const LabDesktop *desktop);

/* "4.5" → 45; -1 for what is no version. */
int lab_version_read(const char *text);
