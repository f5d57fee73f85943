/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A letter as a file that any mail program opens: RFC 5322 with MIME, text in UTF-8, at most one
 * file attached. It leaves when a person sends it, so what the sender's program adds (From, when it
 * is not given, and Message-ID) is left out, and X-Unsent asks to open it as a draft.
 *
 * Nothing that is handed in can become a header or a part: headers are encoded words or checked
 * alphabets, the text is quoted-printable, the file base64, and neither of them can hold the
 * boundary. */

typedef struct {
    const char *from;      /* an address; NULL: the sender's program knows */
    const char *const *to; /* addresses, ended by NULL; NULL: the sender writes them */
    const char *subject;   /* UTF-8 */
    int64_t written_at;    /* UTC seconds */
    const char *text;      /* UTF-8; lines end in \n */
    GBytes *file;          /* NULL: nothing is attached */
    const char *file_name; /* letters, digits, '.', '-', '_' */
    const char *file_type; /* "application/vnd.vigie.bundle" */
} VdiMail;

/* "local@domain.example", ASCII, nothing else around it. */
bool vdi_mail_is_address(const char *text);

/* The whole letter; lines end in CRLF. Addresses and file name must be as they are due. */
char *vdi_mail_write(const VdiMail *mail);
