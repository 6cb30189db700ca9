/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that explode, lie or are broken, through the real helper. Each must cost itself only: an answer or an
 * error with its reason within the time, and the next document is read. */
#include <archive.h>
#include <archive_entry.h>

#include "submit.h"

#define REAL "daemon/ouroboros-extract"
#define WORDS                                                                                      \
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>"
#define ENDED   "</w:body></w:document>"
#define SECONDS 20 /* far below the time at which a helper is killed, far above what each takes */

typedef struct Zipper {
        struct archive *archive;
        GString *bytes;
} Zipper;

static la_ssize_t on_write(struct archive *archive, void *data, const void *bytes, size_t length)
{
        g_string_append_len(data, bytes, (gssize)length);
        return (la_ssize_t)length;
}

static Zipper zip_begin(void)
{
        Zipper zip = {archive_write_new(), g_string_new(NULL)};
        archive_write_set_format_zip(zip.archive);
        archive_write_set_bytes_in_last_block(zip.archive, 1);
        g_assert_cmpint(archive_write_open(zip.archive, zip.bytes, NULL, on_write, NULL), ==,
                        ARCHIVE_OK);
        return zip;
}

static void zip_add(Zipper *zip, const char *name, const char *bytes, size_t length)
{
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, name);
        archive_entry_set_size(entry, (la_int64_t)length);
        archive_entry_set_filetype(entry, AE_IFREG);
        g_assert_cmpint(archive_write_header(zip->archive, entry), ==, ARCHIVE_OK);
        g_assert_cmpint(archive_write_data(zip->archive, bytes, length), ==, length);
        archive_entry_free(entry);
}

static GString *zip_end(Zipper *zip)
{
        archive_write_free(zip->archive);
        return zip->bytes;
}

static GString *docx_of(const char *document)
{
        Zipper zip = zip_begin();
        zip_add(&zip, "word/document.xml", document, strlen(document));
        return zip_end(&zip);
}

/* Submits, frees, looks that it took no longer than allowed, and that the next document is read. */
static void submit(Bench *bench, const char *name, GString *file)
{
        gint64 began = g_get_monotonic_time();
        g_test_message("%s, %zu bytes", name, file->len);
        bench_submit(bench, name, file->str, file->len);
        g_string_free(file, TRUE);
        g_assert_cmpint(g_get_monotonic_time() - began, <, SECONDS * G_USEC_PER_SEC);
}

static void assert_error(Bench *bench, int code, const char *says)
{
        g_assert_error(bench->error, OUROBOROS_ERROR, code);
        if (!strstr(bench->error->message, says))
                g_test_message("says: %s", bench->error->message);
        g_assert_nonnull(strstr(bench->error->message, says));
        bench_submit(bench, "next.txt", "next", 4);
        g_assert_no_error(bench->error);
}

static void assert_read(Bench *bench)
{
        g_assert_no_error(bench->error);
        g_assert_nonnull(bench->extraction);
}

static GString *repeat(const char *start, const char *piece, unsigned n)
{
        GString *text = g_string_new(start);
        for (unsigned i = 0; i < n; i++)
                g_string_append(text, piece);
        return text;
}

static void test_zip_bombs(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        g_autoptr(GString) spaces = repeat(WORDS, "                ", 2 * 1024 * 1024);
        submit(&bench, "bomb.docx", docx_of(spaces->str));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "ZIP_RATIO_MAX");

        Zipper many = zip_begin();
        for (unsigned i = 0; i < 10050; i++) {
                g_autofree char *name = g_strdup_printf("%u", i);
                zip_add(&many, name, "", 0);
        }
        submit(&bench, "many.docx", zip_end(&many));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "ZIP_ENTRIES_MAX");

        Zipper part = zip_begin();
        zip_add(&part, "word/styles.xml", spaces->str, spaces->len);
        zip_add(&part, "word/document.xml", WORDS ENDED, strlen(WORDS ENDED));
        submit(&bench, "part.docx", zip_end(&part));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "ZIP_");
        bench_close(&bench);
}

static void test_xml_bombs(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        submit(&bench, "entities.docx",
               docx_of("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">"
                       "<!ENTITY c SYSTEM \"file:///etc/passwd\">]>" WORDS "&b;&c;" ENDED));
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "document type declaration");
        g_autoptr(GString) deep = repeat(WORDS, "<w:p>", 10000);
        submit(&bench, "deep.docx", docx_of(deep->str));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "XML_DEPTH_MAX");
        submit(&bench, "broken.docx", docx_of(WORDS "<w:p></w:t>"));
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "malformed");
        submit(&bench, "half.docx", docx_of(WORDS "<w:p>"));
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "malformed");
        bench_close(&bench);
}

