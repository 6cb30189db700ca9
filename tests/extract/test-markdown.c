/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/scan.h"
#include "parsed.h"

static void test_text_is_the_source(void)
{
        g_autoptr(Parsed) parsed = parse("a.md", "# Ünï *x*\r\n\r\nline\rlast");
        g_assert_cmpstr(parsed->mime, ==, "text/markdown");
        g_assert_cmpstr(parsed->text, ==, "# Ünï *x*\n\nline\nlast");
        g_assert_cmpstr(parsed->title, ==, "Ünï x");
        assert_item(parsed, "heading|Ünï *x*|level=1|text=Ünï x");
}

static void test_map_has_the_beginning_of_each_line(void)
{
        g_autoptr(Parsed) parsed = parse("a.md", "ä\nbb\n\nc\n");
        g_assert_cmpuint(parsed->starts->len, ==, 4);
        guint32 expected[] = {0, 2, 5, 6};
        g_assert_cmpmem(parsed->starts->data, sizeof(expected), expected, sizeof(expected));
        g_assert_cmpuint(g_array_index(parsed->pages, guint32, 3), ==, 0);
}

static void test_front_matter_gives_leaves_with_their_lines(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.md", "---\ntitle: Höhle\ntags: [one, 'two b']\nby:\n  name: \"Jo\"\nempty:\n"
                        "list:\n  - a\n  - k: v\nlong: |\n  l1\n  l2\n---\n# Other\n");
        g_assert_cmpstr(parsed->title, ==, "Höhle");
        assert_item(parsed, "frontmatter|title: Höhle|key=title|value=Höhle");
        assert_item(parsed, "frontmatter|tags: [one, 'two b']|key=tags|value=one");
        assert_item(parsed, "frontmatter|tags: [one, 'two b']|key=tags|value=two b");
        assert_item(parsed, "frontmatter|name: \"Jo\"|key=by.name|value=Jo");
        assert_item(parsed, "frontmatter|a|key=list|value=a");
        assert_item(parsed, "frontmatter|k: v|key=list.k|value=v");
        g_assert_cmpuint(count_items(parsed, "frontmatter"), ==, 7);
        assert_item(parsed, "heading|Other|level=1|text=Other");
}

static void test_broken_front_matter_costs_itself_only(void)
{
        g_autoptr(Parsed) parsed = parse("a.md", "---\na: 1\nb: [\n---\n# T\n");
        assert_item(parsed, "heading|T|level=1|text=T");
        g_autoptr(Parsed) rule = parse("a.md", "---\n\n# T\n\ntext: no front matter\n");
        g_assert_cmpuint(count_items(rule, "frontmatter"), ==, 0);
}

static void test_yaml_bombs_are_not_expanded(void)
{
        g_autoptr(GString) deep = g_string_new("---\nx: ");
        for (unsigned i = 0; i < 5000; i++)
                g_string_append_c(deep, '[');
        g_string_append(deep, "\n---\n# T\n");
        g_autoptr(Parsed) nested = parse("a.md", deep->str);
        assert_item(nested, "heading|T|level=1|text=T");
        g_autoptr(Parsed) aliases = parse(
                "a.md",
                "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\ne: f\n---\n# T\n");
        g_assert_cmpuint(count_items(aliases, "frontmatter"), ==, 3);
        assert_item(aliases, "frontmatter|e: f|key=e|value=f");
}

static void test_wikilinks_outside_code_only(void)
{
        g_autoptr(Parsed) parsed =
                parse("a.md", "See [[Page]] and ![[Pic|a label]], `[[no]]`.\n\n"
                              "    [[no]]\n\n```\n[[no]]\n```\n\n[[un\nfinished]]\n"
                              "| a |\n|---|\n| [[T\\|lab]] |\n");
        assert_item(parsed, "wikilink|[[Page]]|target=Page");
        assert_item(parsed, "wikilink|![[Pic|a label]]|target=Pic|label=a label");
        assert_item(parsed, "wikilink|[[T\\|lab]]|target=T|label=lab");
        g_assert_cmpuint(count_items(parsed, "wikilink"), ==, 3);
}

