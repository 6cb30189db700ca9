/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsed.h"

static void test_html_blocks_become_lines(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.html",
                "<!DOCTYPE html><title>My &amp; page</title><style>x{}</style><nav>no</nav><h1>Hi "
                "<b>You</b></h1><p>One\n two&nbsp;three<br>four<p>five<div hidden>no</div>"
                "<script>no()</script><ul><li>a<li>b<ol><li>cut it<li>dry it</ol></ul>&#0;&#xD800;end");
        g_assert_cmpstr(parsed->mime, ==, "text/html");
        g_assert_cmpstr(parsed->title, ==, "My & page");
        g_assert_cmpstr(
                parsed->text, ==,
                "Hi You\n\nOne two three\nfour\n\nfive\n\n- a\n- b\n  1. cut it\n  2. dry it\n\nend");
        assert_item(parsed, "heading|Hi You|level=1|text=Hi You");
        assert_item(parsed,
                    "procedure|1. cut it\n  2. dry it|title=Hi You|steps=[\"cut it\",\"dry it\"]");
}

static void test_html_tables_links_and_code(void)
{
        g_autoptr(Parsed) parsed =
                parse("a.htm",
                      "<table><caption>Prices</caption><tr><th>Name<th>Cost<tr><td>Apple<td>3<tr>"
                      "<td><p>Pear</p><td>4</table><p><a href='https://a.example/x'>a link</a> and "
                      "<a href='/rel'>rel</a>, https://b.example.<pre class='language-rust'>"
                      "fn  main() {\n}</pre><table><tr><td>layout<td>only</table>");
        assert_item(parsed,
                    "table_row|Apple | 3|row={\"Name\":\"Apple\",\"Cost\":\"3\"}|caption=Prices");
        assert_item(parsed,
                    "table_row|Pear | 4|row={\"Name\":\"Pear\",\"Cost\":\"4\"}|caption=Prices");
        g_assert_cmpuint(count_items(parsed, "table_row"), ==, 2);
        assert_item(parsed, "external_ref|a link|url=https://a.example/x|label=a link");
        assert_item(parsed, "external_ref|https://b.example|url=https://b.example");
        g_assert_cmpuint(count_items(parsed, "external_ref"), ==, 2);
        assert_item(parsed, "code_block|fn  main() {\n}|language=rust|symbol=main");
        g_assert_nonnull(strstr(parsed->text, "Name | Cost\nApple | 3\nPear | 4\n"));
}

static void test_html_of_documentation_tools(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.html",
                "<h1>Title<a class=\"headerlink\" href=\"#t\">¶</a></h1><div class=\"highlight-python3 "
                "notranslate\"><div class=\"highlight\"><pre>class A:\n  x</pre></div></div>"
                "<pre><code class=\"hljs language-go\">func F() {}</code></pre><pre>plain</pre>");
        assert_item(parsed, "heading|Title|level=1|text=Title");
        assert_item(parsed, "code_block|class A:\n  x|language=python3|symbol=A");
        assert_item(parsed, "code_block|func F() {}|language=go|symbol=F");
        assert_item(parsed, "code_block|plain");
}

static void test_html_in_its_declared_charset(void)
{
        g_autoptr(Parsed) latin = parse("a.html", "<meta charset=iso-8859-1><p>Stra\xdf"
                                                  "e \x80");
        g_assert_cmpstr(latin->text, ==, "Straße €");
        g_autoptr(Parsed) russian = parse("a.html", "<meta charset=\"koi8-r\"><p>\xcd\xc9\xd2");
        g_assert_cmpstr(russian->text, ==, "мир");
        g_autoptr(Parsed) wrong = parse("a.html", "<meta charset=\"koi8-r\"><p>Straße");
        g_assert_cmpstr(wrong->text, ==, "Straße");
}

