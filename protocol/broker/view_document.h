/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A broker's XML as a small tree: the one place that knows libxml2. Read as the wire asks for:
 * local names in any letter case, prefixes and namespaces ignored, text and CDATA joined, comments
 * and instructions skipped. No DTD, no entities but the five, no network, ceilings on bytes, depth
 * and elements. Texts are wiped when freed: the answer to a connection holds a password. */

#define VDI_DOCUMENT_MAX_BYTES ((size_t) 4 * 1024 * 1024)
#define VDI_DOCUMENT_MAX_DEPTH 32
#define VDI_DOCUMENT_MAX_ELEMENTS 262144 /* 5,000 desktops with every element are half of it */

typedef struct VdiElement VdiElement;
typedef struct VdiDocument VdiDocument;

/* UTF-8, one root. Fails with VDI_BROKER_ERROR_NOT_A_BROKER. */
VdiDocument *vdi_document_parse(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_document_free(VdiDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiDocument, vdi_document_free)

/* Borrowed from the document, as all below. */
const VdiElement *vdi_document_root(const VdiDocument *document);

/* Lower-case local name. */
const char *vdi_element_name(const VdiElement *element);
/* Its attribute "name"; NULL. */
const char *vdi_element_label(const VdiElement *element);
/* The text directly inside, verbatim; "". */
const char *vdi_element_text(const VdiElement *element);

size_t vdi_element_n_children(const VdiElement *element);
const VdiElement *vdi_element_child(const VdiElement *element, size_t i);

/* The first child of that lower-case name; NULL. `element` may be NULL, so that paths chain. */
const VdiElement *vdi_element_find(const VdiElement *element, const char *name);
/* The same child's text without blanks around it: yours; NULL when there is no such child. */
char *vdi_element_word(const VdiElement *element, const char *name);
/* Any letter case of 1, true, yes. */
bool vdi_element_is_true(const VdiElement *element, const char *name);
