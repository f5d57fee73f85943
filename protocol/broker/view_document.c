/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/view_document.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

struct VdiElement {
    const char *name;    /* of the document's chunk */
    char *label;         /* NULL mostly */
    VdiBuffer text;      /* ends in NUL once the element is closed */
    GPtrArray *children; /* of VdiElement; NULL while there are none */
};

struct VdiDocument {
    GStringChunk *names;
    VdiElement *root;
};

/* One parse: lives on the stack of vdi_document_parse. */
typedef struct {
    VdiDocument *document;
    xmlParserCtxtPtr parser;
    VdiElement *open[VDI_DOCUMENT_MAX_DEPTH];
    size_t depth, n_elements;
    char *problem; /* the first one; parsing has stopped */
} Reading;

static void element_free(gpointer data)
{
    VdiElement *element = data;

    if (element != NULL) {
        g_free(element->label);
        vdi_buffer_clear(&element->text);
        g_clear_pointer(&element->children, g_ptr_array_unref);
        g_free(element);
    }
}

void vdi_document_free(VdiDocument *document)
{
    if (document != NULL) {
        element_free(document->root);
        g_string_chunk_free(document->names);
        g_free(document);
    }
}

static void stop(Reading *reading, const char *problem)
{
    if (reading->problem == NULL) {
        reading->problem = g_strdup(problem);
        xmlStopParser(reading->parser);
    }
}

static char *read_label(const xmlChar **attributes, int n_attributes)
{
    /* Five words an attribute: name, prefix, URI, value, its end. */
    for (int i = 0; i < n_attributes; i++, attributes += 5) {
        if (g_ascii_strcasecmp((const char *) attributes[0], "name") == 0) {
            return g_strndup((const char *) attributes[3], (gsize) (attributes[4] - attributes[3]));
        }
    }
    return NULL;
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
    const xmlChar **attributes)
{
    Reading *reading = user;

    if (reading->problem != NULL) {
        return;
    }
    if (reading->depth == VDI_DOCUMENT_MAX_DEPTH
        || ++reading->n_elements > VDI_DOCUMENT_MAX_ELEMENTS) {
        stop(reading, "more elements, or deeper ones, than any broker sends");
        return;
    }
    VdiElement *element = g_new0(VdiElement, 1);
    g_autofree char *lower = g_ascii_strdown((const char *) name, -1);

    element->name = g_string_chunk_insert_const(reading->document->names, lower);
    element->label = read_label(attributes, n_attributes);
    if (reading->depth == 0) {
        reading->document->root = element;
    } else {
        VdiElement *parent = reading->open[reading->depth - 1];

        if (parent->children == NULL) {
            parent->children = g_ptr_array_new_with_free_func(element_free);
        }
        g_ptr_array_add(parent->children, element);
    }
    reading->open[reading->depth++] = element;
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    Reading *reading = user;

    if (reading->problem == NULL) {
        VdiElement *element = reading->open[--reading->depth];

        if (element->text.size > 0) {
            vdi_buffer_append(&element->text, "", 1);
        }
    }
}

static void on_text(void *user, const xmlChar *text, int size)
{
    Reading *reading = user;

    if (reading->problem == NULL && reading->depth > 0) {
        vdi_buffer_append(&reading->open[reading->depth - 1]->text, text, (size_t) size);
    }
}

/* The bytes were searched for a DTD before; this one was hidden from that search. */
static void on_doctype(
    void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    stop(user, "it has a document type");
}

static void on_reference(void *user, const xmlChar *name)
{
    stop(user, "it refers to an entity");
}

#if LIBXML_VERSION >= 21200
static void on_error(void *user, const xmlError *problem)
#else
static void on_error(void *user, xmlErrorPtr problem)
#endif
{
    Reading *reading = user;

    /* Below fatal are namespaces that nobody declared: names count without their prefix here. What
     * is wrong, each version of libxml2 says in other words; where, is enough. */
    if (problem->level == XML_ERR_FATAL && reading->problem == NULL) {
        reading->problem = g_strdup_printf("line %d", problem->line);
    }
}

/* libxml2's own copy of the document. */
static void wipe_input(xmlParserCtxtPtr parser)
{
    if (parser->input != NULL && parser->input->base != NULL) {
        vdi_secret_wipe(
            (void *) parser->input->base, (size_t) (parser->input->end - parser->input->base));
    }
}