static void test_zips_of_something_else(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        Zipper sheet = zip_begin();
        zip_add(&sheet, "xl/workbook.xml", "<x/>", 4);
        submit(&bench, "a.docx", zip_end(&sheet));
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "spreadsheet");
        Zipper other = zip_begin();
        zip_add(&other, "a.txt", "text", 4);
        submit(&bench, "a.txt", zip_end(&other));
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "application/zip");
        Zipper cut = zip_begin();
        zip_add(&cut, "word/document.xml", WORDS ENDED, strlen(WORDS ENDED));
        GString *half = zip_end(&cut);
        g_string_truncate(half, half->len / 2);
        submit(&bench, "cut.docx", half);
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "ZIP");
        bench_close(&bench);
}

static void test_deep_and_endless_html(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        submit(&bench, "deep.html", repeat("<html>", "<div>", 10000));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "HTML_DEPTH_MAX");
        submit(&bench, "bold.html", repeat("<html>", "<b>", 1000000));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "HTML_DEPTH_MAX");
        static const char *const pieces[] = {"<",
                                             "<a href='http://x.example'>",
                                             "</p></b>",
                                             "&#x41;",
                                             "&amp",
                                             "<!--",
                                             "<table><tr><td>",
                                             "<ol><li>",
                                             "x ",
                                             "<p",
                                             "<br/>",
                                             "<![CDATA[",
                                             "\"'>"};
        for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
                g_test_message("repeats %s", pieces[i]);
                submit(&bench, "many.html", repeat("<html><p>", pieces[i], 300000));
                if (bench.error)
                        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "_MAX");
        }
        submit(&bench, "line.html", repeat("<html><p>", "0123456789abcde ", 3 * 1024 * 1024));
        assert_read(&bench);
        bench_close(&bench);
}

static void test_markdown_that_makes_parsers_slow(void)
{
        static const char *const pieces[] = {
                "[",       "![",       "[[",       "> ",    "*a_ ",      "`",      "<a ",
                "[a](",    "[a][",     "- ",       "1. ",   "|",         "\\",     "&",
                "a\n",     "# ",       "[a]: b\n", "~~~\n", "![[a|",     "(A, 20", "@a1",
                "http://", "10.1000/", "<!--",     "[^1]",  "[^a]: x\n", "*_**__", "| a |\n|-|\n"};
        Bench bench;
        bench_open(&bench, REAL, 1);
        for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
                g_test_message("repeats %s", pieces[i]);
                submit(&bench, "many.md", repeat("", pieces[i], 50000));
                if (bench.error)
                        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "_MAX");
        }
        g_autoptr(GString) wide = repeat("", "a|", 5000);
        g_autoptr(GString) rule = repeat("\n", "-|", 5000);
        g_autoptr(GString) rows = repeat("\n", "a\n", 5000);
        g_string_append(g_string_append(wide, rule->str), rows->str);
        submit(&bench, "wide.md", g_string_new(wide->str));
        assert_read(&bench);
        g_autoptr(GString) stairs = g_string_new(NULL);
        for (unsigned i = 0; i < 1500; i++)
                g_string_append_printf(stairs, "%*s- x\n", (int)i * 2, "");
        submit(&bench, "stairs.md", g_string_new(stairs->str));
        if (bench.error)
                assert_error(&bench, OUROBOROS_ERROR_LIMIT, "_MAX");
        bench_close(&bench);
}

static void test_very_long_texts(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        submit(&bench, "line.txt", repeat("", "0123456789abcdef", 50 * 65536));
        assert_read(&bench);
        g_assert_cmpuint(bench.extraction->text_bytes, ==, 50 * 1024 * 1024);
        submit(&bench, "line.txt", repeat("", "0123456789abcdef", 65 * 65536));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "EXTRACTOR_TEXT_BYTES_MAX");
        submit(&bench, "lines.txt", repeat("", "\n\n\n\n", 1100000));
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "EXTRACT_LINES_MAX");
        submit(&bench, "wide.csv", repeat("", "a,", 5000000));
        assert_read(&bench);
        submit(&bench, "open.csv", repeat("a,b\n\"", "1,2\n", 100000));
        assert_read(&bench);
        submit(&bench, "urls.txt", repeat("", "http://a.example ", 200000));
        assert_read(&bench);
        g_assert_cmpuint(g_variant_n_children(bench.extraction->structure), ==, 50000);
        bench_close(&bench);
}

