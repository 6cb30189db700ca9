/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches through helper processes: whatever becomes of one file, the others have their units.
 * Seen to fail: a batch lost with the file that crashed its process; a file that is too much asked for for ever; what was not looked at told as
 * read; answers from within parser_submit(); files that have an error already asked for; what is no sealed memory believed. */
#include "code/parser.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "syntax/unit.h"

typedef struct Case {
        sd_event *loop;
        Reading *reading;
        Parser *parser;
        unsigned done; /* batches */
        GError *error; /* of the last */
        bool submitting;
} Case;

static void setup(Case *test, const void *program)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(g_getenv("OUROBOROS_BUILD_ROOT"), program, NULL);

        g_assert_cmpint(sd_event_new(&test->loop), >=, 0);
        test->reading = reading_new(test->loop, path, 1, &error);
        g_assert_no_error(error);
        ParserOptions options = {
                .loop = test->loop, .reading = test->reading, .file_bytes_max = 1000};
        test->parser = parser_new(&options, &error);
        g_assert_no_error(error);
}

static void teardown(Case *test, const void *program)
{
        test->parser = parser_free(test->parser);
        test->reading = reading_free(test->reading);
        g_clear_error(&test->error);
        sd_event_unref(test->loop);
}

static void on_done(ParseBatch *batch, const GError *error, void *data)
{
        Case *test = data;

        g_assert_false(test->submitting);
        test->done++;
        g_clear_error(&test->error);
        test->error = error ? g_error_copy(error) : NULL;
}

/* A file of these bytes; the name says which language it is of. */
static void add(ParseBatch *batch, const char *name, const char *text)
{
        ParseFile file = {.fd = -1, .name = name, .language = unit_language_of(name)};
        FILE *made = tmpfile();

        g_assert_cmpint(fputs(text, made), >=, 0);
        g_assert_cmpint(fflush(made), ==, 0);
        file.fd = fcntl(fileno(made), F_DUPFD_CLOEXEC, 0);
        (void)fclose(made);
        g_assert_cmpint(lseek(file.fd, 0, SEEK_SET), ==, 0);
        parse_batch_add(batch, &file);
}

static void submit(Case *test, ParseBatch *batch)
{
        test->submitting = true;
        parser_submit(test->parser, batch, on_done, test);
        test->submitting = false;
}

static void run_until(Case *test, unsigned done)
{
        int64_t deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

        while (test->done < done) {
                g_assert_cmpint(sd_event_run(test->loop, G_USEC_PER_SEC), >=, 0);
                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        }
}

/* "name+" has a unit, "name-CODE" an error. */
static void assert_read(Case *test, ParseBatch *batch, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);
        unsigned before = test->done;

        submit(test, batch);
        run_until(test, before + 1);
        g_assert_no_error(test->error);
        for (unsigned i = 0; i < batch->files->len; i++) {
                const ParseFile *file = &g_array_index(batch->files, ParseFile, i);

                g_assert_cmpint(file->error != NULL, !=, file->block != NULL);
                g_string_append_printf(
                        text, "%s%s%s%s", i > 0 ? " " : "", file->name, file->error ? "-" : "+",
                        file->error ? error_row((OuroborosError)file->error->code)->name : "");
                if (file->block)
                        g_assert_cmpuint(file->unit.header->language, ==, file->language);
        }
        g_assert_cmpstr(text->str, ==, expected);
}

/* ---- with the real one ---- */

static void test_each_file_has_its_unit_or_its_error(Case *test, const void *program)
{
        g_autoptr(ParseBatch) batch = parse_batch_new();
        g_autofree char *limit = g_strnfill(1000, '#'), *longer = g_strnfill(1001, '#');

        add(batch, "a.py", "def f(): pass\n");
        add(batch, "b.ts", "function f() {}\n");
        add(batch, "empty.rs", "");
        add(batch, "limit.py", limit);
        add(batch, "longer.py", longer);
        assert_read(test, batch, "a.py+ b.ts+ empty.rs+ limit.py+ longer.py-LIMIT");
        const ParseFile *first = &g_array_index(batch->files, ParseFile, 0);
        g_assert_cmpuint(first->unit.header->decls, ==, 1);
        g_assert_true(first->hashed);
        g_assert_cmpuint(first->hash, ==, unit_hash("def f(): pass\n", 14));
}

static void test_a_batch_without_files_to_read_ends_too(Case *test, const void *program)
{
        g_autoptr(ParseBatch) none = parse_batch_new(), refused = parse_batch_new();
        ParseFile file = {.fd = -1, .name = "a.py", .language = UNIT_PYTHON};

        assert_read(test, none, "");
        file.error = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "it is gone");
        parse_batch_add(refused, &file);
        assert_read(test, refused, "a.py-NOT_FOUND");
}

