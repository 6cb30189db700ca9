/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/pdf.h"

#include <poppler.h>
#include <string.h>

#include "base/base.h"
#include "extract/flow.h"
#include "extract/items.h"
#include "extract/protocol.h"
#include "extract/scan.h"

#define PDF_PAGES_MAX     20000
#define PDF_LINKS_MAX     200 /* of one page */
#define PDF_OUTLINE_MAX   2000
#define PDF_OUTLINE_DEPTH 6
#define PDF_HEADING_CHARS 300

typedef struct Pdf {
        PopplerDocument *document;
        Output *output;
        GArray *pages; /* size_t: where the text of each begins, and the end */
        unsigned outlined;
} Pdf;

/* Control characters of fonts gone wrong, and carriage returns, go; form feeds and the like become spaces. */
static void add_text(Output *output, const char *text)
{
        g_autofree char *valid = NULL;
        size_t length = strlen(text);
        if (!g_utf8_validate(text, (gssize)length, NULL)) {
                valid = g_utf8_make_valid(text, (gssize)length);
                text = valid;
                length = strlen(text);
        }
        char *to = output_reserve(output, length);
        if (!to)
                return;
        char *begin = to;
        size_t before = output_length(output) - length;
        for (size_t i = 0; i < length; i++) {
                unsigned char c = (unsigned char)text[i];
                if (c == '\f' || c == '\v')
                        c = ' ';
                if (c >= 0x20 || c == '\n' || c == '\t')
                        *to++ = (char)c;
        }
        output_shrink(output, before + (size_t)(to - begin));
}

/* The first place of needle in the page where white space counts as equal; false if there is none. */
static bool find_text(const Pdf *pdf, unsigned page, const char *needle, size_t *ret_start,
                      size_t *ret_end)
{
        const char *text = output_get(pdf->output);
        size_t at = g_array_index(pdf->pages, size_t, page);
        size_t end = g_array_index(pdf->pages, size_t, page + 1);
        while (*needle == ' ')
                needle++;
        if (!*needle)
                return false;
        for (; at < end; at++) {
                size_t i = at;
                const char *n = needle;
                if (text[at] != *needle)
                        continue;
                while (*n && i < end) {
                        bool gap = g_ascii_isspace(text[i]);
                        if (*n == ' ' ? !gap : text[i] != *n)
                                break;
                        for (i++; gap && i < end && g_ascii_isspace(text[i]); i++)
                                ;
                        n++;
                }
                if (*n)
                        continue;
                *ret_start = at;
                *ret_end = i;
                return true;
        }
        return false;
}

static int destination_page(const Pdf *pdf, const PopplerAction *action)
{
        if (action->type != POPPLER_ACTION_GOTO_DEST || !action->goto_dest.dest)
                return 0;
        const PopplerDest *dest = action->goto_dest.dest;
        if (dest->type != POPPLER_DEST_NAMED)
                return dest->page_num;
        PopplerDest *found = poppler_document_find_dest(pdf->document, dest->named_dest);
        int page = found ? found->page_num : 0;
        if (found)
                poppler_dest_free(found);
        return page;
}

static void add_heading(Pdf *pdf, const PopplerAction *action, unsigned level)
{
        const char *raw = action->any.title;
        int page = destination_page(pdf, action);
        size_t start, end;
        if (!raw || page < 1 || (guint)page >= pdf->pages->len || !g_utf8_validate(raw, -1, NULL))
                return;
        g_autofree char *title = output_collapse(raw, strlen(raw), PDF_HEADING_CHARS);
        if (find_text(pdf, (unsigned)page - 1, title, &start, &end))
                items_heading(pdf->output, start, end, level);
}

/* Recursion ends at PDF_OUTLINE_DEPTH; an outline that runs in a circle at PDF_OUTLINE_MAX. */
static void walk_outline(Pdf *pdf, PopplerIndexIter *iter, unsigned level)
{
        do {
                if (++pdf->outlined > PDF_OUTLINE_MAX || output_failed(pdf->output))
                        return;
                PopplerAction *action = poppler_index_iter_get_action(iter);
                if (action) {
                        add_heading(pdf, action, level);
                        poppler_action_free(action);
                }
                PopplerIndexIter *child =
                        level < PDF_OUTLINE_DEPTH ? poppler_index_iter_get_child(iter) : NULL;
                if (child) {
                        walk_outline(pdf, child, level + 1);
                        poppler_index_iter_free(child);
                }
        } while (poppler_index_iter_next(iter));
}

static void add_outline(Pdf *pdf)
{
        PopplerIndexIter *iter = poppler_index_iter_new(pdf->document);
        if (!iter)
                return;
        walk_outline(pdf, iter, 1);
        poppler_index_iter_free(iter);
}

