/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/apply.h"
#include "compat/host/host.h"
#include "compat/trust/bundle.h"
#include "compat/trust/client.h"
#include "compat/trust/welcome.h"

/* How an organisation comes to guard a machine, and how it goes.
 *
 * All that an enrolment is stands in one folder, CONFIG/orgs/NAME, which is made elsewhere and put
 * in place by one rename: a death in between leaves a machine that is enrolled or one that is not.
 *
 *   root.json   the root of trust           org.conf   addresses, and what it may do
 *   ca.pem      the authority of these      vdi.conf   settings of the client (base/settings)
 *   servers     a key file (ui/servers): a group a server, with `name` and `address` */

typedef struct {
    VdiBundle *bundle;
    VdiWelcome *welcome;
    GBytes *root; /* root 1, the bundle's */
    size_t n_rules;
    int64_t expires_at; /* of the list in the file */
} VdiEnrolment;

void vdi_enrolment_clear(VdiEnrolment *enrolment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiEnrolment, vdi_enrolment_clear)

/* A welcome file, verified to its end by a client that believes its root 1, whatever its age: what
 * a person is then asked about is what the owners of that root have signed. Fails with
 * VDI_BUNDLE_ERROR and VDI_TRUST_ERROR. */
bool vdi_enrolment_open(
    GBytes *document, VdiEnrolment *ret_enrolment, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    VDI_ENROLMENT_NEW,
    VDI_ENROLMENT_SAME,  /* it is here, with all that the file says of it */
    VDI_ENROLMENT_OTHER, /* it is here; its addresses, servers or settings are others than the
                            file's. They stay: an administrator may have written them */
} VdiEnrolmentState;

/* Another root under the same name fails with VDI_BUNDLE_ERROR_OTHER_ROOT and both fingerprints. */
bool vdi_enrolment_look(const VdiPaths *paths, const VdiEnrolment *enrolment, bool may_block,
    VdiEnrolmentState *ret_state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `may_block` false: it may only advise. Recorded. */
bool vdi_enrolment_write(const VdiPaths *paths, const VdiEnrolment *enrolment, bool may_block,
    int64_t now, VdiApplyReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes away all that CONFIG, STATE and the package manager have of an organisation, and nothing
 * else: first what enrols it, then its holds, then what was believed of it. Off line, asking the
 * package manager nothing but to lift pins, whatever state the store is in. What could not be done
 * is tried again by the next call, and by the next apply. VDI_GUARD_ERROR_ORGANISATION when there
 * is nothing of that name. */
bool vdi_enrolment_leave(const VdiPaths *paths, const VdiHostOptions *options, const char *name,
    int64_t now, VdiApplyReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