static void test_what_has_an_error_already_is_left_so(Case *test, const void *program)
{
        g_autoptr(ParseBatch) batch = parse_batch_new();

        add(batch, "a.py", "x = 1\n");
        add(batch, "b.py", "x = 1\n");
        g_array_index(batch->files, ParseFile, 1).error =
                g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, "not this one");
        assert_read(test, batch, "a.py+ b.py-DENIED");
}

/* Batches go on one after another, each with its own answer. */
static void test_many_batches_wait_their_turn(Case *test, const void *program)
{
        ParseBatch *batches[8];

        for (unsigned i = 0; i < 8; i++) {
                batches[i] = parse_batch_new();
                for (unsigned k = 0; k <= i; k++)
                        add(batches[i], "a.py", "def f(): pass\n");
                submit(test, batches[i]);
        }
        run_until(test, 8);
        g_assert_no_error(test->error);
        for (unsigned i = 0; i < 8; i++) {
                for (unsigned k = 0; k <= i; k++)
                        g_assert_nonnull(g_array_index(batches[i]->files, ParseFile, k).block);
                (void)parse_batch_unref(batches[i]);
        }
}

static void test_who_ends_lets_all_go(Case *test, const void *program)
{
        g_autoptr(ParseBatch) one = parse_batch_new(), two = parse_batch_new();

        add(one, "a.py", "x = 1\n");
        add(two, "b.py", "x = 1\n");
        submit(test, one);
        submit(test, two);
        test->parser = parser_free(test->parser);
        g_assert_cmpuint(test->done, ==, 2);
        g_assert_error(test->error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
}

/* ---- with one that is odd ---- */

static void test_a_file_that_crashes_a_process_costs_itself(Case *test, const void *program)
{
        g_autoptr(ParseBatch) batch = parse_batch_new();

        add(batch, "a.py", "");
        add(batch, "crash.py", "");
        add(batch, "b.py", "");
        assert_read(test, batch, "a.py+ crash.py-FAILED b.py+");
}

static void test_files_that_it_did_not_come_to_are_asked_for_again(Case *test, const void *program)
{
        g_autoptr(ParseBatch) batch = parse_batch_new();

        add(batch, "full1.py", "");
        add(batch, "a.py", "");
        add(batch, "full2.py", "");
        add(batch, "bad.py", "");
        add(batch, "never.py", "");
        /* one that is alone and is still not read is too much */
        assert_read(test, batch, "full1.py+ a.py+ full2.py+ bad.py-INVALID never.py-LIMIT");
}

static void test_what_cannot_be_believed_is_not(Case *test, const void *program)
{
        g_autoptr(ParseBatch) batch = parse_batch_new(), after = parse_batch_new();

        add(batch, "a.py", "");
        add(batch, "lie.py", "");
        add(batch, "b.py", "");
        assert_read(test, batch, "a.py+ lie.py-CORRUPT b.py+");
        add(after, "c.py", "");
        assert_read(test, after, "c.py+");
}

static void test_without_a_helper_nothing_is_read(Case *test, const void *program)
{
        g_autoptr(ParseBatch) batch = parse_batch_new();

        add(batch, "a.py", "");
        add(batch, "b.py", "");
        submit(test, batch);
        run_until(test, 1);
        g_assert_error(test->error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        for (unsigned i = 0; i < 2; i++)
                g_assert_null(g_array_index(batch->files, ParseFile, i).error);
}

#define REAL                      "daemon/ouroboros-syntax"
#define ODD                       "tests/code/odd-helper"
#define WITH(program, name, func) g_test_add("/parser/" name, Case, program, setup, func, teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        WITH(REAL, "each-file-has-its-unit-or-its-error", test_each_file_has_its_unit_or_its_error);
        WITH(REAL, "a-batch-without-files-to-read-ends-too",
             test_a_batch_without_files_to_read_ends_too);
        WITH(REAL, "what-has-an-error-already-is-left-so",
             test_what_has_an_error_already_is_left_so);
        WITH(REAL, "many-batches-wait-their-turn", test_many_batches_wait_their_turn);
        WITH(REAL, "who-ends-lets-all-go", test_who_ends_lets_all_go);
        WITH(ODD, "a-file-that-crashes-a-process-costs-itself",
             test_a_file_that_crashes_a_process_costs_itself);
        WITH(ODD, "files-that-it-did-not-come-to-are-asked-for-again",
             test_files_that_it_did_not_come_to_are_asked_for_again);
        WITH(ODD, "what-cannot-be-believed-is-not", test_what_cannot_be_believed_is_not);
        WITH("daemon/no-such-program", "without-a-helper-nothing-is-read",
             test_without_a_helper_nothing_is_read);
        return g_test_run();
}
