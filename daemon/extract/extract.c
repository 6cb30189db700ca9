/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/extract.h"

#include <libxml/parser.h>

#include "base/base.h"
#include "extract/html.h"
#include "extract/markdown.h"
#include "extract/office.h"
#include "extract/pdf.h"
#include "extract/plain.h"
#include "extract/protocol.h"
#include "extract/sniff.h"

static void silent(void *data, const char *format, ...)
{
}

Extract *extract_new(void)
{
        Extract *extract = g_new0(Extract, 1);
        extract->charsets = charsets_new();
        extract->output = output_new();
        xmlInitParser();
        xmlSetGenericErrorFunc(NULL, silent);
        extract->poppler = pdf_preload();
        return extract;
}

Extract *extract_free(Extract *extract)
{
        if (!extract)
                return NULL;
        charsets_free(extract->charsets);
        output_free(extract->output);
        g_clear_object(&extract->poppler);
        g_free(extract);
        return NULL;
}

/* Formats whose stored text is the file's own. */
static void run_text(Extract *extract, const ExtractFile *file, const Kind *kind)
{
        Output *output = extract->output;
        charset_decode(extract->charsets, file->bytes, file->length, NULL, output);
        if (output_failed(output))
                return;
        if (kind->format == FORMAT_MARKDOWN)
                markdown_parse(output);
        else if (kind->format == FORMAT_CSV)
                csv_parse(output, kind);
        else
                plain_parse(output, kind);
}

/* What is no document of ours is an error only if its name has promised one; a damaged archive is no document
 * either. */
static void judge(const Kind *kind, const char *mime, GError **error)
{
        g_autofree char *said = g_strdup((*error)->message);
        if (g_error_matches(*error, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED) && kind->promise) {
                g_clear_error(error);
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "named .%s, but %s",
                            kind->promise, said);
        } else if (g_error_matches(*error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID) &&
                   kind->format == FORMAT_ZIP && !kind->promise && mime == kind->mime) {
                g_clear_error(error);
                g_set_error(error, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED, "not a supported type: %s",
                            kind->mime);
        }
}

GVariant *extract_run(Extract *extract, const ExtractFile *file, GError **error)
{
        Kind kind;
        Output *output = extract->output;
        output_reset(output, file->text_bytes_max);
        if (!sniff(file->bytes, file->length, file->name, &kind, error))
                return NULL;
        output_mime(output, kind.mime);
        switch (kind.format) {
        case FORMAT_HTML:
                html_parse(extract->charsets, file->bytes, file->length, output);
                break;
        case FORMAT_PDF:
                pdf_parse(file->bytes, file->length, output);
                break;
        case FORMAT_ZIP:
                office_parse(file->bytes, file->length, output);
                break;
        default:
                run_text(extract, file, &kind);
        }
        GError *failure = NULL;
        GVariant *result = output_finish(output, &failure);
        if (!result) {
                judge(&kind, output_get_mime(output), &failure);
                g_propagate_error(error, failure);
        }
        return result;
}
