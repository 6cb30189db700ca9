/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenDocument text. */
#include <string.h>

#include "extract/office.h"

#define ODT_SPACES_MAX 100
#define ODT_LISTS_MAX  32

typedef struct Odt {
        Output *output;
        Flow *flow;
        GHashTable *ordered;        /* list style whose first level is numbered */
        GHashTable *code;           /* paragraph styles derived from preformatted text */
        char *list_style;           /* the style under way */
        char *lists[ODT_LISTS_MAX]; /* style names of the open lists; an inner one inherits */
        unsigned depth;
        unsigned skip; /* depth inside what is left out */
        bool in_body, in_title, in_code, heading;
        unsigned paragraphs; /* open text:p and text:h: white space elsewhere is layout */
        GString *title;
} Odt;

static void *odt_new(Output *output, Flow *flow)
{
        Odt *odt = g_new0(Odt, 1);
        odt->output = output;
        odt->flow = flow;
        odt->ordered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        odt->code = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        odt->title = g_string_new(NULL);
        return odt;
}

static void odt_free(void *data)
{
        Odt *odt = data;
        g_hash_table_unref(odt->ordered);
        g_hash_table_unref(odt->code);
        g_string_free(odt->title, TRUE);
        g_free(odt->list_style);
        for (unsigned i = 0; i < ODT_LISTS_MAX; i++)
                g_free(odt->lists[i]);
        g_free(odt);
}

static void odt_part(void *data, const char *name)
{
}

/* Styles stand in styles.xml and, before the body, in content.xml. */
static void on_style(Odt *odt, const char *name, const XmlAttributes *attributes)
{
        if (strcmp(name, "text:list-style") == 0) {
                g_free(odt->list_style);
                odt->list_style = xml_attribute(attributes, "style:name");
        } else if (strcmp(name, "text:list-level-style-number") == 0 && odt->list_style) {
                g_autofree char *level = xml_attribute(attributes, "text:level");
                g_autofree char *format = xml_attribute(attributes, "style:num-format");
                if (level && strcmp(level, "1") == 0 && (!format || *format))
                        g_hash_table_add(odt->ordered, g_strdup(odt->list_style));
        } else if (strcmp(name, "style:style") == 0) {
                g_autofree char *style = xml_attribute(attributes, "style:name");
                g_autofree char *parent = xml_attribute(attributes, "style:parent-style-name");
                if (style &&
                    ((parent && strstr(parent, "Preformatted")) || strstr(style, "Preformatted")))
                        g_hash_table_add(odt->code, g_steal_pointer(&style));
        }
}

static void on_part_start(void *data, const char *name, const XmlAttributes *attributes)
{
        Odt *odt = data;
        odt->in_title = strcmp(name, "dc:title") == 0;
        on_style(odt, name, attributes);
}

static void on_part_end(void *data, const char *name)
{
        Odt *odt = data;
        if (strcmp(name, "dc:title") == 0)
                output_title(odt->output, odt->title->str, odt->title->len);
        odt->in_title = false;
}

static void on_part_text(void *data, const char *text, size_t length)
{
        Odt *odt = data;
        if (odt->in_title && odt->title->len < 2000)
                g_string_append_len(odt->title, text, (gssize)length);
}

static void begin_list(Odt *odt, const XmlAttributes *attributes)
{
        char *style = xml_attribute(attributes, "text:style-name");
        if (!style && odt->depth > 0 && odt->depth <= ODT_LISTS_MAX)
                style = g_strdup(odt->lists[odt->depth - 1]);
        flow_begin_list(odt->flow, style && g_hash_table_contains(odt->ordered, style), 1);
        if (odt->depth < ODT_LISTS_MAX) {
                g_free(odt->lists[odt->depth]);
                odt->lists[odt->depth] = g_steal_pointer(&style);
        }
        g_free(style);
        odt->depth++;
}

static void set_code(Odt *odt, bool code)
{
        if (code == odt->in_code)
                return;
        odt->in_code = code;
        if (code)
                flow_begin_pre(odt->flow, /* code= */ true, NULL);
        else
                flow_end_pre(odt->flow);
}

static void begin_paragraph(Odt *odt, const XmlAttributes *attributes)
{
        g_autofree char *style = xml_attribute(attributes, "text:style-name");
        bool was_code = odt->in_code;
        odt->paragraphs++;
        set_code(odt, style && (g_hash_table_contains(odt->code, style) ||
                                strstr(style, "Preformatted")));
        if (was_code && odt->in_code)
                flow_text(odt->flow, "\n", 1);
}

static void begin_heading(Odt *odt, const XmlAttributes *attributes)
{
        g_autofree char *value = xml_attribute(attributes, "text:outline-level");
        guint64 level = value ? g_ascii_strtoull(value, NULL, 10) : 1;
        set_code(odt, false);
        odt->paragraphs++;
        odt->heading = true;
        flow_begin_heading(odt->flow, (unsigned)CLAMP(level, 1, 6));
}

