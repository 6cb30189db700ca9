/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written of a module: all of it or nothing, in place of what there was.
 * Seen to fail: symbols of before left; the unit left of a file that has none any more; edges deleted with the symbols; ids of
 * neighbours deleted, too; places always or never written; what lies in a body called named; edges without an end; parsed_at
 * changed by a touch; churn forgotten. */
#include "code/rows.h"

#include <string.h>

#include "works.h"

/* A module as a test writes it. */
typedef struct Written {
        uint32_t id;
        const char *path, *text; /* NULL: it could not be read */
        uint32_t next;           /* an index that none had; 0: there were none before */
        const GError *error;
        bool fail; /* the write, behind all of it */
} Written;

typedef struct Writing {
        const Written *written;
        ModuleRow row;
} Writing;

static bool write_module(Db *db, void *data, GError **error)
{
        const Writing *writing = data;

        if (!rows_write_module(db, &writing->row, error))
                return false;
        return !writing->written->fail || db_execute(db, "SELECT nothing", error);
}

static void put(Works *works, const Written *written)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GHashTable) before = g_hash_table_new(g_int64_hash, g_int64_equal);
        WriteOptions options = {.actor = access_actor(works->human)};
        FoundFile file = {.path = (char *)written->path,
                          .bytes = 10,
                          .mtime = 20,
                          .ctime = 30,
                          .language = unit_language_of(written->path)};
        size_t bytes = 0;
        Unit unit;
        g_autofree void *block =
                written->text ? works_unit(works, written->path, written->text, &bytes, &unit)
                              : NULL;
        SymbolsOf of = {"repo-1", written->path, written->next ? before : NULL, written->next};
        g_autoptr(Symbols) symbols = block ? symbols_new(&unit, &of) : NULL;
        uint64_t hash = 77;
        Writing writing = {written,
                           {.id = written->id,
                            .repository = 1,
                            .file = &file,
                            .hash = block ? &hash : NULL,
                            .header = block ? unit.header : NULL,
                            .unit = block ? &unit : NULL,
                            .maker = 4002,
                            .block = block,
                            .block_bytes = bytes,
                            .symbols = symbols,
                            .error = written->error}};

        bool ok = store_write(works->vault, &options, write_module, &writing, &error);
        g_assert_cmpint(ok, ==, !written->fail);
}

#define PUT(works, ...) put(works, &(const Written){__VA_ARGS__})

static void assert_text(Works *works, const char *sql, const char *expected)
{
        g_autofree char *text = works_text(works, sql);

        g_assert_cmpstr(text, ==, expected);
}

#define NAMES                                                                                               \
        "SELECT group_concat((id - (1 << 20)) || ' ' || name || coalesce(' ' || qualified_name, ''), ', ')" \
        " FROM (SELECT * FROM code_symbols WHERE id >> 20 = 1 ORDER BY id)"
#define ROW                                                                                                            \
        "SELECT folder || ' ' || path || ' ' || language || ' ' || kind || ' ' || bytes || ' ' || lines || ' ' ||"     \
        " symbols || ' ' || next_symbol || ' ' || linked || ' ' || coalesce(hash, '-') || ' ' || coalesce(error, '-')" \
        " FROM code_modules WHERE id = 1"

static void test_a_module_is_its_row_its_unit_and_its_symbols(Works *works, const void *data)
{
        PUT(works, 1, "src/a.py",
            "class C:\n    def m(self):\n        x = 1\n\ndef f():\n    def g(): pass\n");
        assert_text(works, ROW, "src src/a.py python lib 10 6 4 5 0 77 -");
        assert_text(works, NAMES, "0 C, 1 m C.m, 3 f, 4 g f.g");
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_units WHERE module = 1 AND"
                                           " places IS NULL AND length(unit) > 0"),
                        ==, 1);
        assert_text(works, "SELECT folder FROM code_modules", "src");
        PUT(works, 2, "top.py", "");
        assert_text(works, "SELECT folder || lines || symbols FROM code_modules WHERE id = 2",
                    "00");
}

/* What lies in a body can be named by nobody else. */
static void test_what_others_can_name_is_marked(Works *works, const void *data)
{
        PUT(works, 1, "a.py",
            "class C:\n    def m(self):\n        pass\n\ndef f():\n    def g(): pass\n");
        g_autofree char *sql = g_strdup_printf(
                "SELECT group_concat(name, ' ') FROM (SELECT name FROM code_symbols WHERE flags & %d"
                " ORDER BY id)",
                SYMBOL_NAMED);
        assert_text(works, sql, "C m f");
}

