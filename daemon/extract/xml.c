/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/xml.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/base.h"

#define XML_NAME_MAX 128

struct XmlAttributes {
        const xmlChar **raw; /* local name, prefix, URI, value, end of value */
        int count;
};

struct Xml {
        Output *output;
        const XmlHandlers *handlers;
        void *data;
        unsigned depth;
        xmlParserCtxtPtr parser;
};

/* Ends of namespace URIs: OOXML has a transitional and a strict one for each. */
static const char *usual_prefix(const char *uri)
{
        static const char *const namespaces[][2] = {
                {"/wordprocessingml/main", "w"},
                {"/wordprocessingml/2006/main", "w"},
                {"/officeDocument/relationships", "r"},
                {"/officeDocument/2006/relationships", "r"},
                {"/package/2006/relationships", "rel"},
                {"/markup-compatibility/2006", "mc"},
                {":xmlns:text:1.0", "text"},
                {":xmlns:table:1.0", "table"},
                {":xmlns:office:1.0", "office"},
                {":xmlns:style:1.0", "style"},
                {"/1999/xlink", "xlink"},
                {"/dc/elements/1.1/", "dc"},
        };
        for (size_t i = 0; uri && i < G_N_ELEMENTS(namespaces); i++)
                if (g_str_has_suffix(uri, namespaces[i][0]))
                        return namespaces[i][1];
        return "";
}

static void write_name(char name[XML_NAME_MAX], const xmlChar *local, const xmlChar *uri)
{
        g_snprintf(name, XML_NAME_MAX, "%s:%s", usual_prefix((const char *)uri),
                   (const char *)local);
}

char *xml_attribute(const XmlAttributes *attributes, const char *name)
{
        const char *colon = strchr(name, ':');
        for (int i = 0; i < attributes->count; i++) {
                const xmlChar **at = attributes->raw + 5 * i;
                const char *prefix = usual_prefix((const char *)at[2]);
                if (strncmp(name, prefix, (size_t)(colon - name)) == 0 &&
                    strlen(prefix) == (size_t)(colon - name) &&
                    strcmp((const char *)at[0], colon + 1) == 0)
                        return g_strndup((const char *)at[3], (gsize)(at[4] - at[3]));
        }
        return NULL;
}

static void stop(Xml *xml, int code, const char *message)
{
        output_fail(xml->output, code, "%s", message);
        xmlStopParser(xml->parser);
}

static void on_start(void *data, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
        Xml *xml = data;
        char name[XML_NAME_MAX];
        if (output_failed(xml->output)) {
                xmlStopParser(xml->parser);
                return;
        }
        if (++xml->depth > XML_DEPTH_MAX) {
                stop(xml, OUROBOROS_ERROR_LIMIT,
                     "XML elements are nested deeper than 256 (XML_DEPTH_MAX)");
                return;
        }
        write_name(name, local, uri);
        xml->handlers->start(xml->data, name, &(XmlAttributes){attributes, n_attributes});
}

static void on_end(void *data, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
        Xml *xml = data;
        char name[XML_NAME_MAX];
        if (output_failed(xml->output))
                return;
        xml->depth--;
        write_name(name, local, uri);
        xml->handlers->end(xml->data, name);
}

static void on_text(void *data, const xmlChar *text, int length)
{
        Xml *xml = data;
        if (length > 0 && !output_failed(xml->output))
                xml->handlers->text(xml->data, (const char *)text, (size_t)length);
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
        stop(data, OUROBOROS_ERROR_INVALID,
             "XML with a document type declaration, which office files do not have");
}

static xmlEntityPtr on_entity(void *data, const xmlChar *name)
{
        return xmlGetPredefinedEntity(name);
}

static void silent(void *data, const char *format, ...)
{
}

Xml *xml_new(Output *output, const XmlHandlers *handlers, void *data)
{
        xmlSAXHandler handler = {
                .initialized = XML_SAX2_MAGIC,
                .startElementNs = on_start,
                .endElementNs = on_end,
                .characters = on_text,
                .ignorableWhitespace = on_text,
                .cdataBlock = on_text,
                .internalSubset = on_doctype,
                .getEntity = on_entity,
                .error = silent,
                .warning = silent,
        };
        Xml *xml = g_new0(Xml, 1);
        xml->output = output;
        xml->handlers = handlers;
        xml->data = data;
        xml->parser = xmlCreatePushParserCtxt(&handler, xml, NULL, 0, NULL);
        xmlCtxtUseOptions(xml->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        return xml;
}

void xml_feed(Xml *xml, const char *bytes, size_t length)
{
        if (output_failed(xml->output))
                return;
        xmlParseChunk(xml->parser, bytes, (int)length, 0);
        if (xml->parser->wellFormed == 0 && !output_failed(xml->output))
                output_fail(xml->output, OUROBOROS_ERROR_INVALID, "its XML is malformed");
}

Xml *xml_free(Xml *xml)
{
        if (!xml)
                return NULL;
        if (!output_failed(xml->output)) {
                xmlParseChunk(xml->parser, NULL, 0, 1);
                if (!xml->parser->wellFormed)
                        output_fail(xml->output, OUROBOROS_ERROR_INVALID, "its XML is malformed");
        }
        if (xml->parser->myDoc)
                xmlFreeDoc(xml->parser->myDoc);
        xmlFreeParserCtxt(xml->parser);
        g_free(xml);
        return NULL;
}
