/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the letter about the first rule of a manifest, as people will read it.
 *
 *   print_letter MANIFEST FILE [OVER]    FILE: what is attached ("": nothing); OVER: the time since
 *                                        when the rule is over */
#include <stdio.h>

#include "base/file.h"
#include "base/text.h"
#include "compat/manifest/letter.h"
#include "compat/rules/manifest_reader.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int64_t over_at = 0;

    if (argc < 3 || (argc > 3 && !vdi_text_read_time(argv[3], &over_at))) {
        return 64;
    }
    g_autoptr(GBytes) bytes = vdi_file_read(argv[1], VDI_MANIFEST_MAX_BYTES, &error);
    g_autoptr(VdiManifest) manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error) : NULL;

    if (manifest == NULL) {
        fprintf(stderr, "%s\n", error->message);
        return 65;
    }
    const VdiLetter letter = {
        .rule = vdi_manifest_rule(manifest, 0),
        .organisation = vdi_manifest_id(manifest),
        .over_at = over_at,
        .contact = "help desk, extension 1234",
        .site = "https://it.example.com/updates",
        .file = *argv[2] != '\0' ? argv[2] : NULL,
    };
    g_autofree char *subject = vdi_letter_subject(&letter);
    g_autofree char *text = vdi_letter_text(&letter);

    printf("%s\n\n%s", subject, text);
    return 0;
}
