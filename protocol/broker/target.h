/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What a desktop's address and account may look like, whoever named them: a broker, a person. */

#define VDI_TARGET_TEXT_MAX 255 /* bytes of a host, user or domain; what vdi-session takes */

/* A host name or an address, ready for a resolver: blanks around it and the brackets of IPv6 gone,
 * "localhost" as 127.0.0.1 (it may resolve to IPv6, where a tunnel does not listen). NULL when it
 * is none: empty, "-x", "a b", "../". Yours. */
char *vdi_target_host(const char *text);

/* That of a server's address, whose port, if it names one, must be from 1 to 65535. Fails with
 * VDI_CLIENT_ERROR_SERVER. Yours. */
char *vdi_target_address_host(const GUri *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* UTF-8 without control characters. */
bool vdi_target_text_is_sound(const char *text);
