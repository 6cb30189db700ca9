/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WordprocessingML. A paragraph's properties come before its text and decide what it is; list paragraphs
 * stand in a row and make lists only by their levels. */
#include <string.h>

#include "extract/office.h"

typedef enum StyleKind { STYLE_PLAIN, STYLE_TITLE, STYLE_CODE, STYLE_HEADING } StyleKind;

typedef struct Docx {
        Output *output;
        Flow *flow;
        const char *part;
        GHashTable *links;     /* relationship id → URL */
        GHashTable *styles;    /* style id → level * 8 + StyleKind */
        GHashTable *formats;   /* abstract id "/" level → "o" or "u" */
        GHashTable *abstracts; /* number id → abstract id */
        char *key;             /* style, abstract or number that the part is at */
        char *level;
        GString *title; /* text of dc:title while in it */
        unsigned skip;  /* depth inside what is left out */
        bool in_text, in_code, in_title;
        unsigned heading;
        /* properties of the paragraph under way */
        bool begun;
        char *style, *number;
        unsigned list_level, outline;
        /* lists that are open, and the number of the innermost */
        unsigned lists;
        char *lists_number;
        unsigned tables;
} Docx;

static void *docx_new(Output *output, Flow *flow)
{
        Docx *docx = g_new0(Docx, 1);
        docx->output = output;
        docx->flow = flow;
        docx->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        docx->styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        docx->formats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        docx->abstracts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        docx->title = g_string_new(NULL);
        return docx;
}

static void docx_free(void *data)
{
        Docx *docx = data;
        g_hash_table_unref(docx->links);
        g_hash_table_unref(docx->styles);
        g_hash_table_unref(docx->formats);
        g_hash_table_unref(docx->abstracts);
        g_string_free(docx->title, TRUE);
        g_free(docx->key);
        g_free(docx->level);
        g_free(docx->style);
        g_free(docx->number);
        g_free(docx->lists_number);
        g_free(docx);
}

static void docx_part(void *data, const char *name)
{
        ((Docx *)data)->part = name;
}

static void replace(char **place, char *value)
{
        g_free(*place);
        *place = value;
}

/* "heading 2", "Title", "Source Code", "HTML Preformatted": names are English whatever the ids are. */
static void on_style_name(Docx *docx, const char *name)
{
        g_autofree char *lower = g_ascii_strdown(name, -1);
        unsigned value = STYLE_PLAIN;
        if (g_str_has_prefix(lower, "heading ") && lower[8] >= '1' && lower[8] <= '9')
                value = (unsigned)(lower[8] - '0') * 8 + STYLE_HEADING;
        else if (strcmp(lower, "title") == 0)
                value = 8 + STYLE_TITLE;
        else if (strstr(lower, "code") || strstr(lower, "preformatted"))
                value = STYLE_CODE;
        if (docx->key && value)
                g_hash_table_insert(docx->styles, g_strdup(docx->key), GUINT_TO_POINTER(value));
}

static void part_style(Docx *docx, const char *name, const XmlAttributes *attributes)
{
        if (strcmp(name, "w:style") == 0) {
                replace(&docx->key, xml_attribute(attributes, "w:styleId"));
        } else if (strcmp(name, "w:name") == 0) {
                g_autofree char *value = xml_attribute(attributes, "w:val");
                on_style_name(docx, value ?: "");
        } else if (strcmp(name, "w:outlineLvl") == 0 && docx->key &&
                   !g_hash_table_contains(docx->styles, docx->key)) {
                g_autofree char *value = xml_attribute(attributes, "w:val");
                guint64 level = value ? g_ascii_strtoull(value, NULL, 10) : 9;
                if (level < 9)
                        g_hash_table_insert(
                                docx->styles, g_strdup(docx->key),
                                GUINT_TO_POINTER((unsigned)(level + 1) * 8 + STYLE_HEADING));
        }
}

static void part_numbering(Docx *docx, const char *name, const XmlAttributes *attributes)
{
        g_autofree char *value = xml_attribute(attributes, "w:val");
        if (strcmp(name, "w:abstractNum") == 0) {
                replace(&docx->key, xml_attribute(attributes, "w:abstractNumId"));
        } else if (strcmp(name, "w:lvl") == 0) {
                replace(&docx->level, xml_attribute(attributes, "w:ilvl"));
        } else if (strcmp(name, "w:numFmt") == 0 && docx->key && docx->level && value) {
                bool ordered = strcmp(value, "bullet") != 0 && strcmp(value, "none") != 0;
                g_hash_table_insert(docx->formats, g_strdup_printf("%s/%s", docx->key, docx->level),
                                    g_strdup(ordered ? "o" : "u"));
        } else if (strcmp(name, "w:num") == 0) {
                replace(&docx->key, xml_attribute(attributes, "w:numId"));
        } else if (strcmp(name, "w:abstractNumId") == 0 && docx->key && value) {
                g_hash_table_insert(docx->abstracts, g_strdup(docx->key), g_steal_pointer(&value));
        }
}

