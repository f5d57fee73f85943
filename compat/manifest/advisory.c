/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/advisory.h"

#include <stdbool.h>
#include <string.h>

#include "base/command.h"
#include "base/text.h"

/* In a pattern N stands for digits and X for letters and digits; {id} is the whole advisory,
 * {number} what follows its letters. */
typedef struct {
    const char *pattern, *address, *type; /* of its packages; NULL: any */
} Row;

static const Row rows[] = {
    {"USN-N-N", "https://ubuntu.com/security/notices/{id}", "deb"},
    {"DSA-N", "https://security-tracker.debian.org/tracker/{id}", "deb"},
    {"DSA-N-N", "https://security-tracker.debian.org/tracker/{id}", "deb"},
    {"DLA-N", "https://security-tracker.debian.org/tracker/{id}", "deb"},
    {"DLA-N-N", "https://security-tracker.debian.org/tracker/{id}", "deb"},
    {"RHSA-N:N", "https://access.redhat.com/errata/{id}", "rpm"},
    {"RHBA-N:N", "https://access.redhat.com/errata/{id}", "rpm"},
    {"RHEA-N:N", "https://access.redhat.com/errata/{id}", "rpm"},
    {"FEDORA-N-X", "https://bodhi.fedoraproject.org/updates/{id}", "rpm"},
    {"ASA-N-N", "https://security.archlinux.org/{id}", "alpm"},
    {"CVE-N-N", "https://www.cve.org/CVERecord?id={id}", NULL},
    {"GHSA-X-X-X", "https://github.com/advisories/{id}", NULL},
    {"KBN", "https://support.microsoft.com/help/{number}", NULL},
};

static bool belongs(char wanted, char c)
{
    return wanted == 'N' ? g_ascii_isdigit(c) : g_ascii_isalnum(c);
}

/* Upper-case letters of a pattern that are followed by another stand for themselves. */
static bool matches(const char *pattern, const char *text)
{
    size_t letters = strcspn(pattern, "-");

    if (letters == strlen(pattern)) { /* "KBN" */
        letters--;
    }
    if (strncmp(pattern, text, letters) != 0) {
        return false;
    }
    text += letters;
    for (const char *at = pattern + letters; *at != '\0'; at++) {
        if (*at != 'N' && *at != 'X') {
            if (*text++ != *at) {
                return false;
            }
            continue;
        }
        if (!belongs(*at, *text)) {
            return false;
        }
        while (belongs(*at, *text)) {
            text++;
        }
    }
    return *text == '\0';
}

/* NULL: nobody here knows whose it is. */
static const Row *find_row(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (matches(rows[i].pattern, id)) {
            return &rows[i];
        }
    }
    return NULL;
}

static char *known_patterns(void)
{
    g_autoptr(GString) words = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", rows[i].pattern);
    }
    return g_string_free(g_steal_pointer(&words), false);
}

static bool is_address(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);

    return uri != NULL && g_str_equal(g_uri_get_scheme(uri), "https") && g_uri_get_host(uri) != NULL
        && *g_uri_get_host(uri) != '\0';
}

char *vdi_advisory_address(const char *id, GError **error)
{
    const Row *row = find_row(id);

    if (is_address(id)) {
        return g_strdup(id);
    }
    if (row != NULL) {
        GString *address = g_string_new(row->address);

        g_string_replace(address, "{id}", id, 0);
        g_string_replace(address, "{number}", id + strcspn(id, "0123456789"), 0);
        return g_string_free(address, false);
    }
    g_autofree char *shown = vdi_text_quote(id);
    g_autofree char *known = known_patterns();
    g_autofree char *detail = g_strdup_printf(
        "--advisory %s: it is none of %s (N: digits, X: letters and digits); give the address of "
        "its page, https://…",
        shown, known);

    (void) vdi_call_fail_value(detail, error);
    return NULL;
}

const char *vdi_advisory_type(const char *id)
{
    const Row *row = find_row(id);

    return row != NULL ? row->type : NULL;
}
