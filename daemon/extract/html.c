/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "extract/flow.h"
#include "extract/scan.h"

#define HTML_TITLE_BYTES 2000
#define HTML_DEPTH_MAX   2000 /* libxml2's search for the start of an end tag is linear in it */

typedef enum Tag {
        TAG_NONE,
        TAG_SKIP, /* with what is in it */
        TAG_TITLE,
        TAG_BLOCK,
        TAG_PARAGRAPH,
        TAG_BR,
        TAG_HEADING,
        TAG_LINK,
        TAG_PRE,
        TAG_CODE,
        TAG_OL,
        TAG_UL,
        TAG_LI,
        TAG_TABLE,
        TAG_CAPTION,
        TAG_TR,
        TAG_TD,
        TAG_TH,
        TAG_IMG,
} Tag;

typedef struct TagName {
        const char *name;
        Tag tag;
} TagName;

/* In order of their names. */
static const TagName tags[] = {
        {"a", TAG_LINK},
        {"address", TAG_BLOCK},
        {"article", TAG_PARAGRAPH},
        {"aside", TAG_BLOCK},
        {"blockquote", TAG_PARAGRAPH},
        {"body", TAG_BLOCK},
        {"br", TAG_BR},
        {"caption", TAG_CAPTION},
        {"code", TAG_CODE},
        {"dd", TAG_BLOCK},
        {"details", TAG_BLOCK},
        {"div", TAG_BLOCK},
        {"dl", TAG_PARAGRAPH},
        {"dt", TAG_BLOCK},
        {"fieldset", TAG_BLOCK},
        {"figcaption", TAG_BLOCK},
        {"figure", TAG_BLOCK},
        {"footer", TAG_BLOCK},
        {"form", TAG_BLOCK},
        {"h1", TAG_HEADING},
        {"h2", TAG_HEADING},
        {"h3", TAG_HEADING},
        {"h4", TAG_HEADING},
        {"h5", TAG_HEADING},
        {"h6", TAG_HEADING},
        {"header", TAG_BLOCK},
        {"hr", TAG_PARAGRAPH},
        {"iframe", TAG_SKIP},
        {"img", TAG_IMG},
        {"li", TAG_LI},
        {"listing", TAG_PRE},
        {"main", TAG_BLOCK},
        {"menu", TAG_UL},
        {"nav", TAG_SKIP},
        {"noframes", TAG_BLOCK},
        {"object", TAG_BLOCK},
        {"ol", TAG_OL},
        {"option", TAG_BLOCK},
        {"p", TAG_PARAGRAPH},
        {"pre", TAG_PRE},
        {"script", TAG_SKIP},
        {"section", TAG_PARAGRAPH},
        {"select", TAG_BLOCK},
        {"style", TAG_SKIP},
        {"summary", TAG_BLOCK},
        {"svg", TAG_SKIP},
        {"table", TAG_TABLE},
        {"td", TAG_TD},
        {"template", TAG_SKIP},
        {"textarea", TAG_SKIP},
        {"th", TAG_TH},
        {"title", TAG_TITLE},
        {"tr", TAG_TR},
        {"ul", TAG_UL},
        {"xmp", TAG_PRE},
};

typedef struct Html {
        htmlParserCtxtPtr parser;
        Output *output;
        Flow *flow;
        unsigned depth, skip_depth; /* skip_depth: where skipping began, 0 if not */
        char *language; /* class="highlight-c" of an element around, and how deep that is */
        unsigned language_depth;
        bool in_title;
        GString *title;
} Html;

static int compare_name(const void *name, const void *tag)
{
        return strcmp(name, ((const TagName *)tag)->name);
}

static Tag find_tag(const char *name)
{
        const TagName *found = bsearch(name, tags, G_N_ELEMENTS(tags), sizeof(*tags), compare_name);
        return found ? found->tag : TAG_NONE;
}

static const char *attribute(const xmlChar **attributes, const char *name)
{
        for (const xmlChar **at = attributes; at && at[0]; at += 2)
                if (g_ascii_strcasecmp((const char *)at[0], name) == 0)
                        return at[1] ? (const char *)at[1] : "";
        return NULL;
}