static void test_links_of_every_kind(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.md",
                "Bare https://a.example/x_(y). [in *line*](https://b.example \"t\"), [ref][r],\n"
                "<https://c.example>, [relative](other.md), `https://no.example` and [r].\n\n"
                "- item [again](https://b.example)\n\n[r]: https://d.example/q\n");
        assert_item(parsed, "external_ref|https://a.example/x_(y)|url=https://a.example/x_(y)");
        assert_item(
                parsed,
                "external_ref|[in *line*](https://b.example \"t\")|url=https://b.example|label=in line");
        assert_item(parsed, "external_ref|[ref][r]|url=https://d.example/q|label=ref");
        assert_item(parsed, "external_ref|[r]|url=https://d.example/q|label=r");
        assert_item(parsed, "external_ref|https://c.example|url=https://c.example");
        assert_item(parsed,
                    "external_ref|[again](https://b.example)|url=https://b.example|label=again");
        g_assert_cmpuint(count_items(parsed, "external_ref"), ==, 6);
        g_autoptr(Parsed) same = parse("a.md", "[https://x.example](https://x.example)");
        g_assert_cmpuint(count_items(same, "external_ref"), ==, 1);
}

static void test_tables_give_rows_by_header(void)
{
        g_autoptr(Parsed) parsed =
                parse("a.md", "| Näme | Price |\n|---|--:|\n| Apple \\| x | `3` |\n| \"q\" |\n\n"
                              "a | b\n--|--\n1 | 2\n");
        assert_item(parsed,
                    "table_row|Apple \\| x | `3`|row={\"Näme\":\"Apple | x\",\"Price\":\"3\"}");
        assert_item(parsed, "table_row|\"q\"|row={\"Näme\":\"\\\"q\\\"\"}");
        assert_item(parsed, "table_row|1 | 2|row={\"a\":\"1\",\"b\":\"2\"}");
}

static void test_code_blocks_have_language_and_first_symbol(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.md",
                "```python\nimport x\ndef foo(a):\n    pass\n```\n\n> ```{.c .x}\n> static int "
                "bar(void)\n> {\n> ```\n\n~~~\nplain\n~~~\n\n```sql\nCREATE TABLE IF NOT "
                "EXISTS t1 (a);\n```\n\n```unclosed\nlast");
        assert_item(parsed,
                    "code_block|import x\ndef foo(a):\n    pass|language=python|symbol=foo");
        assert_item(parsed, "code_block|static int bar(void)\n> {|language=c|symbol=bar");
        assert_item(parsed, "code_block|plain");
        assert_item(parsed, "code_block|CREATE TABLE IF NOT EXISTS t1 (a);|language=sql|symbol=t1");
        assert_item(parsed, "code_block|last|language=unclosed");
}

static void test_ordered_lists_are_procedures_under_their_heading(void)
{
        g_autoptr(Parsed) parsed =
                parse("a.md", "## Install it\n\n1. Do *this*\n2. Do that\n   - nested\n"
                              "3. Done\n\n## One\n\n1. only\n");
        assert_item(parsed,
                    "procedure|1. Do *this*\n2. Do that\n   - nested\n3. Done|title=Install "
                    "it|steps=[\"Do this\",\"Do that\",\"Done\"]");
        g_assert_cmpuint(count_items(parsed, "procedure"), ==, 1);
}

static void test_citations_of_every_style(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.md",
                "Bees starve (Smith et al., 2019; Müller & Co, 2020b). So Knuth (1984) says.\n"
                "Some say more [2], others too [1-3]. It is summed up in [@doe1999].\n\n"
                "Look at doi:10.1000/xyz-1. And arXiv:2101.00001v2 there.\n\n"
                "As a link https://doi.org/10.5555/12345678 too.\n\n"
                "## References\n\n"
                "- Knuth, D. E. Literate Programming. 1984.\n"
                "- Müller, A. and Co, B. Hives. 2020.\n\n"
                "[1] A. Roe, *Hives*, 1999.\n"
                "[2] B. Roe, *Combs*, 2001,\n    second part.\n"
                "[3] https://example.org/paper\n");
        assert_item(parsed, "citation|Bees starve (Smith et al., 2019; Müller & Co, 2020b).|"
                            "key=Smith et al. 2019|style=author-year");
        assert_item(parsed, "citation|Bees starve (Smith et al., 2019; Müller & Co, 2020b).|"
                            "key=Müller & Co 2020b|style=author-year");
        assert_item(parsed, "citation|So Knuth (1984) says.|key=Knuth 1984|style=author-year");
        assert_item(parsed, "citation|Some say more [2], others too [1-3].|"
                            "key=B. Roe, *Combs*, 2001, second part.|style=numeric");
        assert_item(parsed, "citation|Some say more [2], others too [1-3].|"
                            "key=https://example.org/paper|style=numeric");
        assert_item(parsed, "citation|It is summed up in [@doe1999].|key=doe1999|style=bibtex");
        assert_item(parsed, "citation|Look at doi:10.1000/xyz-1.|key=10.1000/xyz-1|style=doi");
        assert_item(parsed, "citation|As a link https://doi.org/10.5555/12345678 too.|"
                            "key=10.5555/12345678|style=doi");
        assert_item(parsed, "citation|And arXiv:2101.00001v2 there.|key=2101.00001v2|style=arxiv");
        g_assert_cmpuint(count_items(parsed, "citation"), ==, 11); /* [2] twice */
}

