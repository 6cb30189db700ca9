/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files through the real extractor to rows, and what changes in a folder do to them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

#define LIST                                                                                        \
        "SELECT group_concat(path || ':' || state, ' ') FROM (SELECT d.path, coalesce(s.error, "    \
        "iif(s.indexed, 'indexed', iif(s.searchable, 'searchable', iif(s.wanted, 'waiting', "       \
        "'mute')))) AS state FROM documents d LEFT JOIN document_states s ON s.document_id = d.id " \
        "WHERE d.is_active = 1 ORDER BY d.path)"

static const char note[] =
        "---\ntitle: The Heron\nauthor: A. Writer\nstance: upright\n---\n\n"
        "# The Heron\n\nIt waits. See [[Still Water]] and https://example.org/heron.\n";

/* A fixture with these files ("path", "content", …, NULL), registered and settled. */
static Fixture *settled(const char *const *files)
{
        Fixture *fixture = fixture_new();
        for (unsigned i = 0; files[i]; i += 2)
                fixture_write(fixture, files[i], files[i + 1]);
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        return fixture;
}

static char *path_in(Fixture *fixture, const char *path)
{
        return g_build_filename(fixture->files, path, NULL);
}

static void move(Fixture *fixture, const char *from, const char *to)
{
        g_autofree char *old = path_in(fixture, from);
        g_autofree char *new = path_in(fixture, to);
        g_assert_cmpint(rename(old, new), ==, 0);
}

static void remove_file(Fixture *fixture, const char *path)
{
        g_autofree char *full = path_in(fixture, path);
        g_assert_cmpint(remove(full), ==, 0);
}

static void test_files_become_facts(void)
{
        const char *const files[] = {"birds/heron.md", note, "plain.txt", "Only words.\n", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, files[0], files[1]);
        fixture_write(fixture, files[2], files[3]);
        g_autofree char *root = fixture_register(fixture, "");
        /* nothing was looked at yet: what says so is what people wait for */
        g_autoptr(JsonObject) begun = fixture_call(fixture, "ingest_status", "{}");
        g_assert_true(json_object_get_boolean_member(begun, "busy"));
        fixture_settle(fixture);
        g_autoptr(JsonObject) status = fixture_call(fixture, "ingest_status", "{}");
        g_assert_cmpint(json_object_get_int_member(status, "documents"), ==, 2);
        g_assert_cmpint(json_object_get_int_member(status, "indexed"), ==, 2);
        g_assert_cmpint(json_object_get_int_member(status, "pending"), ==, 0);
        g_assert_false(json_object_get_boolean_member(status, "busy"));
        fixture_expect(fixture,
                       "SELECT group_concat(predicate || '=' || object, ';') FROM"
                       " (SELECT predicate, object FROM facts ORDER BY quote_start, predicate)",
                       "title=The Heron;author=A. Writer;frontmatter={\"key\":\"stance\","
                       "\"value\":\"upright\"};links_to=Still Water;"
                       "references_url=https://example.org/heron");
        fixture_expect(
                fixture,
                "SELECT count(*) FROM facts f JOIN document_text t ON t.sha256 = f.document_hash"
                " WHERE substr(t.text, f.quote_start + 1, f.quote_end - f.quote_start)"
                " IS NOT f.quote",
                "0");
        fixture_expect(
                fixture,
                "SELECT group_concat(name, ';') FROM (SELECT name FROM entities ORDER BY name)",
                "The Heron;plain.txt");
        fixture_free(fixture);
}