/* The ¶ or # after a heading. */
static bool is_anchor(const char *class, const char *href)
{
        static const char *const names[] = {"headerlink", "mark",      "anchor",    "header-anchor",
                                            "permalink",  "self-link", "hash-link", "anchor-link"};
        for (size_t i = 0; href && *href == '#' && i < G_N_ELEMENTS(names); i++)
                if (strcmp(class, names[i]) == 0)
                        return true;
        return false;
}

static bool is_hidden(const xmlChar **attributes)
{
        if (!attributes)
                return false;
        const char *style = attribute(attributes, "style");
        const char *role = attribute(attributes, "role");
        const char *class = attribute(attributes, "class");
        return attribute(attributes, "hidden") ||
               (style && (strstr(style, "display:none") || strstr(style, "display: none"))) ||
               (role && strcmp(role, "navigation") == 0) ||
               (class && is_anchor(class, attribute(attributes, "href")));
}

/* class="language-c", class="highlight-python", class="src src-sh" */
static char *class_language(const char *class)
{
        static const char *const prefixes[] = {"language-",  "lang-", "highlight-source-",
                                               "highlight-", "src-",  "brush: "};
        for (size_t i = 0; class && i < G_N_ELEMENTS(prefixes); i++) {
                const char *at = strstr(class, prefixes[i]);
                if (!at)
                        continue;
                at += strlen(prefixes[i]);
                return g_strndup(at, MIN(strcspn(at, " \t\n;"), 40));
        }
        return NULL;
}

static void begin_pre(Html *html, const xmlChar **attributes)
{
        g_autofree char *language = class_language(attribute(attributes, "class"));
        if (!language)
                language = g_strdup(attribute(attributes, "data-language") ?: html->language);
        flow_begin_pre(html->flow, /* code= */ true, language);
}

static void begin_code(Html *html, const xmlChar **attributes)
{
        g_autofree char *language = class_language(attribute(attributes, "class"));
        flow_pre_language(html->flow, language);
}

/* Sphinx and others tell the language on a <div> around. */
static void begin_block(Html *html, const xmlChar **attributes)
{
        const char *class = html->language ? NULL : attribute(attributes, "class");
        g_autofree char *language = class_language(class);
        if (!language || strcmp(language, "default") == 0 || strcmp(language, "none") == 0)
                return;
        html->language = g_steal_pointer(&language);
        html->language_depth = html->depth;
}

static void begin_list(Html *html, const xmlChar **attributes)
{
        const char *start = attribute(attributes, "start");
        guint64 first = start ? g_ascii_strtoull(start, NULL, 10) : 1;
        flow_begin_list(html->flow, /* ordered= */ true, (unsigned)MIN(first, 1000000));
}

static void begin_tag(Html *html, Tag tag, const char *name, const xmlChar **attributes)
{
        Flow *flow = html->flow;
        switch (tag) {
        case TAG_BLOCK:
                begin_block(html, attributes);
                G_GNUC_FALLTHROUGH;
        case TAG_BR:
                flow_break(flow, FLOW_LINE);
                break;
        case TAG_CODE:
                begin_code(html, attributes);
                break;
        case TAG_PARAGRAPH:
                flow_break(flow, FLOW_PARAGRAPH);
                break;
        case TAG_HEADING:
                flow_begin_heading(flow, (unsigned)(name[1] - '0'));
                break;
        case TAG_LINK:
                flow_begin_link(flow, attribute(attributes, "href"));
                break;
        case TAG_PRE:
                begin_pre(html, attributes);
                break;
        case TAG_OL:
                begin_list(html, attributes);
                break;
        case TAG_UL:
                flow_begin_list(flow, /* ordered= */ false, 1);
                break;
        case TAG_LI:
                flow_begin_item(flow);
                break;
        case TAG_TABLE:
                flow_begin_table(flow, /* first_row_is_header= */ false);
                break;
        case TAG_CAPTION:
                flow_begin_caption(flow);
                break;
        case TAG_TR:
                flow_begin_row(flow);
                break;
        case TAG_TD:
        case TAG_TH:
                flow_begin_cell(flow, tag == TAG_TH);
                break;
        default:
                break;
        }
}