static void on_part_start(void *data, const char *name, const XmlAttributes *attributes)
{
        Docx *docx = data;
        if (strcmp(name, "rel:Relationship") == 0) {
                char *id = xml_attribute(attributes, ":Id");
                char *target = xml_attribute(attributes, ":Target");
                if (id && target)
                        g_hash_table_insert(docx->links, g_steal_pointer(&id),
                                            g_steal_pointer(&target));
                g_free(id);
                g_free(target);
        } else if (strcmp(docx->part, "word/styles.xml") == 0) {
                part_style(docx, name, attributes);
        } else if (strcmp(docx->part, "word/numbering.xml") == 0) {
                part_numbering(docx, name, attributes);
        }
        docx->in_title = strcmp(name, "dc:title") == 0;
}

static void on_part_end(void *data, const char *name)
{
        Docx *docx = data;
        if (strcmp(name, "dc:title") == 0)
                output_title(docx->output, docx->title->str, docx->title->len);
        docx->in_title = false;
}

static void on_part_text(void *data, const char *text, size_t length)
{
        Docx *docx = data;
        if (docx->in_title && docx->title->len < 2000)
                g_string_append_len(docx->title, text, (gssize)length);
}

static bool is_ordered(const Docx *docx, unsigned level)
{
        const char *abstract = g_hash_table_lookup(docx->abstracts, docx->number);
        g_autofree char *key = g_strdup_printf("%s/%u", abstract ?: "", level);
        const char *format = g_hash_table_lookup(docx->formats, key);
        return format && *format == 'o';
}

static void close_lists(Docx *docx, unsigned down_to)
{
        while (docx->lists > down_to) {
                flow_end_list(docx->flow);
                docx->lists--;
        }
        if (!docx->lists)
                g_clear_pointer(&docx->lists_number, g_free);
}

static void enter_list(Docx *docx)
{
        unsigned want = docx->list_level + 1;
        if (docx->lists_number && strcmp(docx->lists_number, docx->number) != 0 &&
            want <= docx->lists)
                close_lists(docx, want - 1);
        close_lists(docx, want);
        while (docx->lists < want) {
                flow_begin_list(docx->flow, is_ordered(docx, docx->lists), 1);
                docx->lists++;
        }
        replace(&docx->lists_number, g_strdup(docx->number));
        flow_begin_item(docx->flow);
}

static void set_code(Docx *docx, bool code)
{
        if (code == docx->in_code)
                return;
        docx->in_code = code;
        if (code)
                flow_begin_pre(docx->flow, /* code= */ true, NULL);
        else
                flow_end_pre(docx->flow);
}

/* The first text of a paragraph: now its properties are known. */
static void begin_paragraph(Docx *docx)
{
        if (docx->begun)
                return;
        docx->begun = true;
        unsigned style =
                docx->style ? GPOINTER_TO_UINT(g_hash_table_lookup(docx->styles, docx->style)) : 0;
        unsigned level = docx->outline ? docx->outline : style / 8;
        bool was_code = docx->in_code;
        set_code(docx, style % 8 == STYLE_CODE && !docx->tables);
        if (was_code && docx->in_code)
                flow_text(docx->flow, "\n", 1);
        if (level) {
                close_lists(docx, 0);
                docx->heading = level;
                flow_begin_heading(docx->flow, MIN(level, 6));
        } else if (docx->number && strcmp(docx->number, "0") != 0 && !docx->tables &&
                   !docx->in_code) {
                enter_list(docx);
        } else if (!docx->tables) {
                close_lists(docx, 0);
        }
}

static void reset_paragraph(Docx *docx)
{
        docx->begun = false;
        g_clear_pointer(&docx->style, g_free);
        g_clear_pointer(&docx->number, g_free);
        docx->list_level = docx->outline = 0;
}

static void end_paragraph(Docx *docx)
{
        if (docx->heading)
                flow_end_heading(docx->flow);
        docx->heading = 0;
        if (docx->lists && !docx->tables)
                flow_end_item(docx->flow);
        else if (!docx->in_code)
                flow_break(docx->flow, FLOW_PARAGRAPH);
        reset_paragraph(docx);
}

