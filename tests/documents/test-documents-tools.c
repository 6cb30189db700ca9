/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tools refuse, and the pages of lists and texts. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void refuse_path(Fixture *fixture, const char *path, OuroborosError code, const char *words)
{
        g_autoptr(JsonObject) args = json_object_new();
        json_set_string(args, "path", path);
        g_autofree char *text = json_print_object(args);
        fixture_fail(fixture, "register_root", text, code, words);
}

static void test_bad_roots_are_refused(void)
{
        Fixture *fixture = fixture_new();
        g_autofree char *inside = g_build_filename(fixture->paths->vault, "x", NULL);
        g_autofree char *missing = g_build_filename(fixture->temp, "missing", NULL);
        g_autofree char *file = g_build_filename(fixture->files, "file.txt", NULL);
        g_autofree char *around = g_build_filename(fixture->files, "..", "ouroboros", NULL);
        g_autofree char *link = g_build_filename(fixture->temp, "link", NULL);
        g_autofree char *longest = g_strnfill(5000, '/');
        fixture_write(fixture, "file.txt", "x");
        g_assert_cmpint(mkdir(inside, 0700), ==, 0);
        g_assert_cmpint(symlink(fixture->paths->vault, link), ==, 0);
        refuse_path(fixture, "relative/path", OUROBOROS_ERROR_INVALID, "absolute");
        refuse_path(fixture, "/", OUROBOROS_ERROR_INVALID, "whole machine");
        refuse_path(fixture, "/proc/self", OUROBOROS_ERROR_INVALID, "kernel");
        refuse_path(fixture, fixture->paths->vault, OUROBOROS_ERROR_INVALID, "own data");
        refuse_path(fixture, inside, OUROBOROS_ERROR_INVALID, "own data");
        refuse_path(fixture, around, OUROBOROS_ERROR_INVALID, "own data");
        refuse_path(fixture, link, OUROBOROS_ERROR_INVALID, "own data");
        refuse_path(fixture, missing, OUROBOROS_ERROR_NOT_FOUND, "missing");
        refuse_path(fixture, file, OUROBOROS_ERROR_INVALID, "not a folder");
        refuse_path(fixture, longest, OUROBOROS_ERROR_LIMIT, "FOLDER_PATH_BYTES_MAX");
        refuse_path(fixture, "", OUROBOROS_ERROR_INVALID, "path");
        fixture_expect(fixture, "SELECT count(*) FROM roots", "0");
        fixture_free(fixture);
}

static void refuse_option(Fixture *fixture, const char *option, OuroborosError code,
                          const char *words)
{
        g_autofree char *args = g_strdup_printf("{\"path\": \"%s\", %s}", fixture->files, option);
        fixture_fail(fixture, "register_root", args, code, words);
}

static void test_bad_options_are_refused(void)
{
        Fixture *fixture = fixture_new();
        refuse_option(fixture, "\"profile\": \"poem\"", OUROBOROS_ERROR_INVALID, "code-doc");
        refuse_option(fixture, "\"features\": [\"rhymes\"]", OUROBOROS_ERROR_INVALID, "rhymes");
        refuse_option(fixture, "\"include\": [\"../x\"]", OUROBOROS_ERROR_INVALID, "include");
        refuse_option(fixture, "\"exclude\": [\"\"]", OUROBOROS_ERROR_INVALID, "exclude");
        refuse_option(fixture, "\"max_file_bytes\": 99999999999", OUROBOROS_ERROR_LIMIT,
                      "ROOT_FILE_BYTES_MAX");
        fixture_expect(fixture, "SELECT count(*) FROM roots", "0");
        fixture_free(fixture);
}