static void test_what_looks_like_a_citation_is_none(void)
{
        static const char *const texts[] = {
                "It was released (June 1995) and again (April 2013); see (Windows, 2000).",
                "The Society (2014) and Press (1996) and (Berlin, 2019).",
                "Mail a.b1999@example.org, @jane, @john1984 and [@ewie](https://x.example/).",
                "Use `@scope/pkg2019`, @babel/eslint-parser and [@types/node2019].",
                "@override\n@param x1999 y\n@media (min-width: 2000px)\n",
                "printf@GLIBC_2.3 (GLIBC 2000)",
                "An array[3], a list [1, 2], and [0] or [[1], [2]] say nothing [4].",
                "[1] 3 4 5\n[2] 6 7\n\nThe printed [1] and [2] are output.",
                "A remark [1].\n\n[1] This one only explains what was meant.\n",
                "deprecated, [1], [2]\nremoved, [1]\n",
                "One [1] of many.\n\n[1] Twice given, 1999.\n\n[1] Twice given, 2001.\n",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
                for (const char *const *name = (const char *const[]){"a.md", "a.txt", NULL}; *name;
                     name++) {
                        g_autoptr(Parsed) parsed = parse(*name, texts[i]);
                        g_test_message("%s", texts[i]);
                        g_assert_cmpuint(count_items(parsed, "citation"), ==, 0);
                }
}

static void test_addresses_are_whole_and_public(void)
{
        g_autoptr(Parsed) parsed = parse(
                "a.txt",
                "See https://a.example/b(c)_d. Or “https://b.example/x”, (http://c.example/), "
                "看 https://d.example/页。然后 http://, http://localhost:80/x, "
                "http://<host>/x, https://e.example/<name>/y, https://f.example/${id}, "
                "https://g.example/%s/z, http://host/x, https://h.example/a%20b!");
        assert_item(parsed, "external_ref|https://a.example/b(c)_d|url=https://a.example/b(c)_d");
        assert_item(parsed, "external_ref|https://b.example/x|url=https://b.example/x");
        assert_item(parsed, "external_ref|http://c.example/|url=http://c.example/");
        assert_item(parsed, "external_ref|https://d.example/页|url=https://d.example/页");
        assert_item(parsed, "external_ref|https://h.example/a%20b|url=https://h.example/a%20b");
        g_assert_cmpuint(count_items(parsed, "external_ref"), ==, 5);
}

static void test_numbered_lists_that_order_nothing_are_no_procedures(void)
{
        static const char *const texts[] = {
                "# License\n\n1. Keep the notice.\n2. Give it to others.\n",
                "1. Redistributions of source code must retain the notice.\n"
                "2. Redistributions in binary form must reproduce the notice.\n",
                "## Limits\n\n1. Time zone offsets may have fractions.\n2. The T is optional.\n",
                "# Table of contents\n\n1. Install\n2. Use\n3. Remove\n",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(Parsed) parsed = parse("a.md", texts[i]);
                g_assert_cmpuint(count_items(parsed, "procedure"), ==, 0);
        }
        g_autoptr(Parsed) versions = parse("a.md", "1. 25.x\n2. 24.x\n3. 23.x\n");
        g_assert_cmpuint(count_items(versions, "procedure"), ==, 0);
        g_autoptr(Parsed) steps = parse("a.md", "1. First, open the lid.\n2. If it is hot, wait.\n"
                                                "3. `make` it\n4. Then stir.\n");
        g_assert_cmpuint(count_items(steps, "procedure"), ==, 1);
        g_autoptr(Parsed) german = parse("a.md", "1. Öffne den Kasten\n2. Prüfe die Waben\n"
                                                 "3. Schließe den Kasten\n");
        g_assert_cmpuint(count_items(german, "procedure"), ==, 1);
}

static void test_symbols_are_what_code_defines(void)
{
        static const struct {
                const char *code, *symbol;
        } cases[] = {
                {"use Error qw(:try);\nsub work { }", "work"},
                {"type of the thing\nis class of its own", NULL},
                {"const xmlChar *name;\n", NULL},
                {"typedef unsigned (*call)(int);\nint run(void)\n{", "run"},
                {"// class representing\nclass Real:\n", "Real"},
                {"const limit = 3", "limit"},
                {"impl Shape for Circle {", "Shape"},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *symbol = scan_symbol(cases[i].code, strlen(cases[i].code));
                g_assert_cmpstr(symbol, ==, cases[i].symbol);
        }
        g_autoptr(Parsed) file = parse("a.c", "/* A licence\n * of words */\n#include <x.h>\n\n"
                                              "int run(void)\n{\n}\n");
        assert_item(file, "code_block|int run(void)\n{\n}|language=c|symbol=run");
        g_autoptr(Parsed) shell = parse("a.sh", "#!/bin/sh\n# A licence\n\necho hello\n");
        assert_item(shell, "code_block|echo hello|language=sh");
        g_autoptr(Parsed) data = parse("a.json", "{\"type\": 1}");
        g_assert_cmpuint(count_items(data, "code_block"), ==, 0);
}

static void test_two_brackets_are_links_between_pages_only(void)
{
        g_autoptr(Parsed) parsed =
                parse("a.md", "[[Page|the page]] [[Other#Part]] ![[fig.png]] [[#Here]]\n\n"
                              "if [[ -f x ]]; [[$a == b]] [[1, 2]] [[text]](https://a.example/)\n");
        assert_item(parsed, "wikilink|[[Page|the page]]|target=Page|label=the page");
        assert_item(parsed, "wikilink|[[Other#Part]]|target=Other");
        assert_item(parsed, "wikilink|![[fig.png]]|target=fig.png");
        g_assert_cmpuint(count_items(parsed, "wikilink"), ==, 3);
}

static void test_deep_blockquotes_are_refused(void)
{
        g_autofree char *deep = g_strnfill(10000, '>');
        g_autoptr(Parsed) parsed = parse_bytes("a.md", deep, 10000);
        g_assert_error(parsed->error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(parsed->error->message, "MARKDOWN_QUOTES_MAX"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/markdown/text-is-the-source", test_text_is_the_source);
        g_test_add_func("/markdown/map-has-lines", test_map_has_the_beginning_of_each_line);
        g_test_add_func("/markdown/front-matter", test_front_matter_gives_leaves_with_their_lines);
        g_test_add_func("/markdown/broken-front-matter",
                        test_broken_front_matter_costs_itself_only);
        g_test_add_func("/markdown/yaml-bombs", test_yaml_bombs_are_not_expanded);
        g_test_add_func("/markdown/wikilinks", test_wikilinks_outside_code_only);
        g_test_add_func("/markdown/links", test_links_of_every_kind);
        g_test_add_func("/markdown/tables", test_tables_give_rows_by_header);
        g_test_add_func("/markdown/code", test_code_blocks_have_language_and_first_symbol);
        g_test_add_func("/markdown/procedures",
                        test_ordered_lists_are_procedures_under_their_heading);
        g_test_add_func("/markdown/citations", test_citations_of_every_style);
        g_test_add_func("/markdown/no-citations", test_what_looks_like_a_citation_is_none);
        g_test_add_func("/markdown/addresses", test_addresses_are_whole_and_public);
        g_test_add_func("/markdown/no-procedures",
                        test_numbered_lists_that_order_nothing_are_no_procedures);
        g_test_add_func("/markdown/symbols", test_symbols_are_what_code_defines);
        g_test_add_func("/markdown/two-brackets", test_two_brackets_are_links_between_pages_only);
        g_test_add_func("/markdown/deep-blockquotes", test_deep_blockquotes_are_refused);
        return g_test_run();
}