static void test_plain_text_in_any_encoding(void)
{
        g_autoptr(Parsed) bom = parse("a.txt", "\xef\xbb\xbfhä\r\nx");
        g_assert_cmpstr(bom->text, ==, "hä\nx");
        g_autoptr(Parsed) windows = parse("a.txt", "caf\xe9 \x93q\x94");
        g_assert_cmpstr(windows->text, ==, "café “q”");
        g_autoptr(Parsed) utf16 = parse_bytes("a.txt", "\xff\xfeh\0\xe4\0=\xd8\0\xde", 10);
        g_assert_cmpstr(utf16->text, ==, "hä😀");
        g_autoptr(Parsed) big = parse_bytes("a.txt", "\0h\0e\0l\0l\0o", 10);
        g_assert_cmpstr(big->text, ==, "hello");
        g_autoptr(Parsed) empty = parse("a.txt", "");
        g_assert_cmpstr(empty->text, ==, "");
        g_assert_cmpuint(empty->starts->len, ==, 1);
        g_autoptr(GString) stray = g_string_new(NULL);
        for (unsigned i = 0; i < 1000; i++)
                g_string_append(stray, "text ");
        g_string_append_len(stray, "\0end", 4);
        g_autoptr(Parsed) nul = parse_bytes("a.txt", stray->str, stray->len);
        g_assert_true(g_str_has_suffix(nul->text, "\xef\xbf\xbd"
                                                  "end"));
}

static void test_plain_text_headings_and_steps(void)
{
        g_autoptr(Parsed) parsed =
                parse("README", "Title\n=====\n\nPart\n----\n1. first\n   more\n2) second\n\n"
                                "3. third\nend https://x.example/.\n");
        g_assert_cmpstr(parsed->mime, ==, "text/plain");
        g_assert_cmpstr(parsed->title, ==, "Title");
        assert_item(parsed, "heading|Title|level=1|text=Title");
        assert_item(parsed, "heading|Part|level=2|text=Part");
        assert_item(parsed,
                    "procedure|1. first\n   more\n2) second\n\n3. third|title=Part|steps=[\"first "
                    "more\",\"second\",\"third\"]");
        assert_item(parsed, "external_ref|https://x.example/|url=https://x.example/");
}

static void test_code_is_text_of_its_language(void)
{
        g_autoptr(Parsed) parsed =
                parse("a.c", "/* https://x.example [1] */\nint frob(int a[1])\n{\n}\n");
        g_assert_cmpstr(parsed->mime, ==, "text/x-csrc");
        g_assert_cmpuint(count_items(parsed, "code_block"), ==, 1);
        g_assert_cmpuint(count_items(parsed, "citation"), ==, 0);
        assert_item(parsed, "external_ref|https://x.example|url=https://x.example");
        assert_item(parsed, "code_block|int frob(int a[1])\n{\n}|language=c|symbol=frob");
        g_autoptr(Parsed) bib = parse("a.bib", "@article{doe99,\n title={X}}\n");
        assert_item(bib, "citation|@article{doe99,\n title={X}}|key=doe99|style=bibtex");
}

static void assert_title(const char *name, const char *text, const char *title)
{
        g_autoptr(Parsed) parsed = parse(name, text);
        g_assert_cmpstr(parsed->title, ==, title);
}

static void test_titles_name_the_document(void)
{
        assert_title("a.html", "<title>Page - Site</title><h1>Page</h1>", "Page");
        assert_title("a.html", "<title>Page</title><p>x", "Page");
        assert_title("a.html", "<title>Page | The Site</title><h1>The Site</h1>", "Page");
        assert_title("a.html", "<title>Untitled</title><h1>Page</h1>", "Page");
        assert_title("a.html", "<h1>Page <a class=mark href='#p'>#</a></h1>", "Page");
        assert_title("a.md", "Some words.\n\n## License\n", "");
        assert_title("a.md", "\n## Opens\n\nwords\n", "Opens");
        assert_title("copyright", "Under this licence:\n\nHistory\n=======\n", "");
        assert_title("a.md", "+++\ntitle = \"x\"\n+++\n\n# Real\n", "Real");
        assert_title("a.md", "---\ntitle: Front\n---\n\n# Real\n", "Front");
        assert_title("README", "About the hives\n\nThey stand.\n", "About the hives");
        assert_title("a.rst", ":mod:`os` --- Systems\n=====================\n", "os --- Systems");
        assert_title("copyright", "Copyright notice\n================\n\nWords.\n", "");
        assert_title("a.txt", "This is a sentence that ends.\n\nAnd more.\n", "");
        assert_title("a.txt", "name = value; of settings\n\nMore\n", "");
        assert_title("a.txt", "Key: value\nOther: value\n", "");
}