static void test_unknown_ids_are_not_found(void)
{
        static const char *const calls[][2] = {
                {"remove_root", "root_id"},           {"rescan_root", "root_id"},
                {"list_documents", "root_id"},        {"get_document", "document_id"},
                {"get_document_text", "document_id"},
        };
        static const char *const ids[] = {"root-00000000000000000000000000000000",
                                          "doc-00000000000000000000000000000000", "nonsense", ""};
        Fixture *fixture = fixture_new();
        for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
                for (size_t j = 0; j < G_N_ELEMENTS(ids); j++) {
                        g_autofree char *args =
                                g_strdup_printf("{\"%s\": \"%s\"}", calls[i][1], ids[j]);
                        fixture_fail(fixture, calls[i][0], args, OUROBOROS_ERROR_NOT_FOUND, "");
                }
        fixture_free(fixture);
}

static void test_registering_again_changes_what_is_given(void)
{
        Fixture *fixture = fixture_new();
        g_autofree char *first =
                fixture_register(fixture, ", \"profile\": \"legal\", \"exclude\": [\"*.x\"]");
        g_autofree char *same = fixture_register(fixture, "");
        g_autofree char *second = fixture_register(fixture, ", \"max_file_bytes\": 77");
        g_assert_cmpstr(first, ==, same);
        g_assert_cmpstr(first, ==, second);
        fixture_expect(fixture, "SELECT profile || exclude || max_file_bytes FROM roots",
                       "legal[\"*.x\"]77");
        fixture_expect(fixture, "SELECT count(*) FROM mutations WHERE table_name = 'roots'", "2");
        fixture_free(fixture);
}

static void test_lists_come_in_pages(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        for (int i = 0; i < 25; i++) {
                g_autofree char *path = g_strdup_printf("f%02d.txt", i);
                fixture_write(fixture, path, "x");
        }
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        g_autofree char *after = g_strdup("");
        unsigned seen = 0, pages = 0;
        do {
                g_autoptr(JsonObject) page = fixture_call(
                        fixture, "list_documents",
                        "{\"root_id\": \"%s\", \"limit\": 10, \"after\": \"%s\"}", root, after);
                JsonArray *rows = json_object_get_array_member(page, "documents");
                for (unsigned i = 0; i < json_array_get_length(rows); i++, seen++) {
                        g_autofree char *path = g_strdup_printf("f%02u.txt", seen);
                        g_assert_cmpstr(json_object_get_string_member(
                                                json_array_get_object_element(rows, i), "path"),
                                        ==, path);
                }
                g_free(after);
                after = g_strdup(json_member_string(page, "next", NULL));
                g_assert_cmpuint(++pages, <=, 3);
        } while (after);
        g_assert_cmpuint(seen, ==, 25);
        fixture_fail(fixture, "list_documents", "{\"after\": \"bad\"}", OUROBOROS_ERROR_STALE, "");
        fixture_free(fixture);
}

/* Seen to fail: with the case of letters, without the title, with ids that have it in the middle. */
static void test_documents_are_found_by_what_they_are_called(void)
{
        static const struct {
                const char *matching, *path;
        } cases[] = {{"LEASE", "old/Lease.md"},
                     {"old/", "old/Lease.md"},
                     {"tenancy", "old/Lease.md"},
                     {"rent", "rent_100%.md"},
                     {"%", "rent_100%.md"},
                     {"doc-", NULL},
                     {"oc-", NULL}};

        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "old/Lease.md", "# Tenancy agreement\n\nText.\n");
        fixture_write(fixture, "rent_100%.md", "# Money\n\nText.\n");
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonObject) page = fixture_call(
                        fixture, "list_documents", "{\"matching\": \"%s\"}", cases[i].matching);
                JsonArray *rows = json_object_get_array_member(page, "documents");
                unsigned count = g_str_equal(cases[i].matching, "doc-") ? 2 : cases[i].path ? 1 : 0;
                g_assert_cmpuint(json_array_get_length(rows), ==, count);
                if (cases[i].path)
                        g_assert_cmpstr(json_object_get_string_member(
                                                json_array_get_object_element(rows, 0), "path"),
                                        ==, cases[i].path);
        }
        fixture_free(fixture);
}