static bool read_bytes(Reading *reading, const char *data, size_t size)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .reference = on_reference,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    reading->parser = xmlCreatePushParserCtxt(&handler, reading, NULL, 0, NULL);

    if (reading->parser == NULL) {
        g_error("out of memory");
    }
    /* What the document says of its encoding is ignored: the bytes are UTF-8, and were checked. */
    (void) xmlCtxtUseOptions(reading->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    (void) xmlParseChunk(reading->parser, data, (int) size, 1);

    wipe_input(reading->parser);
    bool is_sound = reading->parser->wellFormed != 0 && reading->problem == NULL
        && reading->document->root != NULL && reading->depth == 0;

    if (!is_sound && reading->problem == NULL) {
        reading->problem = g_strdup("it is not whole");
    }
    xmlFreeParserCtxt(reading->parser);
    return is_sound;
}

static bool looks_like_html(const char *data, size_t size)
{
    size_t at = 0;

    while (at < size && g_ascii_isspace(data[at])) {
        at++;
    }
    static const char *const beginnings[] = {"<!doctype html", "<html", "<head", "<body"};

    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        size_t length = strlen(beginnings[i]);

        if (size - at >= length && g_ascii_strncasecmp(data + at, beginnings[i], length) == 0) {
            return true;
        }
    }
    return false;
}

static const char *refuse_before_parsing(const char *data, size_t size)
{
    if (data == NULL || size == 0) {
        return "the answer is empty";
    }
    if (size > VDI_DOCUMENT_MAX_BYTES) {
        return "the answer is larger than 4 MiB";
    }
    if (memchr(data, '\0', size) != NULL || !g_utf8_validate(data, (gssize) size, NULL)) {
        return "the answer is not UTF-8 text";
    }
    if (looks_like_html(data, size)) {
        return "the answer is a web page; a login page may be in between";
    }
    if (memmem(data, size, "<!DOCTYPE", 9) != NULL || memmem(data, size, "<!ENTITY", 8) != NULL) {
        return "the answer declares a document type or entities";
    }
    return NULL;
}

VdiDocument *vdi_document_parse(GBytes *bytes, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    const char *refused = refuse_before_parsing(data, size);

    if (refused != NULL) {
        g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_NOT_A_BROKER, "%s", refused);
        return NULL;
    }
    g_autoptr(VdiDocument) document = g_new0(VdiDocument, 1);
    Reading reading = {.document = document};

    document->names = g_string_chunk_new(1024);
    if (!read_bytes(&reading, data, size)) {
        g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_NOT_A_BROKER,
            "the answer is not XML as a broker writes it: %s", reading.problem);
        g_free(reading.problem);
        return NULL;
    }
    return g_steal_pointer(&document);
}

const VdiElement *vdi_document_root(const VdiDocument *document)
{
    return document->root;
}

const char *vdi_element_name(const VdiElement *element)
{
    return element->name;
}

const char *vdi_element_label(const VdiElement *element)
{
    return element->label;
}

const char *vdi_element_text(const VdiElement *element)
{
    return element->text.size > 0 ? element->text.data : "";
}

size_t vdi_element_n_children(const VdiElement *element)
{
    return element->children != NULL ? element->children->len : 0;
}

const VdiElement *vdi_element_child(const VdiElement *element, size_t i)
{
    return g_ptr_array_index(element->children, i);
}

const VdiElement *vdi_element_find(const VdiElement *element, const char *name)
{
    for (size_t i = 0; element != NULL && i < vdi_element_n_children(element); i++) {
        const VdiElement *child = vdi_element_child(element, i);

        if (strcmp(child->name, name) == 0) {
            return child;
        }
    }
    return NULL;
}

char *vdi_element_word(const VdiElement *element, const char *name)
{
    const VdiElement *child = vdi_element_find(element, name);

    return child != NULL ? g_strstrip(g_strdup(vdi_element_text(child))) : NULL;
}

bool vdi_element_is_true(const VdiElement *element, const char *name)
{
    g_autofree char *word = vdi_element_word(element, name);

    return word != NULL
        && (strcmp(word, "1") == 0 || g_ascii_strcasecmp(word, "true") == 0
            || g_ascii_strcasecmp(word, "yes") == 0);
}
