/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/office.h"

#include <string.h>

#include "base/base.h"
#include "extract/protocol.h"
#include "extract/scan.h"
#include "extract/zip.h"

/* What a ZIP is, as far as its entries have told. */
typedef struct Guess {
        const OfficeKind *kind;
        const char *foreign; /* MIME type of something else */
        GHashTable *parts;   /* name → GString */
} Guess;

static const OfficeKind *const kinds[] = {&docx_kind, &odt_kind};

static void free_string(void *data)
{
        g_string_free(data, TRUE);
}

static bool is_part(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (g_strv_contains(kinds[i]->parts, name))
                        return true;
        return false;
}

static void guess_mimetype(Guess *guess, Zip *zip)
{
        static const char *const others[] = {"application/epub+zip",
                                             "application/vnd.oasis.opendocument.spreadsheet",
                                             "application/vnd.oasis.opendocument.presentation",
                                             "application/vnd.oasis.opendocument.graphics"};
        const char *piece;
        size_t n = zip_read(zip, &piece);
        g_autofree char *mime = g_strstrip(g_strndup(n ? piece : "", n));
        if (strcmp(mime, odt_kind.mime) == 0 ||
            g_str_has_prefix(mime, "application/vnd.oasis.opendocument.text"))
                guess->kind = &odt_kind;
        for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
                if (g_str_has_prefix(mime, others[i])) {
                        guess->foreign = others[i];
                        guess->kind = NULL;
                }
}

static void guess_entry(Guess *guess, Zip *zip, const char *name)
{
        static const char *const foreign[][2] = {
                {"xl/workbook.xml",
                 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                {"ppt/presentation.xml",
                 "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
                {"META-INF/MANIFEST.MF", "application/java-archive"},
        };
        if (strcmp(name, "mimetype") == 0)
                guess_mimetype(guess, zip);
        else if (strcmp(name, docx_kind.body) == 0)
                guess->kind = &docx_kind;
        else if (is_part(name) && !g_hash_table_contains(guess->parts, name)) {
                g_autofree char *key = g_strdup(name);
                GString *part = zip_read_all(zip);
                if (part)
                        g_hash_table_insert(guess->parts, g_steal_pointer(&key), part);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
                if (strcmp(name, foreign[i][0]) == 0)
                        guess->foreign = foreign[i][1];
}

static void look_inside(Guess *guess, const char *bytes, size_t length, Output *output)
{
        g_autoptr(Zip) zip = zip_open(bytes, length, output);
        for (const char *name; (name = zip_next(zip));)
                guess_entry(guess, zip, name);
        if (!guess->kind && !output_failed(output))
                output_fail(output, EXTRACT_UNSUPPORTED, "not a supported type: %s",
                            guess->foreign ?: "application/zip");
}

static void read_parts(const Guess *guess, void *reader, Output *output)
{
        for (const char *const *name = guess->kind->parts; *name; name++) {
                GString *part = g_hash_table_lookup(guess->parts, *name);
                if (!part)
                        continue;
                guess->kind->reader_part(reader, *name);
                Xml *xml = xml_new(output, guess->kind->part, reader);
                xml_feed(xml, part->str, part->len);
                xml_free(xml);
        }
}

static void read_body(const OfficeKind *kind, const char *bytes, size_t length, void *reader,
                      Output *output)
{
        g_autoptr(Zip) zip = zip_open(bytes, length, output);
        const char *name, *piece;
        while ((name = zip_next(zip)) && strcmp(name, kind->body) != 0)
                ;
        if (!name) {
                output_fail(output, OUROBOROS_ERROR_INVALID, "the file has no %s", kind->body);
                return;
        }
        Xml *xml = xml_new(output, kind->text, reader);
        for (size_t n; (n = zip_read(zip, &piece)) > 0;)
                xml_feed(xml, piece, n);
        xml_free(xml);
}

void office_parse(const char *bytes, size_t length, Output *output)
{
        Guess guess = {.parts =
                               g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_string)};
        look_inside(&guess, bytes, length, output);
        if (guess.kind && !output_failed(output)) {
                Flow *flow = flow_new(output, /* cell_lines= */ false);
                void *reader = guess.kind->reader_new(output, flow);
                output_mime(output, guess.kind->mime);
                read_parts(&guess, reader, output);
                if (!output_failed(output))
                        read_body(guess.kind, bytes, length, reader, output);
                guess.kind->reader_free(reader);
                flow_free(flow);
        }
        g_hash_table_unref(guess.parts);
        if (!output_failed(output))
                scan(output, 0, output_length(output), SCAN_PROSE);
}