static unsigned number_of(const XmlAttributes *attributes, unsigned fallback, unsigned max)
{
        g_autofree char *value = xml_attribute(attributes, "w:val");
        guint64 number = value ? g_ascii_strtoull(value, NULL, 10) : fallback;
        return (unsigned)MIN(number, max);
}

static void on_property(Docx *docx, const char *name, const XmlAttributes *attributes)
{
        if (docx->begun)
                return;
        if (strcmp(name, "w:pStyle") == 0)
                replace(&docx->style, xml_attribute(attributes, "w:val"));
        else if (strcmp(name, "w:numId") == 0)
                replace(&docx->number, xml_attribute(attributes, "w:val"));
        else if (strcmp(name, "w:ilvl") == 0)
                docx->list_level = number_of(attributes, 0, 8);
        else if (strcmp(name, "w:outlineLvl") == 0)
                docx->outline =
                        number_of(attributes, 9, 9) < 9 ? number_of(attributes, 9, 9) + 1 : 0;
}

static void begin_link(Docx *docx, const XmlAttributes *attributes)
{
        g_autofree char *id = xml_attribute(attributes, "r:id");
        begin_paragraph(docx);
        flow_begin_link(docx->flow, id ? g_hash_table_lookup(docx->links, id) : NULL);
}

static void begin_table(Docx *docx)
{
        set_code(docx, false);
        if (!docx->tables++)
                close_lists(docx, 0);
        flow_begin_table(docx->flow, /* first_row_is_header= */ true);
}

static bool is_left_out(const char *name)
{
        static const char *const names[] = {"mc:Fallback", "w:del",    "w:moveFrom",
                                            "w:instrText", "w:sectPr", NULL};
        return g_strv_contains(names, name);
}

static void on_start(void *data, const char *name, const XmlAttributes *attributes)
{
        Docx *docx = data;
        if (docx->skip || is_left_out(name)) {
                docx->skip++;
                return;
        }
        on_property(docx, name, attributes);
        if (strcmp(name, "w:p") == 0)
                reset_paragraph(docx);
        else if (strcmp(name, "w:t") == 0)
                docx->in_text = true;
        else if (strcmp(name, "w:tab") == 0 && docx->begun)
                flow_text(docx->flow, docx->in_code ? "\t" : " ", 1);
        else if (strcmp(name, "w:br") == 0 || strcmp(name, "w:cr") == 0)
                docx->in_code ? flow_text(docx->flow, "\n", 1) : flow_break(docx->flow, FLOW_LINE);
        else if (strcmp(name, "w:hyperlink") == 0)
                begin_link(docx, attributes);
        else if (strcmp(name, "w:tbl") == 0)
                begin_table(docx);
        else if (strcmp(name, "w:tr") == 0)
                flow_begin_row(docx->flow);
        else if (strcmp(name, "w:tc") == 0)
                flow_begin_cell(docx->flow, /* header= */ false);
}

static void on_end(void *data, const char *name)
{
        Docx *docx = data;
        if (docx->skip) {
                docx->skip--;
                return;
        }
        if (strcmp(name, "w:p") == 0)
                end_paragraph(docx);
        else if (strcmp(name, "w:t") == 0)
                docx->in_text = false;
        else if (strcmp(name, "w:hyperlink") == 0)
                flow_end_link(docx->flow);
        else if (strcmp(name, "w:tc") == 0)
                flow_end_cell(docx->flow);
        else if (strcmp(name, "w:tr") == 0)
                flow_end_row(docx->flow);
        else if (strcmp(name, "w:tbl") == 0) {
                docx->tables -= docx->tables > 0;
                flow_end_table(docx->flow);
        } else if (strcmp(name, "w:body") == 0) {
                set_code(docx, false);
                close_lists(docx, 0);
        }
}

static void on_text(void *data, const char *text, size_t length)
{
        Docx *docx = data;
        if (!docx->in_text || docx->skip)
                return;
        begin_paragraph(docx);
        flow_text(docx->flow, text, length);
}

static const char *const parts[] = {"word/_rels/document.xml.rels", "word/styles.xml",
                                    "word/numbering.xml", "docProps/core.xml", NULL};
static const XmlHandlers part_handlers = {on_part_start, on_part_end, on_part_text};
static const XmlHandlers text_handlers = {on_start, on_end, on_text};

const OfficeKind docx_kind = {
        .mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        .body = "word/document.xml",
        .parts = parts,
        .part = &part_handlers,
        .text = &text_handlers,
        .reader_new = docx_new,
        .reader_part = docx_part,
        .reader_free = docx_free,
};