static void test_what_there_was_is_replaced(Works *works, const void *data)
{
        PUT(works, 1, "a.py", "def f(): pass\ndef g(): pass\n");
        PUT(works, 2, "b.py", "def h(): pass\n");
        works_sql(works, "INSERT INTO code_edges (id, repository, kind, class, line, column) VALUES"
                         " (1 << 20, 1, 2, 1, 1, 0), (2 << 20, 1, 2, 1, 1, 0)");
        works_sql(works, "UPDATE code_modules SET churn = 9, linked = 1");
        PUT(works, 1, "a.py", "def k(): pass\n", .next = 2);
        assert_text(works, NAMES, "2 k");
        assert_text(works, "SELECT churn || ' ' || linked FROM code_modules WHERE id = 1", "9 0");
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_edges"), ==, 2);
        g_assert_cmpint(works_count(works, "SELECT linked FROM code_modules WHERE id = 2"), ==, 1);
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_symbols WHERE id >> 20 = 2"),
                        ==, 1);
        /* which index it has does not follow from the unit any more */
        assert_text(works, "SELECT hex(places) FROM code_units WHERE module = 1", "02000000");
}

static void test_a_file_that_cannot_be_read_says_why(Works *works, const void *data)
{
        g_autoptr(GError) why = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                                    "the file has too many bytes");

        PUT(works, 1, "a.py", "def f(): pass\n");
        PUT(works, 1, "a.py", NULL, .error = why);
        assert_text(works, ROW, " a.py python lib 10 0 0 0 0 - LIMIT");
        assert_text(works, "SELECT reason FROM code_modules", "the file has too many bytes");
        g_assert_cmpint(works_count(works, "SELECT (SELECT count(*) FROM code_units)"
                                           " + (SELECT count(*) FROM code_symbols)"),
                        ==, 0);
        PUT(works, 1, "a.py", "def f(): pass\n");
        assert_text(works, ROW, " a.py python lib 10 1 1 1 0 77 -");
        assert_text(works, "SELECT coalesce(reason, '-') FROM code_modules", "-");
}

static void test_a_write_that_fails_leaves_what_there_was(Works *works, const void *data)
{
        PUT(works, 1, "a.py", "def f(): pass\n");
        PUT(works, 1, "a.py", "def g(): pass\ndef h(): pass\n", .fail = true);
        PUT(works, 2, "b.py", "def k(): pass\n", .fail = true);
        assert_text(works, NAMES, "0 f");
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_modules"), ==, 1);
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_units"), ==, 1);
}

/* ---- small ones ---- */

static bool touch_work(Db *db, void *data, GError **error)
{
        return rows_touch_module(db, 1, data, error);
}

static void test_a_touch_changes_times_and_size_only(Works *works, const void *data)
{
        FoundFile file = {.path = (char *)"a.py", .bytes = 11, .mtime = 21, .ctime = 31};

        PUT(works, 1, "a.py", "def f(): pass\n");
        works_sql(works, "UPDATE code_modules SET linked = 1, parsed_at = 5, mentioned_at = 5");
        works_write(works, touch_work, &file);
        assert_text(works, ROW, " a.py python lib 11 1 1 1 1 77 -");
        assert_text(works,
                    "SELECT mtime || ' ' || ctime || ' ' || parsed_at || ' ' || mentioned_at"
                    " FROM code_modules",
                    "21 31 5 5");
}

static bool link_work(Db *db, void *data, GError **error)
{
        return rows_mark_linked(db, 1, error) && rows_mark_linked(db, 2, error) &&
               rows_unlink_module(db, 2, error) && rows_unlink_module(db, 99, error);
}

static bool delete_work(Db *db, void *data, GError **error)
{
        return rows_delete_module(db, 1, error) && rows_delete_module(db, 99, error);
}

static void test_modules_are_linked_and_not_and_go(Works *works, const void *data)
{
        PUT(works, 1, "a.py", "def f(): pass\n");
        PUT(works, 2, "b.py", "def f(): pass\n");
        works_write(works, link_work, NULL);
        assert_text(
                works,
                "SELECT group_concat(linked) FROM (SELECT linked FROM code_modules ORDER BY id)",
                "1,0");
        works_sql(works, "INSERT INTO code_edges (id, repository, kind, class, line, column) VALUES"
                         " ((1 << 20) - 1, 1, 2, 1, 1, 0), (1 << 20, 1, 2, 1, 1, 0),"
                         " ((2 << 20) - 1, 1, 2, 1, 1, 0), (2 << 20, 1, 2, 1, 1, 0)");
        works_sql(works, "INSERT INTO code_consultations VALUES (1, x'01000000')");
        works_write(works, delete_work, NULL);
        assert_text(works, "SELECT group_concat(id) FROM (SELECT id FROM code_edges ORDER BY id)",
                    "1048575,2097152");
        g_assert_cmpint(works_count(works,
                                    "SELECT sum(n) FROM (SELECT count(*) AS n FROM code_modules"
                                    " UNION ALL SELECT count(*) FROM code_units"
                                    " UNION ALL SELECT count(*) FROM code_symbols"
                                    " UNION ALL SELECT count(*) FROM code_consultations)"),
                        ==, 4);
}

