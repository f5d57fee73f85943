/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <libxml/tree.h>

#include "tests/lab/scenario.h"
#include "tests/lab/session.h"

/* The screens of sign-in that the broker can ask. One row is one screen (screen.c). */

typedef struct LabScreen LabScreen;

/* NULL when there is none of that name. */
const LabScreen *lab_screen_find(const char *name);

/* <authentication><screen>…: the question, with `refusal` when the last answer was wrong (NULL: it
 * was not asked yet). */
void lab_screen_write(GString *out, const LabScreen *screen, const LabScenario *scenario,
    const LabSession *session, const char *refusal);

/* Is `answer`, a <screen>, one to this question? */
bool lab_screen_is_meant(const LabScreen *screen, const xmlNode *answer);
/* Is it right? May set session->user. */
bool lab_screen_accepts(const LabScreen *screen, const LabScenario *scenario, LabSession *session,
    const xmlNode *answer);
const char *lab_screen_refusal(const LabScreen *screen);

/* The answer for the log: names as they came, values only of what is no secret. Cleaned. */
char *lab_screen_describe(const xmlNode *answer);
