/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

static const char note[] =
        "---\ntitle: The Heron\nauthor: A. Writer\nstance: upright\n---\n\n"
        "# The Heron\n\nIt waits. See [[Still Water]] and https://example.org/heron.\n";

static void test_files_become_facts(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "birds/heron.md", note);
        fixture_write(fixture, "plain.txt", "Only words.\n");
        g_autofree char *root = fixture_register(fixture, "");
        /* nothing was looked at yet: what says so is what people wait for */
        g_autoptr(JsonObject) begun = fixture_call(fixture, "ingest_status", "{}");
        g_assert_true(json_object_get_boolean_member(begun, "busy"));
        fixture_settle(fixture);
        g_autoptr(JsonObject) status = fixture_call(fixture, "ingest_status", "{}");
        g_autofree char *text = json_print_object(status);
        g_test_message("%s", text);
        g_assert_cmpint(json_object_get_int_member(status, "documents"), ==, 2);
        g_assert_cmpint(json_object_get_int_member(status, "indexed"), ==, 2);
        g_assert_cmpint(json_object_get_int_member(status, "pending"), ==, 0);
        g_assert_false(json_object_get_boolean_member(status, "busy"));
        fixture_expect(
                fixture,
                "SELECT group_concat(predicate || '=' || object, ';') FROM"
                " (SELECT predicate, object FROM facts ORDER BY quote_start, predicate)",
                "title=The Heron;author=A. Writer;frontmatter={\"key\":\"stance\",\"value\":\"upright\"};"
                "links_to=Still Water;references_url=https://example.org/heron");
        fixture_expect(
                fixture,
                "SELECT count(*) FROM facts f JOIN document_text t ON t.sha256 = f.document_hash"
                " WHERE substr(t.text, f.quote_start + 1, f.quote_end - f.quote_start) IS NOT f.quote",
                "0");
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/pipeline/files-become-facts-with-verbatim-quotes",
                        test_files_become_facts);
        return g_test_run();
}
