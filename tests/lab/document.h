/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

/* The broker's XML, as its server reads and writes it. Names in any letter case, unknown elements
 * are let through, no DTD, no entities, no network. */

typedef xmlDoc LabDocument;
void lab_document_free(LabDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabDocument, lab_document_free)

/* NULL when it is not well-formed, holds a DTD, or its root is not <broker>. */
LabDocument *lab_document_parse(GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* The first element below `parent` of that name; "screen/params" walks down. NULL: none. `parent`
 * may be NULL. Borrowed. */
const xmlNode *lab_node_find(const xmlNode *parent, const char *path);
/* The next element beside `node` (inclusive) of that name; NULL name: any. */
const xmlNode *lab_node_next(const xmlNode *node, const char *name);
bool lab_node_is(const xmlNode *node, const char *name);
/* Its text and CDATA, joined; "" for NULL. */
char *lab_node_text(const xmlNode *node);

/* <name>text</name>, escaped. */
void lab_write_text(GString *out, const char *name, const char *text);
void lab_write_switch(GString *out, const char *name, bool value);
/* <param><name>…</name><values>…: one value for each text. */
void lab_write_param(GString *out, const char *name, const char *const *values);
