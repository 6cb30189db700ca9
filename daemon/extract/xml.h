/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML of office files as a stream of events: no tree, no entities of its own, no network. A document type
 * declaration, bad syntax and too deep a nesting stop it. */
#pragma once

#include "extract/output.h"

#define XML_DEPTH_MAX 256

typedef struct XmlAttributes XmlAttributes;

/* Names are "prefix:local" with the usual prefix of the namespace whatever the file calls it: w, r, mc,
 * text, table, office, style, xlink, dc; other namespaces have names beginning with ":". */
typedef struct XmlHandlers {
        void (*start)(void *data, const char *name, const XmlAttributes *attributes);
        void (*end)(void *data, const char *name);
        void (*text)(void *data, const char *text, size_t length);
} XmlHandlers;

typedef struct Xml Xml;

Xml *xml_new(Output *output, const XmlHandlers *handlers, void *data);
void xml_feed(Xml *xml, const char *bytes, size_t length);
Xml *xml_free(Xml *xml); /* ends the document: one that is not complete is INVALID */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xml, xml_free)

/* The value of an attribute, or NULL; NULL ends a call's interest: the caller frees. */
char *xml_attribute(const XmlAttributes *attributes, const char *name);