static void test_changed_file_is_a_new_version(void)
{
        const char *const files[] = {"a.md", note, NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autofree char *id = fixture_select(fixture, "SELECT id FROM documents");
        fixture_write(fixture, "a.md",
                      "---\ntitle: The Egret\nauthor: A. Writer\n---\nIt flies.\n");
        fixture_expect(fixture,
                       "SELECT object FROM facts WHERE predicate = 'title' AND superseded_at"
                       " IS NULL AND stale_source = 0",
                       "The Egret");
        fixture_expect(fixture, "SELECT id FROM documents", id);
        fixture_expect(fixture, "SELECT count(*) FROM document_text", "2");
        fixture_expect(fixture, "SELECT count(DISTINCT sha256) FROM chunks", "1");
        fixture_expect(fixture, "SELECT stale_source FROM facts WHERE predicate = 'links_to'", "1");
        fixture_expect(fixture, "SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'waits'",
                       "0");
        fixture_expect(fixture, "SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'flies'",
                       "1");
        fixture_free(fixture);
}

/* Moves a file of this content and date to its place, as cp -p, tar and rsync -t do. */
static void put_dated(Fixture *fixture, const char *path, const char *content, time_t date)
{
        const struct timespec times[2] = {{.tv_sec = date}, {.tv_sec = date}};
        g_autofree char *temp = g_build_filename(fixture->temp, "dated", NULL);
        g_autofree char *full = path_in(fixture, path);
        g_assert_true(g_file_set_contents(temp, content, -1, NULL));
        g_assert_cmpint(utimensat(AT_FDCWD, temp, times, 0), ==, 0);
        g_assert_cmpint(rename(temp, full), ==, 0);
}

#define TITLE                                                                                      \
        "SELECT group_concat(object) FROM facts WHERE predicate = 'title' AND superseded_at IS NULL"

static void test_newer_content_wins_whatever_its_date(void)
{
        const char *const files[] = {"a.md", "---\ntitle: Heron one\n---\nIt waits.\n", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        fixture_expect(fixture, TITLE, "Heron one");
        put_dated(fixture, "a.md", "---\ntitle: Heron\n---\nIt waits.\n", 1000000000);
        fixture_expect(fixture, TITLE, "Heron");
        fixture_settle(fixture);
        fixture_expect(fixture,
                       "SELECT observed_at / 1000000 FROM facts WHERE predicate = 'title' AND"
                       " superseded_at IS NULL",
                       "1000000000");
        put_dated(fixture, "a.md", files[1], 900000000); /* and back again */
        fixture_expect(fixture, TITLE, "Heron one");
        fixture_free(fixture);
}

static void test_file_from_the_future_has_facts(void)
{
        const char *const files[] = {"a.md", "---\ntitle: Heron\n---\nIt waits.\n", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        put_dated(fixture, "a.md", "---\ntitle: Egret\n---\nIt flies.\n", 4000000000);
        fixture_expect(fixture, TITLE, "Egret");
        fixture_expect(fixture, "SELECT max(observed_at <= recorded_at) FROM facts", "1");
        fixture_free(fixture);
}

static void test_edit_keeps_the_facts_it_does_not_touch(void)
{
        const char *const files[] = {"a.md", note, NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autofree char *facts = fixture_select(
                fixture, "SELECT group_concat(id) FROM (SELECT id FROM facts ORDER BY id)");
        g_autofree char *sha = fixture_select(fixture, "SELECT sha256 FROM documents");
        g_autofree char *longer = g_strconcat(note, "One more line.\n", NULL);
        fixture_write(fixture, "a.md", longer);
        fixture_expect(fixture, "SELECT count(*) FROM document_text", "2");
        fixture_settle(fixture);
        fixture_expect(fixture, "SELECT group_concat(id) FROM (SELECT id FROM facts ORDER BY id)",
                       facts);
        fixture_expect(fixture, "SELECT count(*) FROM facts WHERE superseded_at IS NOT NULL", "0");
        fixture_expect(fixture, "SELECT DISTINCT document_hash FROM facts", sha);
        fixture_free(fixture);
}

static void test_watching_finds_changes(void)
{
        const char *const files[] = {"stays.txt",     "one",   "goes.txt", "two",
                                     "old/moves.txt", "three", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autofree char *moved =
                fixture_select(fixture, "SELECT id FROM documents WHERE path LIKE 'old/%'");
        remove_file(fixture, "goes.txt");
        fixture_write(fixture, "new/deep/er/file.txt", "four");
        move(fixture, "old", "renamed");
        fixture_expect(fixture, LIST,
                       "new/deep/er/file.txt:indexed renamed/moves.txt:indexed stays.txt:indexed");
        fixture_expect(fixture, "SELECT id FROM documents WHERE path = 'renamed/moves.txt'", moved);
        fixture_settle(fixture);
        fixture_write(fixture, "renamed/later.txt", "five");
        fixture_write(fixture, "new/deep/er/file.txt", "four and more");
        fixture_expect(fixture,
                       "SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'more OR five'",
                       "2");
        fixture_expect(fixture, "SELECT group_concat(path) FROM documents WHERE is_active = 0",
                       "goes.txt");
        fixture_free(fixture);
}

static void test_rescan_without_watching(void)
{
        const char *const files[] = {"a.txt", "one", "b.txt", "two", "same.txt", "three", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autofree char *id =
                fixture_select(fixture, "SELECT id FROM documents WHERE path = 'b.txt'");
        fixture_stop(fixture);
        remove_file(fixture, "a.txt");
        move(fixture, "b.txt", "c.txt");
        g_autofree char *entries = fixture_select(fixture, "SELECT count(*) FROM mutations");
        fixture_start(fixture);
        fixture_settle(fixture);
        fixture_expect(fixture, LIST, "c.txt:indexed same.txt:indexed");
        fixture_expect(fixture, "SELECT id FROM documents WHERE path = 'c.txt'", id);
        fixture_expect(fixture, "SELECT count(*) - 2 FROM mutations", entries);
        fixture_write(fixture, "a.txt", "back");
        fixture_expect(fixture, LIST, "a.txt:indexed c.txt:indexed same.txt:indexed");
        fixture_expect(fixture, "SELECT count(*) FROM documents", "3");
        fixture_free(fixture);
}

static void test_equal_files_share_one_text(void)
{
        const char *const files[] = {"a.md", note, "b.md", note, "c/d.md", note, NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        fixture_expect(fixture, LIST, "a.md:indexed b.md:indexed c/d.md:indexed");
        fixture_expect(fixture, "SELECT count(*) FROM document_text", "1");
        fixture_expect(fixture, "SELECT count(DISTINCT entity_id) FROM facts", "3");
        remove_file(fixture, "a.md");
        fixture_expect(fixture, LIST, "b.md:indexed c/d.md:indexed");
        fixture_expect(fixture, "SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'waits'",
                       "1");
        fixture_free(fixture);
}

static void test_hidden_files_stay_out(void)
{
        const char *const files[] = {".git/config", "x",       "node_modules/p/readme.md",
                                     "x",           ".secret", "x",
                                     "sub/.env",    "x",       "seen.txt",
                                     "x",           NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        fixture_expect(fixture, "SELECT group_concat(path) FROM documents", "seen.txt");
        g_autofree char *root = fixture_register(
                fixture, ", \"include\": [\"**\", \".secret\"], \"exclude\": [\"seen.*\"]");
        fixture_settle(fixture);
        fixture_expect(fixture, "SELECT group_concat(path) FROM documents WHERE is_active = 1",
                       ".secret");
        fixture_free(fixture);
}

static void link_to(Fixture *fixture, const char *target, const char *path)
{
        g_autofree char *full = path_in(fixture, path);
        g_assert_cmpint(symlink(target, full), ==, 0);
}

static void test_links_stay_inside(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "real/a.txt", "inside");
        fixture_write(fixture, "../outside.txt", "outside");
        link_to(fixture, "a.txt", "real/link.txt");
        link_to(fixture, "../../outside.txt", "real/out.txt");
        link_to(fixture, "/etc", "etc");
        link_to(fixture, "..", "real/up");
        link_to(fixture, "self", "self");
        link_to(fixture, "real", "alias");
        link_to(fixture, "nowhere", "broken");
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        fixture_expect(fixture, LIST,
                       "broken:NOT_FOUND etc:DENIED real/a.txt:indexed real/link.txt:indexed"
                       " real/out.txt:DENIED self:INVALID");
        fixture_expect(fixture, "SELECT count(*) FROM document_text WHERE text LIKE '%outside%'",
                       "0");
        fixture_free(fixture);
}

static void test_odd_files_cost_themselves_only(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        g_autofree char *fifo = path_in(fixture, "fifo");
        fixture_write(fixture, "big.txt", "0123456789 and more than ten bytes");
        fixture_write(fixture, "empty.txt", "");
        fixture_write(fixture, "good.txt", "fine");
        fixture_write_bytes(fixture, "liar.pdf", "%PDF-1.4 no pdf at all", 22);
        fixture_write_bytes(fixture, "bad\xff name.txt", "x", 1);
        fixture_write_bytes(fixture, "picture.png", "\x89PNG\r\n\x1a\n....", 12);
        fixture_write_bytes(fixture, "packed.gz", "\x1f\x8b\x08\x00....", 8);
        fixture_write_bytes(fixture, "film.avi", "RIFF....AVI LIST and more than thirty bytes", 43);
        fixture_write_bytes(fixture, "core", "\1\2\3\0\0\0\0\1\2\3", 10);
        fixture_write_bytes(fixture, "report.docx", "PK\3\4 cut off", 12);
        g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
        g_autofree char *root = fixture_register(fixture, ", \"max_file_bytes\": 30");
        fixture_settle(fixture);
        fixture_expect(
                fixture, LIST,
                "bad\\xff name.txt:INVALID big.txt:LIMIT core:mute empty.txt:indexed film.avi:mute"
                " good.txt:indexed"
                " liar.pdf:INVALID packed.gz:mute picture.png:mute report.docx:INVALID");
        fixture_expect(fixture,
                       "SELECT count(*) FROM document_states WHERE indexed = 0 AND"
                       " coalesce(reason, '') = ''",
                       "0");
        g_autoptr(JsonObject) errors =
                fixture_call(fixture, "list_documents", "{\"errors_only\": true}");
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(errors, "documents")),
                         ==, 4);
        g_autoptr(JsonObject) others =
                fixture_call(fixture, "list_documents", "{\"state\": \"unsupported\"}");
        JsonArray *rows = json_object_get_array_member(others, "documents");
        g_assert_cmpuint(json_array_get_length(rows), ==, 4);
        g_assert_cmpstr(
                json_object_get_string_member(json_array_get_object_element(rows, 3), "reason"), ==,
                "not a supported type: image/png");
        g_autoptr(JsonObject) counts = fixture_call(fixture, "ingest_status", "{}");
        g_assert_cmpint(json_object_get_int_member(counts, "unsupported"), ==, 4);
        g_assert_cmpint(json_object_get_int_member(counts, "errors"), ==, 4);
        fixture_write(fixture, "big.txt", "now small");
        fixture_expect(fixture,
                       "SELECT error IS NULL AND searchable FROM document_states s JOIN documents d"
                       " ON d.id = s.document_id WHERE d.path = 'big.txt'",
                       "1");
        fixture_free(fixture);
}

static void test_unreadable_files_say_why(void)
{
        if (g_test_subprocess()) {
                if (geteuid() == 0)
                        g_assert_cmpint(setresgid(65534, 65534, 65534) |
                                                setresuid(65534, 65534, 65534),
                                        ==, 0);
                Fixture *fixture = fixture_new();
                fixture_write(fixture, "closed/inside.txt", "x");
                fixture_write(fixture, "locked.txt", "x");
                g_autofree char *folder = path_in(fixture, "closed");
                g_autofree char *file = path_in(fixture, "locked.txt");
                g_autofree char *root = fixture_register(fixture, "");
                fixture_settle(fixture);
                g_assert_cmpint(chmod(folder, 0) | chmod(file, 0), ==, 0);
                fixture_expect(fixture,
                               "SELECT group_concat(d.path || ':' || s.error) FROM documents d JOIN"
                               " document_states s ON s.document_id = d.id WHERE s.error = 'DENIED'"
                               " AND d.is_active = 1",
                               "locked.txt:DENIED,closed:DENIED");
                fixture_expect(fixture,
                               "SELECT is_active FROM documents WHERE path LIKE '%inside%'", "1");
                g_assert_cmpint(chmod(folder, 0700) | chmod(file, 0600), ==, 0);
                fixture_expect(fixture,
                               "SELECT count(*) FROM document_states WHERE error = 'DENIED'", "0");
                fixture_expect(fixture, "SELECT count(*) FROM documents WHERE is_active = 1", "2");
                fixture_free(fixture);
                return;
        }
        if (!fixture_has_extractor())
                return;
        g_test_trap_subprocess(NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_passed();
}

static void test_stop_and_start_resumes(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        for (int i = 0; i < 300; i++) {
                g_autofree char *path = g_strdup_printf("n%03d.md", i);
                g_autofree char *content =
                        g_strdup_printf("# Note %d\n\nSee [[Note %d]].\n", i, i + 1);
                fixture_write(fixture, path, content);
        }
        g_autofree char *root = fixture_register(fixture, "");
        for (int stops = 0; stops < 6; stops++) {
                for (int turns = g_test_rand_int_range(1, 40); turns > 0; turns--)
                        fixture_turn(fixture, 5000);
                fixture_stop(fixture);
                fixture_start(fixture);
        }
        fixture_settle(fixture);
        fixture_expect(fixture,
                       "SELECT count(*) || ' ' || sum(indexed) || ' ' || count(error) FROM"
                       " document_states",
                       "300 300 0");
        fixture_expect(fixture, "SELECT count(*) FROM facts WHERE predicate = 'links_to'", "300");
        fixture_expect(fixture, "SELECT count(*) FROM documents", "300");
        g_test_message("the longest turn of the loop took %" G_GUINT64_FORMAT " µs",
                       fixture->longest_us);
        g_assert_cmpuint(fixture->longest_us, <, 20000);
        fixture_free(fixture);
}

static bool pretend_failures(Db *db, void *data, GError **error)
{
        return db_execute(
                db,
                "UPDATE document_states SET searchable = 0, indexed = 0, reason = 'pretended',"
                " error = (SELECT iif(path = 'bad.txt', 'INVALID', 'TIMEOUT') FROM documents"
                " WHERE id = document_id), attempts = (SELECT iif(path = 'often.txt', 3, 1)"
                " FROM documents WHERE id = document_id)",
                error);
}

static void test_restart_tries_again(void)
{
        const char *const files[] = {"bad.txt",  "one",   "often.txt", "two",
                                     "once.txt", "three", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autoptr(Access) access = access_new_system("test");
        WriteOptions options = {.actor = access_actor(access)};
        g_assert_true(store_write(fixture->vault, &options, pretend_failures, NULL, NULL));
        fixture_stop(fixture);
        fixture_start(fixture);
        fixture_settle(fixture);
        fixture_expect(fixture, LIST, "bad.txt:INVALID often.txt:TIMEOUT once.txt:indexed");
        fixture_write(fixture, "often.txt", "two, changed");
        fixture_expect(fixture, LIST, "bad.txt:INVALID often.txt:indexed once.txt:indexed");
        fixture_free(fixture);
}

static void test_removed_root_comes_back_whole(void)
{
        const char *const files[] = {"a.txt", "alpha", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autofree char *root = fixture_select(fixture, "SELECT id FROM roots");
        g_autofree char *document = fixture_select(fixture, "SELECT id FROM documents");
        g_autoptr(JsonObject) removed =
                fixture_call(fixture, "remove_root", "{\"root_id\": \"%s\"}", root);
        fixture_settle(fixture);
        g_autoptr(JsonObject) none = fixture_call(fixture, "list_documents", "{}");
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(none, "documents")), ==,
                         0);
        fixture_write(fixture, "b.txt", "beta");
        g_autofree char *again = fixture_register(fixture, "");
        g_assert_cmpstr(again, ==, root);
        fixture_expect(fixture, LIST, "a.txt:indexed b.txt:indexed");
        fixture_expect(fixture, "SELECT id FROM documents WHERE path = 'a.txt'", document);
        fixture_free(fixture);
}

static void test_inner_root_takes_its_files(void)
{
        const char *const files[] = {"a.txt", "alpha", "inner/b.txt", "beta", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autoptr(JsonObject) inner =
                fixture_call(fixture, "register_root",
                             "{\"path\": \"%s/inner\", \"profile\": \"paper\"}", fixture->files);
        fixture_expect(fixture, LIST, "a.txt:indexed b.txt:indexed");
        g_autoptr(JsonObject) removed =
                fixture_call(fixture, "remove_root", "{\"root_id\": \"%s\"}",
                             json_object_get_string_member(inner, "root_id"));
        fixture_expect(fixture, "SELECT is_active FROM documents WHERE path = 'inner/b.txt'", "1");
        fixture_free(fixture);
}

#define PLACES                                                                                     \
        "SELECT group_concat(r.path || '/' || d.path || ' ' || d.id, ';') FROM documents d"        \
        " JOIN roots r ON r.id = d.root_id AND r.is_active = 1 WHERE d.is_active = 1"
#define DOCUMENTS_AND_FACTS                                                                        \
        "SELECT (SELECT count(*) FROM documents) || ' ' || (SELECT count(*) FROM entities)"        \
        " || ' ' || (SELECT count(*) FROM facts)"

/* Whichever of two roots is looked at first. */
static void test_file_moved_between_roots_stays_itself(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "one/a.md", note);
        fixture_write(fixture, "two/other.txt", "two");
        for (unsigned i = 1; i <= 2; i++) {
                g_autoptr(JsonObject) root =
                        fixture_call(fixture, "register_root", "{\"path\": \"%s/%s\"}",
                                     fixture->files, i == 1 ? "one" : "two");
        }
        fixture_expect(fixture, LIST, "a.md:indexed other.txt:indexed");
        g_autofree char *id =
                fixture_select(fixture, "SELECT id FROM documents WHERE path = 'a.md'");
        g_autofree char *counts = fixture_select(fixture, DOCUMENTS_AND_FACTS);
        for (unsigned i = 0; i < 4; i++) {
                const char *names[] = {"one/a.md", "two/b.md"};
                g_autofree char *expected =
                        g_strdup_printf("%s/%s %s", fixture->files, names[(i + 1) % 2], id);
                g_autofree char *sql = g_strdup_printf(PLACES " AND d.id = '%s'", id);
                fixture_settle(fixture);
                move(fixture, names[i % 2], names[(i + 1) % 2]);
                fixture_expect(fixture, sql, expected);
        }
        fixture_settle(fixture);
        fixture_expect(fixture, DOCUMENTS_AND_FACTS, counts);
        fixture_free(fixture);
}

static void test_documents_pass_to_the_inner_root_and_back(void)
{
        const char *const files[] = {"in/b.md", note, NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        g_autofree char *counts = fixture_select(fixture, DOCUMENTS_AND_FACTS);
        g_autofree char *id = fixture_select(fixture, "SELECT id FROM documents");
        g_autoptr(JsonObject) inner =
                fixture_call(fixture, "register_root", "{\"path\": \"%s/in\"}", fixture->files);
        const char *inner_id = json_object_get_string_member(inner, "root_id");
        g_autofree char *root = g_strdup_printf("SELECT root_id = '%s' FROM documents", inner_id);
        fixture_expect(fixture, root, "1");
        fixture_settle(fixture);
        fixture_expect(fixture, LIST, "b.md:indexed");
        g_autoptr(JsonObject) removed =
                fixture_call(fixture, "remove_root", "{\"root_id\": \"%s\"}", inner_id);
        fixture_expect(fixture, root, "0");
        fixture_settle(fixture);
        fixture_expect(fixture, LIST, "in/b.md:indexed");
        fixture_expect(fixture, "SELECT id FROM documents", id);
        fixture_expect(fixture, DOCUMENTS_AND_FACTS, counts);
        fixture_free(fixture);
}

typedef struct Rebuild {
        Fixture *fixture;
        bool done, ok;
} Rebuild;

static void rebuild_work(void *data)
{
        Rebuild *rebuild = data;
        rebuild->ok = documents_rebuild(rebuild->fixture->documents, NULL);
}

static void rebuild_done(void *data)
{
        ((Rebuild *)data)->done = true;
}

static void test_rebuild_makes_the_same_again(void)
{
        static const char *const sums[] = {
                "SELECT count(*) || ' ' || sum(length(text)) || ' ' || count(DISTINCT sha256) FROM document_text",
                "SELECT count(*) || ' ' || sum(byte_length) FROM chunks",
                "SELECT count(*) FROM facts",
                "SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH 'heron'",
        };
        const char *const files[] = {"a.md", note, "b.txt", "A heron\n", NULL};
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = settled(files);
        char *before[G_N_ELEMENTS(sums)];
        for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
                before[i] = fixture_select(fixture, sums[i]);
        g_autoptr(WorkerPool) pool =
                worker_pool_new(service_loop(fixture->service), "test", 1, NULL);
        Rebuild rebuild = {.fixture = fixture};
        worker_pool_push(pool, rebuild_work, rebuild_done, &rebuild);
        while (!rebuild.done)
                fixture_turn(fixture, 10000);
        g_assert_true(rebuild.ok);
        for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++) {
                fixture_expect(fixture, sums[i], before[i]);
                g_free(before[i]);
        }
        fixture_expect(fixture, LIST, "a.md:indexed b.txt:indexed");
        pool = worker_pool_free(pool);
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func("/pipeline/" name, test)
        ADD("files-become-facts-with-verbatim-quotes", test_files_become_facts);
        ADD("changed-file-is-a-new-version-of-the-same-document",
            test_changed_file_is_a_new_version);
        ADD("newer-content-wins-whatever-its-date", test_newer_content_wins_whatever_its_date);
        ADD("file-from-the-future-has-facts", test_file_from_the_future_has_facts);
        ADD("edit-keeps-the-facts-it-does-not-touch", test_edit_keeps_the_facts_it_does_not_touch);
        ADD("watching-finds-what-is-made-moved-and-deleted", test_watching_finds_changes);
        ADD("start-finds-what-changed-meanwhile-and-writes-nothing-else",
            test_rescan_without_watching);
        ADD("equal-files-share-one-text", test_equal_files_share_one_text);
        ADD("hidden-files-stay-out-unless-spelled-out", test_hidden_files_stay_out);
        ADD("links-are-followed-inside-the-root-only", test_links_stay_inside);
        ADD("odd-files-cost-themselves-only", test_odd_files_cost_themselves_only);
        ADD("unreadable-files-and-folders-say-why", test_unreadable_files_say_why);
        ADD("stop-and-start-resumes-where-it-was", test_stop_and_start_resumes);
        ADD("restart-tries-again-what-may-have-passed", test_restart_tries_again);
        ADD("removed-root-comes-back-whole", test_removed_root_comes_back_whole);
        ADD("inner-root-takes-its-files-and-gives-them-back", test_inner_root_takes_its_files);
        ADD("file-moved-between-roots-stays-itself", test_file_moved_between_roots_stays_itself);
        ADD("documents-pass-to-the-inner-root-and-back",
            test_documents_pass_to_the_inner_root_and_back);
        ADD("rebuild-makes-the-same-again", test_rebuild_makes_the_same_again);
        return g_test_run();
}
