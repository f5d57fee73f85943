/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/keyring.h"
#include "compat/trust/metadata.h"

/* Putting signatures under one file, by several people one after the other: whose keys are here,
 * who has signed, who is missing. What is signed never changes by it. */

/* Adds those of the signers' keys that are here to `keys`, each once; the keyring's. Sealed ones
 * are opened. */
bool vdi_ceremony_collect(VdiKeyring *keyring, const VdiSigners *signers, GPtrArray *keys,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes those out of `keys` whose signature the file has. */
void vdi_ceremony_keep_new(GPtrArray *keys, const VdiMetadata *metadata);

/* `file` with a signature of each of `keys` more, read again. */
VdiMetadata *vdi_ceremony_sign(
    VdiRole role, GBytes *file, GPtrArray *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One sentence each, added to a list of char *: "root 2: signed by root-1 (0f3a91c2)"; and, below
 * the threshold of `signers`, "root 2 has 1 of 2 signatures; …". `whose`: "" or " by the keys of
 * root 1".
 */
void vdi_ceremony_say_signed(const VdiKeyring *keyring, const VdiMetadata *metadata,
    const GPtrArray *keys, GPtrArray *signed_now);
void vdi_ceremony_say_missing(const VdiKeyring *keyring, const VdiMetadata *metadata,
    const VdiSigners *signers, const char *whose, GPtrArray *missing);

/* What root `next` changes over `root`, a sentence each (of char *, yours): what is to be seen
 * before it is signed. "timestamp: no longer online (0f3a91c2)", "timestamp: new online-2
 * (77e0b1d4)", "root: 3 of its keys must sign, not 2". */
GPtrArray *vdi_ceremony_changes(
    const VdiKeyring *keyring, const VdiMetadata *root, const VdiMetadata *next);