static void add_spaces(Odt *odt, const XmlAttributes *attributes)
{
        g_autofree char *value = xml_attribute(attributes, "text:c");
        guint64 n = value ? g_ascii_strtoull(value, NULL, 10) : 1;
        for (guint64 i = 0; i < MIN(n, ODT_SPACES_MAX); i++)
                flow_text(odt->flow, " ", 1);
}

static void begin_link(Odt *odt, const XmlAttributes *attributes)
{
        g_autofree char *url = xml_attribute(attributes, "xlink:href");
        flow_begin_link(odt->flow, url);
}

static bool is_left_out(const char *name)
{
        static const char *const names[] = {"text:tracked-changes", "office:annotation",
                                            "text:sequence-decls", "office:forms", NULL};
        return g_strv_contains(names, name);
}

static void begin_table_part(Odt *odt, const char *name)
{
        if (strcmp(name, "table:table") == 0) {
                set_code(odt, false);
                flow_begin_table(odt->flow, /* first_row_is_header= */ true);
        } else if (strcmp(name, "table:table-row") == 0) {
                flow_begin_row(odt->flow);
        } else if (strcmp(name, "table:table-cell") == 0) {
                flow_begin_cell(odt->flow, /* header= */ false);
        }
}

static void on_start(void *data, const char *name, const XmlAttributes *attributes)
{
        Odt *odt = data;
        if (odt->skip || is_left_out(name)) {
                odt->skip++;
                return;
        }
        if (!odt->in_body) {
                on_style(odt, name, attributes);
                odt->in_body = strcmp(name, "office:body") == 0;
        } else if (strcmp(name, "text:p") == 0) {
                begin_paragraph(odt, attributes);
        } else if (strcmp(name, "text:h") == 0) {
                begin_heading(odt, attributes);
        } else if (strcmp(name, "text:list") == 0) {
                set_code(odt, false);
                begin_list(odt, attributes);
        } else if (strcmp(name, "text:list-item") == 0 || strcmp(name, "text:list-header") == 0) {
                flow_begin_item(odt->flow);
        } else if (strcmp(name, "text:s") == 0) {
                add_spaces(odt, attributes);
        } else if (strcmp(name, "text:tab") == 0) {
                flow_text(odt->flow, odt->in_code ? "\t" : " ", 1);
        } else if (strcmp(name, "text:line-break") == 0) {
                odt->in_code ? flow_text(odt->flow, "\n", 1) : flow_break(odt->flow, FLOW_LINE);
        } else if (strcmp(name, "text:a") == 0) {
                begin_link(odt, attributes);
        } else {
                begin_table_part(odt, name);
        }
}

static void end_paragraph(Odt *odt)
{
        odt->paragraphs -= odt->paragraphs > 0;
        if (odt->heading)
                flow_end_heading(odt->flow);
        odt->heading = false;
        if (!odt->in_code)
                flow_break(odt->flow, odt->depth ? FLOW_LINE : FLOW_PARAGRAPH);
}

static void on_end(void *data, const char *name)
{
        Odt *odt = data;
        if (odt->skip) {
                odt->skip--;
                return;
        }
        if (!odt->in_body)
                return;
        if (strcmp(name, "text:p") == 0 || strcmp(name, "text:h") == 0) {
                end_paragraph(odt);
        } else if (strcmp(name, "text:list") == 0) {
                odt->depth -= odt->depth > 0;
                flow_end_list(odt->flow);
        } else if (strcmp(name, "text:list-item") == 0 || strcmp(name, "text:list-header") == 0) {
                flow_end_item(odt->flow);
        } else if (strcmp(name, "text:a") == 0) {
                flow_end_link(odt->flow);
        } else if (strcmp(name, "table:table-cell") == 0) {
                set_code(odt, false);
                flow_end_cell(odt->flow);
        } else if (strcmp(name, "table:table-row") == 0) {
                flow_end_row(odt->flow);
        } else if (strcmp(name, "table:table") == 0) {
                flow_end_table(odt->flow);
        } else if (strcmp(name, "office:body") == 0) {
                set_code(odt, false);
        }
}

static void on_text(void *data, const char *text, size_t length)
{
        Odt *odt = data;
        if (odt->in_body && odt->paragraphs && !odt->skip)
                flow_text(odt->flow, text, length);
}

static const char *const parts[] = {"styles.xml", "meta.xml", NULL};
static const XmlHandlers part_handlers = {on_part_start, on_part_end, on_part_text};
static const XmlHandlers text_handlers = {on_start, on_end, on_text};

const OfficeKind odt_kind = {
        .mime = "application/vnd.oasis.opendocument.text",
        .body = "content.xml",
        .parts = parts,
        .part = &part_handlers,
        .text = &text_handlers,
        .reader_new = odt_new,
        .reader_part = odt_part,
        .reader_free = odt_free,
};