static void end_tag(Html *html, Tag tag)
{
        Flow *flow = html->flow;
        switch (tag) {
        case TAG_BLOCK:
                flow_break(flow, FLOW_LINE);
                break;
        case TAG_PARAGRAPH:
                flow_break(flow, FLOW_PARAGRAPH);
                break;
        case TAG_HEADING:
                flow_end_heading(flow);
                break;
        case TAG_LINK:
                flow_end_link(flow);
                break;
        case TAG_PRE:
                flow_end_pre(flow);
                break;
        case TAG_OL:
        case TAG_UL:
                flow_end_list(flow);
                break;
        case TAG_LI:
                flow_end_item(flow);
                break;
        case TAG_TABLE:
                flow_end_table(flow);
                break;
        case TAG_CAPTION:
                flow_end_caption(flow);
                break;
        case TAG_TR:
                flow_end_row(flow);
                break;
        case TAG_TD:
        case TAG_TH:
                flow_end_cell(flow);
                break;
        default:
                break;
        }
}

static void stop_if_failed(Html *html)
{
        if (html->depth > HTML_DEPTH_MAX)
                output_fail(html->output, OUROBOROS_ERROR_LIMIT,
                            "tags are nested deeper than %d (HTML_DEPTH_MAX)", HTML_DEPTH_MAX);
        if (output_failed(html->output))
                xmlStopParser(html->parser);
}

static void on_start(void *data, const xmlChar *name, const xmlChar **attributes)
{
        Html *html = data;
        Tag tag = find_tag((const char *)name);
        html->depth++;
        stop_if_failed(html);
        if (html->skip_depth || output_failed(html->output))
                return;
        if (tag == TAG_SKIP || is_hidden(attributes)) {
                html->skip_depth = html->depth;
                return;
        }
        if (tag == TAG_TITLE)
                html->in_title = true;
        else if (tag != TAG_NONE)
                begin_tag(html, tag, (const char *)name, attributes);
}

static void on_end(void *data, const xmlChar *name)
{
        Html *html = data;
        unsigned depth = html->depth;
        if (html->depth)
                html->depth--;
        if (html->language && depth <= html->language_depth)
                g_clear_pointer(&html->language, g_free);
        if (html->skip_depth) {
                if (depth <= html->skip_depth)
                        html->skip_depth = 0;
                return;
        }
        if (output_failed(html->output))
                return;
        Tag tag = find_tag((const char *)name);
        if (tag == TAG_TITLE)
                html->in_title = false;
        else if (tag != TAG_NONE)
                end_tag(html, tag);
}

static void on_text(void *data, const xmlChar *text, int length)
{
        Html *html = data;
        if (html->skip_depth || length <= 0)
                return;
        if (html->in_title) {
                if (html->title->len < HTML_TITLE_BYTES)
                        g_string_append_len(html->title, (const char *)text, length);
                return;
        }
        flow_text(html->flow, (const char *)text, (size_t)length);
        stop_if_failed(html);
}

/* libxml2 gives its own buffer of UTF-8, in which a broken entity may have left anything. */
static void on_text_checked(void *data, const xmlChar *text, int length)
{
        const char *at = (const char *)text, *end = at + length, *stop;
        while (at < end && !g_utf8_validate(at, end - at, &stop)) {
                on_text(data, (const xmlChar *)at, (int)(stop - at));
                at = stop + 1;
        }
        if (at < end)
                on_text(data, (const xmlChar *)at, (int)(end - at));
}

static void silent(void *data, const char *format, ...)
{
}

typedef struct Source {
        const char *bytes;
        size_t left;
} Source;

static int read_source(void *data, char *buffer, int length)
{
        Source *source = data;
        size_t n = MIN(source->left, (size_t)length);
        memcpy(buffer, source->bytes, n);
        source->bytes += n;
        source->left -= n;
        return (int)n;
}

static void run_parser(Html *html, const char *text, size_t length)
{
        htmlSAXHandler handler = {
                .startElement = on_start,
                .endElement = on_end,
                .characters = on_text_checked,
                .ignorableWhitespace = on_text_checked,
                .error = silent,
                .warning = silent,
        };
        /* the usual ways in would copy the text */
        Source source = {text, length};
        htmlParserCtxtPtr parser = htmlNewParserCtxt();
        xmlParserInputBufferPtr buffer =
                xmlParserInputBufferCreateIO(read_source, NULL, &source, XML_CHAR_ENCODING_NONE);
        inputPush(parser, xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE));
        html->parser = parser;
        *parser->sax = handler;
        parser->userData = html;
        htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                           HTML_PARSE_NONET | HTML_PARSE_NODEFDTD |
                                           HTML_PARSE_NOIMPLIED | HTML_PARSE_IGNORE_ENC);
        parser->charset = XML_CHAR_ENCODING_UTF8; /* we have decoded it: no guessing */
        htmlParseDocument(parser);
        if (parser->myDoc)
                xmlFreeDoc(parser->myDoc);
        htmlFreeParserCtxt(parser);
}

