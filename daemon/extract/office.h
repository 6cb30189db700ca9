/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DOCX and ODT: ZIPs of XML. Other ZIPs are told by what they hold. */
#pragma once

#include "extract/flow.h"
#include "extract/output.h"
#include "extract/xml.h"

void office_parse(const char *bytes, size_t length, Output *output);

/* The two kinds of file differ in where things stand and in what the XML means. */
typedef struct OfficeKind {
        const char *mime;
        const char *body;               /* entry that is streamed */
        const char *const *parts;       /* entries that must be known before, NULL-terminated */
        const XmlHandlers *part, *text; /* both get the reader as data */
        void *(*reader_new)(Output *output, Flow *flow);
        void (*reader_part)(void *reader, const char *name); /* the part that comes now */
        void (*reader_free)(void *reader);
} OfficeKind;

extern const OfficeKind docx_kind;
extern const OfficeKind odt_kind;