static void test_tables_have_sane_columns(void)
{
        g_autoptr(Parsed) page =
                parse("a.html", "<table><tr><th colspan=2>Prices</tr><tr><th>Name<th>Cost</tr>"
                                "<tr><td colspan=2>Fruit</tr><tr><td>Apple<td>3</tr></table>");
        assert_item(page, "table_row|Apple | 3|row={\"Name\":\"Apple\",\"Cost\":\"3\"}|"
                          "caption=Prices");
        g_assert_cmpuint(count_items(page, "table_row"), ==, 1);
        g_autoptr(Parsed) csv = parse("a.csv", "1,2.5,x\n3,4.5,y\n");
        assert_item(csv, "table_row|1,2.5,x|row={\"column 1\":\"1\",\"column 2\":\"2.5\","
                         "\"column 3\":\"x\"}");
        g_assert_cmpuint(count_items(csv, "table_row"), ==, 2);
}

/* Ranges are in characters, whatever stands before them. */
static void test_ranges_hold_in_every_script(void)
{
        static const char *const leads[] = {
                "שלום עולם, ",
                "日本語の文章。",
                "👩‍👩‍👧 🐝 ",
                "e\xcc\x81 a\xcc\x8a ",
                "\xef\xbb\xbfwith a mark ",
                "two\r\nlines\r\nand \r",
                "\xe2\x80\xae right to left ",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(leads); i++) {
                g_autofree char *text = g_strdup_printf(
                        "%s[[Ziel]] https://a.example/ü and (Roe et al., 2019) [ß](https://b.example)\n",
                        leads[i]);
                g_autoptr(Parsed) parsed = parse("a.md", text);
                assert_item(parsed, "wikilink|[[Ziel]]|target=Ziel");
                assert_item(parsed, "external_ref|https://a.example/ü|url=https://a.example/ü");
                assert_item(parsed,
                            "external_ref|[ß](https://b.example)|url=https://b.example|label=ß");
                g_assert_cmpuint(count_items(parsed, "citation"), ==, 1);
                g_autofree char *utf16 = NULL;
                gsize length;
                utf16 = g_convert(text, -1, "UTF-16LE", "UTF-8", NULL, &length, NULL);
                g_autofree char *marked = g_malloc(length + 2);
                memcpy(marked, "\xff\xfe", 2);
                memcpy(marked + 2, utf16, length);
                g_autoptr(Parsed) wide = parse_bytes("a.md", marked, length + 2);
                assert_item(wide, "wikilink|[[Ziel]]|target=Ziel");
        }
}

static void test_csv_rows_by_header(void)
{
        g_autoptr(Parsed) parsed = parse("a.csv", "id;name\n1;\"A; \"\"b\"\"\nc\"\n2;Z\n");
        assert_item(
                parsed,
                "table_row|1;\"A; \"\"b\"\"\nc\"|row={\"id\":\"1\",\"name\":\"A; \\\"b\\\" c\"}");
        assert_item(parsed, "table_row|2;Z|row={\"id\":\"2\",\"name\":\"Z\"}");
        g_assert_cmpuint(count_items(parsed, "table_row"), ==, 2);
}

