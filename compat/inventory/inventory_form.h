/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/inventory/inventory.h"

/* What the forms of an inventory share; for compat/inventory/inventory*.c alone. */

/* A document in its parts: what is left without its lists, and these. */
typedef struct {
    VdiJson *head;
    GHashTable *lists; /* name → GPtrArray of GBytes */
} VdiInventoryDocument;

typedef struct {
    const char *name;
    bool (*is_this)(const VdiInventoryDocument *document);
    bool (*read)(const VdiInventoryDocument *document, VdiInventory *inventory, GError **error);
    char *(*print)(const VdiInventory *inventory);
    size_t (*n_left_out)(const VdiInventory *inventory); /* packages; NULL: none ever */
} VdiInventoryForm;

extern const VdiInventoryForm vdi_inventory_form_vigie;
extern const VdiInventoryForm vdi_inventory_form_osquery;
extern const VdiInventoryForm vdi_inventory_form_cyclonedx;

/* ---- reading ---- */

/* VDI_JSON_ERROR_MEMBER; returns false. */
bool vdi_inventory_fail(const char *name, const char *what, GError **error);
/* Shown by vdi_text_clean as it is, and not cut. */
bool vdi_inventory_is_plain(const char *text);
/* A member that may be absent (then *ret_text stays) and else is a plain text of at least
 * `min_bytes` and at most VDI_INVENTORY_TEXT_MAX bytes. */
bool vdi_inventory_read_text(VdiJson *object, const char *name, size_t min_bytes, char **ret_text,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Each object of the document's list `name`, if there is one; an error gets its place before it. */
typedef bool (*VdiInventoryReader)(VdiInventory *inventory, VdiJson *object, GError **error);
bool vdi_inventory_read_list(const VdiInventoryDocument *document, const char *name, size_t max,
    VdiInventoryReader reader, VdiInventory *inventory, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The architecture is that of the package system's own package, where there is one, of one
 * architecture. */
void vdi_inventory_derive_arch(VdiFacts *facts);

/* ---- printing ---- */

/* One JSON object; behind its other members its lists, an element a line: people compare such files
 * line by line. */
typedef struct {
    GString *out;
    bool has_member, has_element;
} VdiInventoryWriter;

/* Takes the members that are no lists. */
void vdi_inventory_begin(VdiInventoryWriter *writer, VdiJson *head);
void vdi_inventory_begin_list(VdiInventoryWriter *writer, const char *name);
void vdi_inventory_take_element(VdiInventoryWriter *writer, VdiJson *element);
void vdi_inventory_end_list(VdiInventoryWriter *writer);
/* A list of texts; nothing when there is none. `texts` is ended by NULL, and taken (g_free). */
void vdi_inventory_take_texts(VdiInventoryWriter *writer, const char *name, const char **texts);
/* Yours. */
char *vdi_inventory_end(VdiInventoryWriter *writer);

/* Nothing for NULL; cleaned and cut when it is not plain. */
void vdi_inventory_add_text(VdiJson *object, const char *name, const char *text);
/* Of VdiPackage, borrowed: by type, namespace, name, version, architecture. */
GPtrArray *vdi_inventory_packages(const VdiInventory *inventory);
