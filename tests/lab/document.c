/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/document.h"

#include <libxml/parser.h>

void lab_document_free(LabDocument *document)
{
    if (document != NULL) {
        xmlFreeDoc(document);
    }
}

LabDocument *lab_document_parse(GBytes *bytes)
{
    size_t size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    g_autoptr(LabDocument) document = xmlReadMemory(text, (int) size, "request", NULL,
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (document == NULL || document->intSubset != NULL
        || !lab_node_is(xmlDocGetRootElement(document), "broker")) {
        return NULL;
    }
    return g_steal_pointer(&document);
}

bool lab_node_is(const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE
        && g_ascii_strcasecmp((const char *) node->name, name) == 0;
}

const xmlNode *lab_node_next(const xmlNode *node, const char *name)
{
    while (node != NULL
        && (node->type != XML_ELEMENT_NODE || (name != NULL && !lab_node_is(node, name)))) {
        node = node->next;
    }
    return node;
}

const xmlNode *lab_node_find(const xmlNode *parent, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", 16);

    for (char **name = names; *name != NULL && parent != NULL; name++) {
        parent = lab_node_next(parent->children, *name);
    }
    return parent;
}

char *lab_node_text(const xmlNode *node)
{
    GString *joined = g_string_new(NULL);

    for (const xmlNode *part = node != NULL ? node->children : NULL; part != NULL;
         part = part->next) {
        if (part->type == XML_TEXT_NODE || part->type == XML_CDATA_SECTION_NODE) {
            g_string_append(joined, (const char *) part->content);
        }
    }
    return g_string_free(joined, FALSE);
}

void lab_write_text(GString *out, const char *name, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);

    g_string_append_printf(out, "<%s>%s</%s>", name, escaped, name);
}

void lab_write_switch(GString *out, const char *name, bool value)
{
    lab_write_text(out, name, value ? "true" : "false");
}

void lab_write_param(GString *out, const char *name, const char *const *values)
{
    g_string_append(out, "<param>");
    lab_write_text(out, "name", name);
    g_string_append(out, "<values>");
    for (; values != NULL && *values != NULL; values++) {
        lab_write_text(out, "value", *values);
    }
    g_string_append(out, "</values></param>");
}