static void add_link(Pdf *pdf, PopplerPage *page, unsigned number, const PopplerLinkMapping *link)
{
        double width, height;
        size_t start, end;
        if (link->action->type != POPPLER_ACTION_URI || !flow_is_external(link->action->uri.uri) ||
            !g_utf8_validate(link->action->uri.uri, -1, NULL))
                return;
        poppler_page_get_size(page, &width, &height);
        /* areas reach into the lines above and below: a stripe through the middle is enough */
        double inset = (link->area.y2 - link->area.y1) * 0.35;
        PopplerRectangle area = {.x1 = link->area.x1,
                                 .x2 = link->area.x2,
                                 .y1 = height - link->area.y2 + inset,
                                 .y2 = height - link->area.y1 - inset};
        g_autofree char *raw = poppler_page_get_text_for_area(page, &area);
        if (!raw || !g_utf8_validate(raw, -1, NULL))
                return;
        g_autofree char *label = output_collapse(raw, strlen(raw), ITEMS_TEXT_BYTES);
        /* an address in full is found by the scan */
        if (!*label || flow_is_external(label) || !find_text(pdf, number, label, &start, &end))
                return;
        output_item(pdf->output, &(Item){.kind = "external_ref",
                                         .start = start,
                                         .end = end,
                                         .name = {"url", "label"},
                                         .value = {link->action->uri.uri, label}});
}

static void add_links(Pdf *pdf, PopplerPage *page, unsigned number)
{
        GList *links = poppler_page_get_link_mapping(page);
        unsigned n = 0;
        for (GList *at = links; at && n < PDF_LINKS_MAX; at = at->next, n++)
                add_link(pdf, page, number, at->data);
        poppler_page_free_link_mapping(links);
}

static void add_page(Pdf *pdf, unsigned number)
{
        g_autoptr(GObject) page = (GObject *)poppler_document_get_page(pdf->document, (int)number);
        output_page(pdf->output, number + 1);
        g_autofree char *text = page ? poppler_page_get_text((PopplerPage *)page) : NULL;
        if (text && *text)
                add_text(pdf->output, text);
        size_t length = output_length(pdf->output);
        if (length > 0 && output_get(pdf->output)[length - 1] != '\n')
                output_text(pdf->output, "\n", 1);
        length = output_length(pdf->output);
        g_array_append_val(pdf->pages, length);
        if (text && *text)
                add_links(pdf, (PopplerPage *)page, number);
}

static PopplerDocument *open_document(const char *bytes, size_t length, Output *output)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) data = g_bytes_new_static(bytes, length);
        PopplerDocument *document = poppler_document_new_from_bytes(data, NULL, &error);
        if (document)
                return document;
        if (g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
                output_fail(output, OUROBOROS_ERROR_INVALID,
                            "the PDF is encrypted and needs a password");
        else
                output_fail(output, OUROBOROS_ERROR_INVALID, "the PDF is damaged: %s",
                            error ? error->message : "no reason given");
        return NULL;
}

static void read_document(Pdf *pdf)
{
        int n = poppler_document_get_n_pages(pdf->document);
        if (n < 1 || n > PDF_PAGES_MAX) {
                output_fail(pdf->output, n < 1 ? OUROBOROS_ERROR_INVALID : OUROBOROS_ERROR_LIMIT,
                            "the PDF has %d pages; 1 to %d (PDF_PAGES_MAX) can be read", n,
                            PDF_PAGES_MAX);
                return;
        }
        g_autofree char *title = poppler_document_get_title(pdf->document);
        if (title && g_utf8_validate(title, -1, NULL))
                output_title(pdf->output, title, strlen(title));
        size_t start = 0;
        g_array_append_val(pdf->pages, start);
        for (unsigned i = 0; i < (unsigned)n && !output_failed(pdf->output); i++)
                add_page(pdf, i);
        if (output_failed(pdf->output))
                return;
        add_outline(pdf);
        scan(pdf->output, 0, output_length(pdf->output), SCAN_PROSE);
}

void pdf_parse(const char *bytes, size_t length, Output *output)
{
        Pdf pdf = {.output = output, .document = open_document(bytes, length, output)};
        if (!pdf.document)
                return;
        pdf.pages = g_array_new(FALSE, FALSE, sizeof(size_t));
        read_document(&pdf);
        g_array_unref(pdf.pages);
        g_object_unref(pdf.document);
}

/* Poppler's complaints about a file are not ours to print. */
static void silent(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
}

GObject *pdf_preload(void)
{
        static const char tiny[] =
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
                "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
                "4 0 obj<</Length 33>>stream\nBT /F 9 Tf 9 9 Td (Ouroboros)Tj ET\nendstream endobj\n"
                "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
                "trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n";
        g_autoptr(Output) output = output_new();
        g_log_set_handler("Poppler", G_LOG_LEVEL_MASK, silent, NULL);
        output_reset(output, 1024);
        pdf_parse(tiny, sizeof(tiny) - 1, output);
        return (GObject *)open_document(tiny, sizeof(tiny) - 1, output);
}
