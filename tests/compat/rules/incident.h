/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "compat/rules/change.h"
#include "compat/rules/facts.h"
#include "compat/rules/manifest.h"

/* Machines of an incident, before and after an update, as tests/compat/rules/incidents/ID.md writes
 * them down: a line "Every machine: …" for what all have, then a table with one row a case.
 *
 *   | case | machine | change | before | after | held | ends |
 *
 * What a machine has is a list of words, `;` between them; a later word stands in for an earlier
 * one of the same name. `-` is known to be absent, `?` is not known.
 *
 *   os ID VERSION      like ID          build VERSION      engine VERSION    library SONAME
 *   client ID VERSION  update ID        setting KEY VALUE  peer KEY VALUE
 *   packages TYPE DISTRIBUTOR           package NAME VERSION
 *
 * Packages, updates and clients that are not named are known to be absent. A change is a list as
 * well: `package NAME OLD > NEW`, `client ID OLD > NEW`, `build OLD > NEW`, `update ID`, `update ID
 * gone`. The last four columns are what has to come out. */

typedef struct {
    char *name;
    VdiFacts *facts;
    VdiChange *change;
    char *before, *after; /* "none", an effect's name, "unknown: FACT, FACT" */
    char *held;           /* names, in the order of the change; "" */
    char *ends;           /* what would end the hold: "with NAME VERSION or later; when …"; "" */
} IncidentCase;

typedef struct {
    GPtrArray *cases;  /* of IncidentCase */
    GPtrArray *warned; /* of char *: a part of each warning of lint that the example may have */
} Incident;

/* NULL, and the test fails, when there is no such file or a row is not understood. */
Incident *incident_read(const char *id);
void incident_free(Incident *incident);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Incident, incident_free)

#define INCIDENT_EXAMPLES "docs/examples"
#define INCIDENT_MACHINES "tests/compat/rules/incidents"

/* The names of all examples, without ".json", sorted (of char *). */
GPtrArray *incident_ids(void);
/* FOLDER/ID.json of the source tree. */
char *incident_path(const char *folder, const char *id);
/* Read as the author's tool reads, then through the compiled form, as a machine has it. NULL, and
 * the test fails, when it cannot be read. */
VdiManifest *incident_manifest(const char *folder, const char *id);