/* Addresses and citations outside code blocks. */
static void scan_text(Output *output)
{
        unsigned n;
        size_t from = 0;
        const Item *items = output_items(output, &n);
        g_autoptr(GArray) code = g_array_new(FALSE, FALSE, sizeof(Item));
        for (unsigned i = 0; i < n; i++)
                if (strcmp(items[i].kind, "code_block") == 0 ||
                    strcmp(items[i].kind, "external_ref") == 0)
                        g_array_append_val(code, items[i]);
        for (unsigned i = 0; i < code->len; i++) {
                const Item *item = &g_array_index(code, Item, i);
                if (item->start > from)
                        scan(output, from, item->start, SCAN_PROSE);
                from = MAX(from, item->end);
        }
        scan(output, from, output_length(output), SCAN_PROSE);
}

/* NULL when the bytes are UTF-8 as they stand, which saves a copy. */
static Output *decode(Charsets *charsets, const char *bytes, size_t length, Output *output)
{
        g_autofree char *declared = charset_declared(bytes, length);
        bool escapes = declared && g_str_has_prefix(declared, "iso-2022");
        if (!escapes && g_utf8_validate(bytes, (gssize)length, NULL))
                return NULL;
        g_autoptr(Output) decoded = output_new();
        output_reset(decoded, G_MAXINT);
        charset_decode(charsets, bytes, length, declared, decoded);
        if (output_failed(decoded)) {
                g_autoptr(GError) error = NULL;
                g_autoptr(GVariant) none = output_finish(decoded, &error);
                output_fail(output, OUROBOROS_ERROR_INVALID, "%s", error->message);
        }
        return g_steal_pointer(&decoded);
}

static const char *first_heading(Output *output)
{
        unsigned n;
        const Item *items = output_items(output, &n);
        for (unsigned i = 0; i < n; i++)
                if (strcmp(items[i].kind, "heading") == 0 && *items[i].value[0] == '1' &&
                    items[i].value[1])
                        return items[i].value[1];
        return NULL;
}

static bool says_nothing(const char *title)
{
        static const char *const names[] = {"",      "untitled", "document",
                                            "index", "home",     "new page"};
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_ascii_strcasecmp(title, names[i]) == 0)
                        return true;
        return false;
}

/* "Page" of "Page | Site". */
static size_t first_part(const char *title)
{
        static const char *const marks[] = {" | ", " - ", " — ", " – ", " · ", " :: ", " » "};
        size_t n = strlen(title);
        for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
                const char *at = strstr(title, marks[i]);
                n = at && at > title ? MIN(n, (size_t)(at - title)) : n;
        }
        return n;
}

/* The first heading of the first level names the page, and <title> adds the site: "Page - Site". But on some
 * pages that heading is the site's, and then <title> names the page. */
static void choose_title(Output *output, const GString *raw)
{
        g_autofree char *title = output_collapse(raw->str, raw->len, HTML_TITLE_BYTES);
        const char *heading = first_heading(output);
        const char *within = heading ? strstr(title, heading) : NULL;
        size_t part = first_part(title);
        bool heading_is_site = within && within >= title + part;
        if (heading && (says_nothing(title) || within == title))
                output_title(output, heading, strlen(heading));
        else
                output_title(output, title, heading_is_site ? part : strlen(title));
}

void html_parse(Charsets *charsets, const char *bytes, size_t length, Output *output)
{
        if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
                bytes += 3;
                length -= 3;
        }
        g_autoptr(Output) decoded = decode(charsets, bytes, length, output);
        if (output_failed(output))
                return;
        Html html = {.output = output, .title = g_string_new(NULL)};
        html.flow = flow_new(output, /* cell_lines= */ true);
        if (decoded)
                run_parser(&html, output_get(decoded), output_length(decoded));
        else
                run_parser(&html, bytes, length);
        html.flow = flow_free(html.flow);
        g_free(html.language);
        choose_title(output, html.title);
        g_string_free(html.title, TRUE);
        if (!output_failed(output))
                scan_text(output);
}
