/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "compat/trust/key.h"

/* Keys of strangers. A public key that is read keeps its name and its value when it is written and
 * read again, goes by no other name, and verifies nothing that nobody signed. A private key that is
 * read signs what its public half verifies. */

enum { READ_MAX = 1 << 16, WRITTEN_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_public(GBytes *document)
{
    g_autoptr(VdiJson) object = vdi_json_parse(document, READ_MAX, NULL);

    if (object == NULL) {
        return;
    }
    g_autofree char *keyid = vdi_key_id(object);
    g_autoptr(VdiKey) key = vdi_key_read(keyid, object, NULL);
    char *text = vdi_json_print_pretty(object);
    g_autoptr(GBytes) written = g_bytes_new_take(text, strlen(text));
    g_autoptr(VdiJson) again = vdi_json_parse(written, WRITTEN_MAX, NULL);
    g_autofree char *same_keyid = vdi_key_id(again);
    g_autoptr(VdiKey) same_key = vdi_key_read(same_keyid, again, NULL);

    g_assert(strcmp(keyid, same_keyid) == 0);
    g_assert((key == NULL) == (same_key == NULL));
    if (key != NULL) {
        g_autoptr(GBytes) signature =
            g_bytes_new_from_bytes(document, 0, MIN(g_bytes_get_size(document), (size_t) 64));

        g_assert(vdi_key_is_same(key, same_key));
        g_assert(!vdi_key_verify(key, document, signature));
        keyid[0] = keyid[0] == '0' ? '1' : '0';
        g_assert(vdi_key_read(keyid, object, NULL) == NULL);
    }
}

static VdiPrivateKey *load(const uint8_t *data, size_t size)
{
    g_auto(VdiFd) file = memfd_create("key", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);

    g_assert(fchmod(file, 0600) == 0 && write(file, data, size) == (ssize_t) size);
    return vdi_private_key_load(path, NULL, NULL);
}

static void check_private(const uint8_t *data, size_t size)
{
    g_autoptr(VdiPrivateKey) key = load(data, size);

    if (key == NULL) {
        return;
    }
    g_autoptr(GBytes) message = g_bytes_new(data, size);
    g_autoptr(GBytes) signature = vdi_private_key_sign(key, message);
    g_autoptr(VdiJson) object = vdi_private_key_public(key);
    g_autofree char *keyid = vdi_key_id(object);
    g_autoptr(VdiKey) half = vdi_key_read(keyid, object, NULL);

    g_assert(half != NULL && vdi_key_verify(half, message, signature));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);

    if (size > 0 && data[0] == '{') {
        check_public(document);
    } else {
        check_private(data, size);
    }
    return 0;
}
