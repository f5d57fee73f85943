/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/compiled.h"

#include <string.h>

#include "base/error.h"

enum { FORMAT_NUMBER = 4 };

typedef struct {
    char magic[8];
    uint8_t format[8];     /* the number, then zeros */
    uint8_t texts_size[8]; /* little-endian */
    uint8_t begin[8];      /* a mark; little-endian */
} Head;
G_STATIC_ASSERT(sizeof(Head) == 32);

static const char magic[8] = {'v', 'i', 'g', 'i', 'e', 'r', 'u', 'l'};

struct VdiCompiledWriter {
    GStringChunk *memory;
    GPtrArray *texts;  /* of const char *, in the memory */
    GHashTable *known; /* text → its place + 1 */
    size_t texts_size;
    GByteArray *numbers;
};

VdiCompiledWriter *vdi_compiled_writer_new(void)
{
    VdiCompiledWriter *writer = g_new0(VdiCompiledWriter, 1);

    writer->memory = g_string_chunk_new(64 * 1024);
    writer->texts = g_ptr_array_new();
    writer->known = g_hash_table_new(g_str_hash, g_str_equal);
    writer->numbers = g_byte_array_new();
    return writer;
}

void vdi_compiled_writer_free(VdiCompiledWriter *writer)
{
    if (writer != NULL) {
        g_hash_table_unref(writer->known);
        g_ptr_array_unref(writer->texts);
        g_string_chunk_free(writer->memory);
        g_byte_array_unref(writer->numbers);
        g_free(writer);
    }
}

void vdi_compiled_write_number(VdiCompiledWriter *writer, uint64_t number)
{
    do {
        uint8_t byte = (uint8_t) ((number & 0x7f) | (number > 0x7f ? 0x80 : 0));

        g_byte_array_append(writer->numbers, &byte, 1);
        number >>= 7;
    } while (number != 0);
}

/* Its place + 1. */
static size_t add_text(VdiCompiledWriter *writer, const char *text)
{
    char *kept = g_string_chunk_insert(writer->memory, text);
    size_t place = writer->texts_size + 1;

    g_ptr_array_add(writer->texts, kept);
    g_hash_table_insert(writer->known, kept, GSIZE_TO_POINTER(place));
    writer->texts_size += strlen(text) + 1;
    return place;
}

/* A text is written as its place + 1; 0 is NULL. */
void vdi_compiled_write_text(VdiCompiledWriter *writer, const char *text)
{
    size_t place = 0;

    if (text != NULL) {
        place = GPOINTER_TO_SIZE(g_hash_table_lookup(writer->known, text));
        place = place != 0 ? place : add_text(writer, text);
    }
    vdi_compiled_write_number(writer, place);
}

size_t vdi_compiled_writer_mark(const VdiCompiledWriter *writer)
{
    return writer->numbers->len;
}

void vdi_compiled_writer_rewind(VdiCompiledWriter *writer, size_t mark)
{
    g_byte_array_set_size(writer->numbers, (guint) mark);
}

bool vdi_compiled_writer_has(const VdiCompiledWriter *writer, const char *text)
{
    return g_hash_table_contains(writer->known, text);
}

static void store(uint8_t *bytes, uint64_t number)
{
    for (size_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t) (number >> 8 * i);
    }
}

GBytes *vdi_compiled_writer_finish(VdiCompiledWriter *writer, size_t begin)
{
    g_autoptr(GByteArray) out =
        g_byte_array_sized_new((guint) (sizeof(Head) + writer->texts_size + writer->numbers->len));
    Head head = {.format = {FORMAT_NUMBER}};

    memcpy(head.magic, magic, sizeof magic);
    store(head.texts_size, writer->texts_size);
    store(head.begin, begin);
    g_byte_array_append(out, (const uint8_t *) &head, sizeof head);
    for (guint i = 0; i < writer->texts->len; i++) {
        const char *text = writer->texts->pdata[i];

        g_byte_array_append(out, (const uint8_t *) text, (guint) strlen(text) + 1);
    }
    g_byte_array_append(out, writer->numbers->data, writer->numbers->len);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

/* ---- reading ---- */

static bool fail(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED, what);
    return false;
}

static bool check_head(const uint8_t *data, size_t size, GError **error)
{
    const Head wanted = {.format = {FORMAT_NUMBER}};
    Head head;

    if (size <= sizeof head) {
        return fail("it is too short", error);
    }
    memcpy(&head, data, sizeof head);
    if (memcmp(head.magic, magic, sizeof magic) != 0) {
        return fail("it is not a file of compiled rules", error);
    }
    return memcmp(head.format, wanted.format, sizeof head.format) == 0
        || fail("it has the format of another version", error);
}

static uint64_t fetch(const uint8_t *bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < 8; i++) {
        number |= (uint64_t) bytes[i] << 8 * i;
    }
    return number;
}

bool vdi_compiled_reader_init(VdiCompiledReader *reader, GBytes *compiled, GError **error)
{
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(compiled, &size);
    Head head;

    if (!check_head(data, size, error)) {
        return false;
    }
    memcpy(&head, data, sizeof head);
    uint64_t texts_size = fetch(head.texts_size);
    const uint8_t *texts = data + sizeof head;

    if (texts_size > size - sizeof head || (texts_size > 0 && texts[texts_size - 1] != '\0')) {
        return fail("its texts are cut", error);
    }
    *reader = (VdiCompiledReader){.texts = (const char *) texts,
        .texts_size = texts_size,
        .numbers = texts + texts_size,
        .at = texts + texts_size,
        .end = data + size};
    vdi_compiled_reader_go(reader, fetch(head.begin));
    return true;
}

void vdi_compiled_reader_go(VdiCompiledReader *reader, uint64_t mark)
{
    reader->is_broken = reader->is_broken || mark > (size_t) (reader->end - reader->numbers);
    reader->at = reader->is_broken ? reader->end : reader->numbers + mark;
}

uint64_t vdi_compiled_read_number(VdiCompiledReader *reader, uint64_t max)
{
    uint64_t number = 0;

    for (int shift = 0; shift < 63 && reader->at < reader->end; shift += 7) {
        uint8_t byte = *reader->at++;

        number |= (uint64_t) (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            if (number > max) {
                break;
            }
            return reader->is_broken ? 0 : number;
        }
    }
    reader->is_broken = true;
    return 0;
}

const char *vdi_compiled_read_text(VdiCompiledReader *reader, bool may_be_null)
{
    uint64_t place = vdi_compiled_read_number(reader, reader->texts_size);

    if (place == 0) {
        reader->is_broken = reader->is_broken || !may_be_null;
        return may_be_null ? NULL : "";
    }
    return reader->texts + place - 1;
}
