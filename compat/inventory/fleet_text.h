/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* How a text is written in a fleet (compat/inventory/fleet.h): printable ASCII for itself, the
 * rest, `%` and `=`, a leading `@` and a lone `-` as %XX. `-` is NULL. Each text can be written in
 * one way only, so encoded texts are equal when the texts are. */

/* A stretch of a fleet, encoded as it stands there. Borrowed. */
typedef struct {
    const char *at; /* NULL: not said */
    size_t size;
} VdiFleetText;

/* NULL is `-`, and back. Yours. */
char *vdi_fleet_encode(const char *text);
/* What vdi_fleet_is_as_written would refuse is decoded in some way. */
char *vdi_fleet_decode(VdiFleetText text);
/* Only what must be encoded is, in capitals: so equal texts are written equally. */
bool vdi_fleet_is_as_written(VdiFleetText text);

#define VDI_FLEET_HASH_BEGIN 2166136261u

/* One more byte of FNV-1a. */
static inline uint32_t vdi_fleet_hash_byte(uint32_t hash, char byte)
{
    return (hash ^ (uint8_t) byte) * 16777619u;
}

/* Of all of them. */
uint32_t vdi_fleet_hash(const char *text, size_t size);

static inline bool vdi_fleet_text_is(VdiFleetText text, const char *word)
{
    return text.at != NULL && strlen(word) == text.size && memcmp(text.at, word, text.size) == 0;
}

/* May stand for itself anywhere in a word. */
static inline bool vdi_fleet_is_plain(char c)
{
    return c > ' ' && c < 0x7f && c != '%' && c != '=';
}
