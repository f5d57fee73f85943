/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/key.h"

/* The private keys at hand, and the names by which an author knows keys.
 *
 *   KEYS/NAME.pem     private keys: DIR/keys, or any other folder, such as one on a stick
 *   DIR/names.json    {"NAME": "KEYID", …}: every key that the site ever had. Public, and only to
 *                     show: nothing is believed for standing there. It is also how a sealed key is
 *                     known without being opened, so that nobody is asked for a passphrase in vain
 */

typedef struct {
    const char *keys;            /* NULL: DIR/keys */
    const VdiSecret *passphrase; /* that was given; NULL: `ask`; borrowed */
    /* A passphrase of a person, for the key called `name`: yours. NULL: nobody is there. */
    VdiSecret *(*ask)(const char *name, GError **error);
} VdiKeyringSource;

typedef struct VdiKeyring VdiKeyring;

/* A folder that is not there holds no keys. Fails with VDI_TRUST_ERROR_KEY, naming the file, when a
 * key is of no use. */
VdiKeyring *vdi_keyring_open(
    const char *folder, const VdiKeyringSource *source, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_keyring_free(VdiKeyring *keyring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiKeyring, vdi_keyring_free)

/* The key of that name; *ret_key is borrowed, and NULL when it is not here. Opens it when it is
 * sealed: VDI_TRUST_ERROR_PASSPHRASE. */
bool vdi_keyring_find(VdiKeyring *keyring, const char *keyid, const VdiPrivateKey **ret_key,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without opening anything: a sealed key that names.json does not name is not known. */
bool vdi_keyring_has(const VdiKeyring *keyring, const char *keyid);

bool vdi_keyring_is_empty(const VdiKeyring *keyring);

/* Where the private keys are. */
const char *vdi_keyring_folder(const VdiKeyring *keyring);

/* For people: "root-2 (3f2a91c0)", or the first digits of the key id alone. */
char *vdi_keyring_show(const VdiKeyring *keyring, const char *keyid);

/* What a person calls a key: its name, its file, or the beginning of its id (8 digits at least).
 * The key id; VDI_TRUST_ERROR_REFUSED when it is none or more than one of `keyids`. */
char *vdi_keyring_identify(const VdiKeyring *keyring, const char *said, const char *const *keyids,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new key, saved as STEM.pem, or as STEM-N.pem with the next free N (`is_numbered`, or when the
 * name was had before). Sealed by the passphrase that was given or that opened another key, where
 * `may_seal`. Its public half. */
VdiJson *vdi_keyring_make(VdiKeyring *keyring, const char *stem, bool is_numbered, bool may_seal,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody else's key, from a file that holds its public half; named after the file. */
VdiJson *vdi_keyring_admit(
    VdiKeyring *keyring, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