static void test_pdf_pages_outline_and_links(void)
{
        g_autoptr(Parsed) parsed = parse_sample("sample.pdf");
        g_assert_cmpstr(parsed->mime, ==, "application/pdf");
        g_assert_cmpstr(parsed->title, ==, "Tides of the Irish Sea");
        g_assert_cmpuint(parsed->pages->len, ==, 2);
        g_assert_cmpuint(g_array_index(parsed->pages, guint32, 1), ==, 2);
        guint32 second = g_array_index(parsed->starts, guint32, 1);
        g_assert_true(g_str_has_prefix(parsed->text + second, "Neap Tides\n"));
        assert_item(parsed, "heading|Neap Tides|level=1|text=Neap Tides");
        assert_item(
                parsed,
                "citation|The data set is 10.1234/tides.2020.|key=10.1234/tides.2020|style=doi");
        assert_item(parsed,
                    "external_ref|https://tides.example/neap|url=https://tides.example/neap");
        g_assert_cmpuint(count_items(parsed, "external_ref"), ==, 2);
}

static void test_docx_headings_lists_tables_links_code(void)
{
        g_autoptr(Parsed) parsed = parse_sample("sample.docx");
        g_assert_cmpstr(parsed->mime, ==,
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
        g_assert_cmpstr(parsed->title, ==, "Boat Maintenance Handbook");
        assert_item(parsed, "heading|Painting|level=1|text=Painting");
        assert_item(
                parsed,
                "external_ref|the chandlery|url=https://chandlery.example/paint|label=the chandlery");
        assert_item(parsed, "procedure|1. Sand the hull\n2. Clean it\n  1. with water\n3. Paint it|"
                            "title=Painting|steps=[\"Sand the hull\",\"Clean it\",\"Paint it\"]");
        assert_item(parsed, "table_row|Deck | 2,5|row={\"Part\":\"Deck\",\"Litres\":\"2,5\"}");
        assert_item(parsed, "code_block|def coats(area):\n    return area / 8|symbol=coats");
        g_assert_nonnull(strstr(parsed->text, "- Grease the shackles\n- Check the pins"));
        g_assert_null(strstr(parsed->text, "struck"));
}

static void test_odt_headings_lists_tables_links_code(void)
{
        g_autoptr(Parsed) parsed = parse_sample("sample.odt");
        g_assert_cmpstr(parsed->mime, ==, "application/vnd.oasis.opendocument.text");
        g_assert_cmpstr(parsed->title, ==, "Tea for Two");
        assert_item(parsed, "heading|Timer|level=2|text=Timer");
        assert_item(parsed, "external_ref|the leaflet|url=https://tea.example/|label=the leaflet");
        assert_item(parsed,
                    "procedure|1. Fill the kettle\n2. Boil it\n3. Wait four minutes|title=Brewing "
                    "Tea|steps=[\"Fill the kettle\",\"Boil it\",\"Wait four minutes\"]");
        assert_item(parsed, "table_row|Sencha | 2|row={\"Tea\":\"Sencha\",\"Minutes\":\"2\"}");
        assert_item(parsed, "code_block|sleep 240\nbell");
        g_assert_null(strstr(parsed->text, "remark"));
        g_assert_nonnull(strstr(parsed->text, "- Loose leaf\n- Loose leaf"));
}

static void assert_refused_as(int code, const char *name, const char *bytes, size_t length,
                              const char *reason)
{
        g_autoptr(Parsed) parsed = parse_bytes(name, bytes, length);
        g_assert_error(parsed->error, OUROBOROS_ERROR, code);
        g_assert_nonnull(strstr(parsed->error->message, reason));
}

static void assert_unsupported(const char *name, const char *bytes, size_t length,
                               const char *reason)
{
        assert_refused_as(EXTRACT_UNSUPPORTED, name, bytes, length, reason);
}

static void assert_refused(const char *name, const char *bytes, size_t length, const char *reason)
{
        assert_refused_as(OUROBOROS_ERROR_INVALID, name, bytes, length, reason);
}

static void test_empty_files_are_texts_whatever_they_are_called(void)
{
        for (const char *const *name = (const char *const[]){"a", "a.pdf", "a.docx", "a.md",
                                                             "a.html", "a.csv", "a.png", NULL};
             *name; name++) {
                g_autoptr(Parsed) parsed = parse(*name, "");
                g_assert_cmpstr(parsed->text, ==, "");
                g_assert_cmpuint(parsed->items->len, ==, 0);
        }
}

static void test_type_is_told_from_the_bytes(void)
{
        static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_unsupported("notes.md", png, sizeof(png), "image/png");
        assert_refused("x.pdf", "just text", 9, "named .pdf");
        assert_refused("x.docx", "just text", 9, "named .docx");
        assert_unsupported("noise", "\x01\x02\0\x03\x04\0\0\x05", 8, "octet-stream");
        assert_refused("x.pdf", "%PDF-1.7\nnothing of it", 22, "damaged");
        assert_refused("x.txt", "PK\3\4nothing", 11, "ZIP");
        assert_refused("x.md", "\x01\x02\0\x03\x04\0\0\x05", 8, "named .md");
        assert_unsupported("x.jar", "PK\3\4nothing", 11, "application/zip");
        assert_unsupported("x.tgz", "\x1f\x8b\x08", 3, "not a supported type: application/gzip");
        assert_unsupported("x.png", "just text", 9, "not a supported type: image/png");
        g_autoptr(Parsed) page = parse("x.txt", "<!-- c --><!DOCTYPE HTML><p>x");
        g_assert_cmpstr(page->mime, ==, "text/html");
        g_autoptr(Parsed) text = parse("x.html", "no tags at all");
        g_assert_cmpstr(text->mime, ==, "text/plain");
}

static void test_text_over_the_limit_is_refused_by_name(void)
{
        g_autofree char *long_text = g_strnfill(1024 * 1024 + 1, 'x');
        g_autoptr(Parsed) parsed = parse_bytes("a.txt", long_text, 1024 * 1024 + 1);
        g_assert_error(parsed->error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(parsed->error->message, "EXTRACTOR_TEXT_BYTES_MAX"));
}

static void test_deep_html_is_refused_by_name(void)
{
        g_autoptr(GString) deep = g_string_new("<html>");
        for (unsigned i = 0; i < 10000; i++)
                g_string_append(deep, "<div>");
        g_autoptr(Parsed) parsed = parse_bytes("a.html", deep->str, deep->len);
        g_assert_error(parsed->error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(parsed->error->message, "HTML_DEPTH_MAX"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/html/blocks-become-lines", test_html_blocks_become_lines);
        g_test_add_func("/html/tables-links-code", test_html_tables_links_and_code);
        g_test_add_func("/html/documentation-tools", test_html_of_documentation_tools);
        g_test_add_func("/html/charset", test_html_in_its_declared_charset);
        g_test_add_func("/html/deep", test_deep_html_is_refused_by_name);
        g_test_add_func("/plain/encodings", test_plain_text_in_any_encoding);
        g_test_add_func("/plain/headings-and-steps", test_plain_text_headings_and_steps);
        g_test_add_func("/plain/code", test_code_is_text_of_its_language);
        g_test_add_func("/plain/limit", test_text_over_the_limit_is_refused_by_name);
        g_test_add_func("/csv/rows", test_csv_rows_by_header);
        g_test_add_func("/formats/titles", test_titles_name_the_document);
        g_test_add_func("/formats/columns", test_tables_have_sane_columns);
        g_test_add_func("/formats/scripts", test_ranges_hold_in_every_script);
        g_test_add_func("/pdf/pages", test_pdf_pages_outline_and_links);
        g_test_add_func("/docx/all", test_docx_headings_lists_tables_links_code);
        g_test_add_func("/odt/all", test_odt_headings_lists_tables_links_code);
        g_test_add_func("/sniff/type-from-bytes", test_type_is_told_from_the_bytes);
        g_test_add_func("/extract/empty-files",
                        test_empty_files_are_texts_whatever_they_are_called);
        return g_test_run();
}
