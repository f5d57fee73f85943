/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/command.h"
#include "compat/trust/author.h"

/* The keys of whoever runs a command: where they are, and what opens them. */

typedef struct {
    char *folder;        /* --keys */
    char *passphrase_fd; /* --passphrase-fd */
} VdiKeyOptions;

void vdi_key_options_clear(VdiKeyOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiKeyOptions, vdi_key_options_clear)

/* Rows for vdi_call_read, writing into `options`; yours. */
GOptionEntry *vdi_key_options_entries(VdiKeyOptions *options);

/* The keys for `site`. Without a descriptor a person at a terminal is asked, and only when a sealed
 * key is needed. */
VdiKeyring *vdi_key_options_open(
    const VdiKeyOptions *options, const char *site, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was signed, what is missing, and until when the roles are valid: on stdout. */
void vdi_keys_print_report(const VdiAuthorReport *report, int64_t now);