/* ---- edges ---- */

static bool edges_work(Db *db, void *data, GError **error)
{
        return rows_write_edges(db, 1, 1, data, error);
}

static void put_edges(Works *works, const EdgeRow *edges, unsigned count)
{
        g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(EdgeRow));

        g_array_append_vals(rows, edges, count);
        works_write(works, edges_work, rows);
}

static void test_edges_are_replaced_in_their_order(Works *works, const void *data)
{
        const EdgeRow edges[] = {
                {UNIT_SITE_CALLS, LINK_EXACT, 0, 7, 4, symbol_id(2, 5), NULL},
                {UNIT_SITE_IMPORTS, LINK_EXTERNAL, UNIT_NONE, 1, 0, EDGE_NO_TARGET, "os"}};

        PUT(works, 1, "a.py", "def f(): pass\n");
        put_edges(works, edges, 2);
        g_autofree char *sql = g_strdup_printf(
                "SELECT group_concat((id - (1 << 20)) || ' ' || coalesce(source, '-') || ' ' || kind || ' ' || class"
                " || ' ' || line || ' ' || column || ' ' || coalesce(target, '-') || ' ' || coalesce(name, '-'), ', ')"
                " FROM code_edges");
        assert_text(works, sql, "0 0 2 1 7 4 2097157 -, 1 - 1 6 1 0 - os");
        g_assert_cmpint(works_count(works, "SELECT edges FROM code_modules"), ==, 2);
        put_edges(works, edges + 1, 1);
        assert_text(works, sql, "0 - 1 6 1 0 - os");
        put_edges(works, edges, 0);
        g_assert_cmpint(
                works_count(works,
                            "SELECT edges + (SELECT count(*) FROM code_edges) FROM code_modules"),
                ==, 0);
}

/* Those of a module's neighbour begin where its own would end. */
static void test_edges_beyond_the_limit_are_left_out(Works *works, const void *data)
{
        const EdgeRow edge = {
                UNIT_SITE_CALLS, LINK_UNRESOLVED, UNIT_NONE, 1, 0, EDGE_NO_TARGET, "f"};
        g_autofree EdgeRow *edges = g_new(EdgeRow, MODULE_EDGES_MAX + 2);

        for (unsigned i = 0; i < MODULE_EDGES_MAX + 2; i++)
                edges[i] = edge;
        PUT(works, 1, "a.py", "");
        put_edges(works, edges, MODULE_EDGES_MAX + 2);
        g_assert_cmpint(works_count(works, "SELECT edges FROM code_modules"), ==, MODULE_EDGES_MAX);
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_edges"), ==,
                        MODULE_EDGES_MAX);
        g_assert_cmpint(works_count(works, "SELECT max(id) >> 20 FROM code_edges"), ==, 1);
        put_edges(works, edges, 1);
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_edges"), ==, 1);
}

#define WORKS_TEST(path, func) g_test_add(path, Works, NULL, works_setup, func, works_teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        WORKS_TEST("/rows/a-module-is-its-row-its-unit-and-its-symbols",
                   test_a_module_is_its_row_its_unit_and_its_symbols);
        WORKS_TEST("/rows/what-others-can-name-is-marked", test_what_others_can_name_is_marked);
        WORKS_TEST("/rows/what-there-was-is-replaced", test_what_there_was_is_replaced);
        WORKS_TEST("/rows/a-file-that-cannot-be-read-says-why",
                   test_a_file_that_cannot_be_read_says_why);
        WORKS_TEST("/rows/a-write-that-fails-leaves-what-there-was",
                   test_a_write_that_fails_leaves_what_there_was);
        WORKS_TEST("/rows/a-touch-changes-times-and-size-only",
                   test_a_touch_changes_times_and_size_only);
        WORKS_TEST("/rows/modules-are-linked-and-not-and-go",
                   test_modules_are_linked_and_not_and_go);
        WORKS_TEST("/rows/edges-are-replaced-in-their-order",
                   test_edges_are_replaced_in_their_order);
        WORKS_TEST("/rows/edges-beyond-the-limit-are-left-out",
                   test_edges_beyond_the_limit_are_left_out);
        return g_test_run();
}
