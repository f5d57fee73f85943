/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/rules/arena.h"

/* The compiled form's alphabet: texts, each stored once, and numbers that point at them. It is a
 * head (magic, format number, size of the texts, where to begin), the texts, each ended by a zero
 * byte, and the numbers in LEB128. What knows where all the others stand is written last: there
 * reading begins. Bounds are checked at every step; that no byte has changed since it was written
 * is the concern of the file that holds it (compat/prepared.h). A serialised GVariant was tried:
 * its normal-form check walks every byte of a byte string and took longer than all the rest.
 *
 * The JSON reader writes it, and one loader reads it: a manifest that was just parsed and one that
 * was compiled last week are made by the same code. */

typedef struct VdiCompiledWriter VdiCompiledWriter;

VdiCompiledWriter *vdi_compiled_writer_new(void);
void vdi_compiled_writer_free(VdiCompiledWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiCompiledWriter, vdi_compiled_writer_free)

void vdi_compiled_write_number(VdiCompiledWriter *writer, uint64_t number);
void vdi_compiled_write_text(VdiCompiledWriter *writer, const char *text); /* NULL is kept */
/* It was written at least once. */
bool vdi_compiled_writer_has(const VdiCompiledWriter *writer, const char *text);
/* Where the numbers end now, and back to there: what was written since is taken back (the texts
 * stay, unused). */
size_t vdi_compiled_writer_mark(const VdiCompiledWriter *writer);
void vdi_compiled_writer_rewind(VdiCompiledWriter *writer, size_t mark);
/* `begin`: the mark at which reading begins; to the end of the numbers it is read whole. */
GBytes *vdi_compiled_writer_finish(VdiCompiledWriter *writer, size_t begin);

/* Reads one, which must outlive it; a plain value that may be copied. Any doubt makes it broken for
 * good, and then it gives zeros and empty texts. */
typedef struct {
    const char *texts;
    size_t texts_size;
    const uint8_t *numbers, *at, *end;
    bool is_broken;
    VdiArena *arena; /* for what is made of it; the caller's */
} VdiCompiledReader;

/* Fails with VDI_MANIFEST_ERROR_COMPILED: no such form, or of another version. */
bool vdi_compiled_reader_init(
    VdiCompiledReader *reader, GBytes *compiled, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* To a place that a writer's mark was. */
void vdi_compiled_reader_go(VdiCompiledReader *reader, uint64_t mark);

/* At most `max`. */
uint64_t vdi_compiled_read_number(VdiCompiledReader *reader, uint64_t max);
/* Borrowed from the compiled bytes; may be NULL where `may_be_null`. */
const char *vdi_compiled_read_text(VdiCompiledReader *reader, bool may_be_null);