static void test_text_comes_in_pieces(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "a.txt", "ä1\nö2\nü3\n");
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        g_autofree char *id = fixture_select(fixture, "SELECT id FROM documents");
        g_autoptr(JsonObject) piece =
                fixture_call(fixture, "get_document_text",
                             "{\"document_id\": \"%s\", \"char_start\": 3, \"char_end\": 5}", id);
        g_assert_cmpstr(json_object_get_string_member(piece, "text"), ==, "ö2");
        g_assert_cmpint(json_object_get_int_member(piece, "line"), ==, 2);
        g_assert_cmpint(json_object_get_int_member(piece, "next_start"), ==, 5);
        g_assert_cmpint(json_object_get_int_member(piece, "total_chars"), ==, 9);
        g_autoptr(JsonObject) all =
                fixture_call(fixture, "get_document_text", "{\"document_id\": \"%s\"}", id);
        g_assert_cmpstr(json_object_get_string_member(all, "text"), ==, "ä1\nö2\nü3\n");
        g_assert_true(json_object_get_null_member(all, "next_start"));
        g_autofree char *beyond =
                g_strdup_printf("{\"document_id\": \"%s\", \"char_start\": 10}", id);
        fixture_fail(fixture, "get_document_text", beyond, OUROBOROS_ERROR_INVALID, "9 characters");
        g_autofree char *backwards = g_strdup_printf(
                "{\"document_id\": \"%s\", \"char_start\": 5, \"char_end\": 3}", id);
        fixture_fail(fixture, "get_document_text", backwards, OUROBOROS_ERROR_INVALID, "");
        fixture_free(fixture);
}

static void test_open_gives_the_bytes(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "a.txt", "the bytes");
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        g_autofree char *id = fixture_select(fixture, "SELECT id FROM documents");
        g_autoptr(GError) error = NULL;
        char buffer[32] = "";
        int fd = documents_open(fixture->documents, fixture->human, id, &error);
        g_assert_no_error(error);
        g_assert_cmpint(read(fd, buffer, sizeof(buffer) - 1), ==, 9);
        g_assert_cmpstr(buffer, ==, "the bytes");
        g_assert_cmpint(write(fd, "x", 1), ==, -1);
        (void)close(fd);
        g_assert_cmpint(documents_open(fixture->documents, fixture->human, "doc-0", &error), ==,
                        -1);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        fixture_free(fixture);
}

static void test_scoped_connections_cannot_add_roots(void)
{
        Fixture *fixture = fixture_new();
        const char *const none[] = {NULL};
        g_autoptr(GError) error = NULL;
        g_autoptr(Scope) scope = scope_new(none);
        access_unref(fixture->human);
        fixture->human =
                access_new_agent("conn-00000000000000000000000000000001", "agent", NULL, scope);
        g_autofree char *args = g_strdup_printf("{\"path\": \"%s\"}", fixture->files);
        fixture_fail(fixture, "register_root", args, OUROBOROS_ERROR_DENIED, "scope");
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func("/documents-tools/" name, test)
        ADD("bad-roots-are-refused", test_bad_roots_are_refused);
        ADD("bad-options-are-refused", test_bad_options_are_refused);
        ADD("unknown-ids-are-not-found", test_unknown_ids_are_not_found);
        ADD("registering-again-changes-what-is-given",
            test_registering_again_changes_what_is_given);
        ADD("lists-come-in-pages", test_lists_come_in_pages);
        ADD("documents-are-found-by-what-they-are-called",
            test_documents_are_found_by_what_they_are_called);
        ADD("text-comes-in-pieces", test_text_comes_in_pieces);
        ADD("open-gives-the-bytes", test_open_gives_the_bytes);
        ADD("scoped-connections-cannot-add-roots", test_scoped_connections_cannot_add_roots);
        return g_test_run();
}
