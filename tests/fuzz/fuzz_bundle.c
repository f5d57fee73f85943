/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/trust/bundle.h"

/* A bundle says the same after it was written and read, and after a mail has changed its line ends;
 * one that is read is written as it was, but for such changes. The input is read as a bundle, and
 * also taken for the members of one, for hardly any change of a bundle leaves its checksum right.
 */

enum { MEMBER_MAX = 64, CONTENT_MAX = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GBytes *write_bundle(const VdiBundle *bundle)
{
    GBytes *written = vdi_bundle_write(bundle, NULL);

    g_assert(written != NULL && vdi_bundle_is_one(written));
    return written;
}

/* Each line with a blank and a carriage return at its end, and an empty one after it. */
static GBytes *mail(GBytes *written)
{
    GString *out = g_string_new(NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(written, NULL), g_bytes_get_size(written));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        g_string_append_printf(out, "%s \r\n\r\n", lines[i]);
    }
    return g_string_free_to_bytes(out);
}

static void check_same(const VdiBundle *bundle, GBytes *document)
{
    g_autoptr(VdiBundle) again = vdi_bundle_parse(document, NULL);
    g_autoptr(GBytes) one = write_bundle(bundle);

    g_assert(again != NULL && vdi_bundle_kind(bundle) == vdi_bundle_kind(again));
    g_assert(strcmp(vdi_bundle_organisation(bundle), vdi_bundle_organisation(again)) == 0);
    g_autoptr(GBytes) two = write_bundle(again);

    g_assert(g_bytes_equal(one, two));
}

static void check_bundle(const VdiBundle *bundle)
{
    g_autoptr(GBytes) written = write_bundle(bundle);
    g_autoptr(GBytes) mailed = mail(written);

    check_same(bundle, written);
    if (g_bytes_get_size(mailed) <= VDI_BUNDLE_MAX_BYTES) {
        check_same(bundle, mailed);
    }
}

/* Up to `max` bytes, the first one being how many. */
static GBytes *take(const uint8_t **data, const uint8_t *end, size_t max)
{
    size_t size = *data < end ? (size_t) * (*data)++ * 4 : 0;
    const uint8_t *from = *data;

    size = MIN(MIN(size, max), (size_t) (end - from));
    *data += size;
    return g_bytes_new(from, size);
}

static char *take_text(const uint8_t **data, const uint8_t *end, size_t max)
{
    g_autoptr(GBytes) bytes = take(data, end, max);
    size_t size = 0;
    const char *text = g_bytes_get_data(bytes, &size);

    return g_strndup(text != NULL ? text : "", size);
}

static VdiBundle *build(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    VdiBundle *bundle = vdi_bundle_new(size % 2 == 0 ? VDI_BUNDLE_UPDATE : VDI_BUNDLE_WELCOME);

    vdi_bundle_set_organisation(bundle, "example-corp");
    if (vdi_bundle_kind(bundle) == VDI_BUNDLE_WELCOME) {
        g_autoptr(GBytes) welcome = take(&data, end, CONTENT_MAX);

        vdi_bundle_set_welcome(bundle, welcome);
    }
    while (data < end) {
        VdiTrustKind kind = *data % 2 == 0 ? VDI_TRUST_METADATA : VDI_TRUST_TARGET;
        g_autofree char *name = take_text(&data, end, MEMBER_MAX);
        g_autoptr(GBytes) content = take(&data, end, CONTENT_MAX);

        if (vdi_bundle_add(bundle, kind, name, content, NULL)) {
            GBytes *kept = vdi_bundle_file(bundle, kind, name);

            g_assert(kept != NULL && g_bytes_get_size(kept) <= CONTENT_MAX);
        }
    }
    return bundle;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiBundle) read = vdi_bundle_parse(document, NULL);
    g_autoptr(VdiBundle) built = build(data, size);

    if (read != NULL) {
        check_bundle(read);
    }
    check_bundle(built);
    return 0;
}