static void test_sparse_file_of_2_gb(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        int fd = bench_file("text", 4);
        g_assert_cmpint(ftruncate(fd, INT64_C(2) * 1024 * 1024 * 1024), ==, 0);
        bench_submit_fd(&bench, "sparse.txt", fd);
        close(fd);
        assert_error(&bench, OUROBOROS_ERROR_LIMIT, "EXTRACT_INPUT_BYTES_MAX");
        bench_close(&bench);
}

static GString *read_sample(const char *name)
{
        g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "extract", name, NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        return g_string_new_len(bytes, (gssize)length);
}

static void test_malformed_pdfs(void)
{
        static const char *const pdfs[] = {
                /* pages in a circle, an outline in a circle, a count that is a lie */
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 "
                "R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>",
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>endobj\n2 0 obj<</Type/Pages"
                "/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
                "4 0 obj<</First 5 0 R/Last 5 0 R>>endobj\n5 0 obj<</Title(x)/Parent 4 0 R/Next 5 0 "
                "R/First 5 0 R>>endobj\ntrailer<</Root 1 0 R>>",
                "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count "
                "2000000000>>endobj\ntrailer<</Root 1 0 R>>",
                "%PDF-1.4\n",
        };
        Bench bench;
        bench_open(&bench, REAL, 1);
        submit(&bench, "encrypted.pdf", read_sample("encrypted.pdf"));
        assert_error(&bench, OUROBOROS_ERROR_INVALID, "encrypted");
        for (size_t i = 0; i < G_N_ELEMENTS(pdfs); i++) {
                submit(&bench, "odd.pdf", g_string_new(pdfs[i]));
                if (bench.error)
                        g_assert_cmpint(bench.error->code, !=, OUROBOROS_ERROR_TIMEOUT);
        }
        submit(&bench, "deep.pdf", repeat("%PDF-1.4\n1 0 obj", "[", 100000));
        g_assert_nonnull(bench.error);
        bench_submit(&bench, "next.txt", "next", 4);
        assert_read(&bench);
        bench_close(&bench);
}

/* Flips bytes and cuts ends; whatever comes of it, no time runs out and the daemon goes on. */
static void test_damaged_files(void)
{
        static const char *const samples[] = {"sample.pdf", "sample.docx", "sample.odt"};
        Bench bench;
        g_autoptr(GRand) rand = g_rand_new_with_seed(4711);
        bench_open(&bench, REAL, 2);
        for (unsigned i = 0; i < 300; i++) {
                GString *file = read_sample(samples[i % G_N_ELEMENTS(samples)]);
                for (unsigned k = 0; k < 8; k++)
                        file->str[g_rand_int_range(rand, 0, (gint32)file->len)] =
                                (char)g_rand_int_range(rand, 0, 256);
                if (i % 5 == 0)
                        g_string_truncate(file,
                                          (gsize)g_rand_int_range(rand, 1, (gint32)file->len));
                bench_submit(&bench, samples[i % G_N_ELEMENTS(samples)], file->str, file->len);
                g_string_free(file, TRUE);
                if (bench.error)
                        g_assert_cmpint(bench.error->code, !=, OUROBOROS_ERROR_TIMEOUT);
        }
        bench_submit(&bench, "next.txt", "next", 4);
        assert_read(&bench);
        bench_close(&bench);
}

/* Bytes that the helper has mapped go away under it. */
static void test_file_that_shrinks_meanwhile(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        g_autoptr(GString) text = repeat("", "<p>some words", 3000000);
        int fd = bench_file(text->str, text->len);
        extractor_submit(bench.extractor, fd, "a.html", bench_done, &bench);
        for (unsigned i = 0; i < 5; i++)
                (void)sd_event_run(bench.loop, 10000);
        g_assert_cmpint(ftruncate(fd, 0), ==, 0);
        bench_run(&bench, 1);
        close(fd);
        bench_submit(&bench, "next.txt", "next", 4);
        assert_read(&bench);
        bench_close(&bench);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/hostile/zip-bombs", test_zip_bombs);
        g_test_add_func("/hostile/xml-bombs", test_xml_bombs);
        g_test_add_func("/hostile/other-zips", test_zips_of_something_else);
        g_test_add_func("/hostile/html", test_deep_and_endless_html);
        g_test_add_func("/hostile/markdown", test_markdown_that_makes_parsers_slow);
        g_test_add_func("/hostile/long-texts", test_very_long_texts);
        g_test_add_func("/hostile/sparse", test_sparse_file_of_2_gb);
        g_test_add_func("/hostile/pdf", test_malformed_pdfs);
        g_test_add_func("/hostile/damaged", test_damaged_files);
        g_test_add_func("/hostile/shrinking", test_file_that_shrinks_meanwhile);
        return g_test_run();
}
