/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's side: with the real helper, and with one that was taken over. */
#include <signal.h>
#include <sys/wait.h>

#include "submit.h"

#define REAL "daemon/ouroboros-extract"
#define EVIL "tests/extract/evil-helper"

static void test_text_comes_back(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        bench_submit(&bench, "a.md", "# Tïtle\n\ntext\n", 15);
        g_assert_no_error(bench.error);
        g_assert_cmpstr(bench.extraction->mime, ==, "text/markdown");
        g_assert_cmpstr(bench.extraction->title, ==, "Tïtle");
        g_assert_cmpstr(bench.extraction->text, ==, "# Tïtle\n\ntext\n");
        g_assert_cmpuint(bench.extraction->text_bytes, ==, 15);
        g_assert_cmpint(bench.extraction->text_chars, ==, 14);
        g_assert_cmpuint(g_variant_n_children(bench.extraction->map), ==, 3);
        g_assert_cmpuint(g_variant_n_children(bench.extraction->structure), ==, 1);
        bench_submit(&bench, "untitled.txt", "x", 1);
        g_assert_null(bench.extraction->title);
        bench_close(&bench);
}

/* Large results are checked on a thread. */
static void test_large_text_comes_back(void)
{
        Bench bench;
        g_autofree char *text = g_strnfill(3 * 1024 * 1024, 'x');
        for (size_t i = 79; i < 3 * 1024 * 1024; i += 80)
                text[i] = '\n';
        bench_open(&bench, REAL, 1);
        bench_submit(&bench, "a.txt", text, 3 * 1024 * 1024);
        g_assert_no_error(bench.error);
        g_assert_cmpstr(bench.extraction->text, ==, text);
        bench_close(&bench);
}

static void test_many_documents_each_get_their_own_answer(void)
{
        Bench bench;
        bench_open(&bench, REAL, 2);
        for (unsigned i = 0; i < 200; i++) {
                g_autofree char *text = g_strdup_printf("document %u", i);
                int fd = bench_file(text, strlen(text));
                extractor_submit(bench.extractor, fd, "a.txt", bench_done, &bench);
                close(fd);
        }
        g_assert_cmpuint(extractor_pending(bench.extractor), ==, 200);
        bench_run(&bench, 200);
        g_assert_no_error(bench.error);
        g_assert_cmpuint(extractor_pending(bench.extractor), ==, 0);
        bench_close(&bench);
}

static void test_only_regular_files_are_taken(void)
{
        Bench bench;
        int fds[2];
        bench_open(&bench, REAL, 1);
        g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
        bench_submit_fd(&bench, "a.txt", fds[0]);
        g_assert_error(bench.error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        bench_submit_fd(&bench, "a.txt", -1);
        g_assert_nonnull(bench.error);
        close(fds[0]);
        close(fds[1]);
        bench_close(&bench);
}

static void test_missing_program_is_unavailable(void)
{
        Bench bench;
        bench_open(&bench, "no/such/program", 1);
        bench_submit(&bench, "a.txt", "x", 1);
        g_assert_error(bench.error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        bench_close(&bench);
}

static void test_stopping_cancels_what_is_pending(void)
{
        Bench bench;
        bench_open(&bench, EVIL, 1);
        for (unsigned i = 0; i < 3; i++) {
                int fd = bench_file("x", 1);
                extractor_submit(bench.extractor, fd, "silent", bench_done, &bench);
                close(fd);
        }
        g_assert_cmpint(sd_event_run(bench.loop, 0), >=, 0);
        bench.extractor = extractor_free(bench.extractor);
        g_assert_cmpuint(bench.done, ==, 3);
        g_assert_error(bench.error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
        bench_close(&bench);
        /* it left no process behind, not even a dead one */
        g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
}

/* Seen to fail: with all that waited cancelled, whosever it was. */
static void test_who_stops_takes_only_its_own_along(void)
{
        Bench bench, other = {0};
        g_autoptr(GError) error = NULL;

        bench_open(&bench, EVIL, 1);
        other.extractor = extractor_new(bench.loop, bench.reading, &error);
        g_assert_no_error(error);
        for (unsigned i = 0; i < 3; i++) {
                int fd = bench_file("x", 1);
                bool ours = i == 1;
                extractor_submit(ours ? bench.extractor : other.extractor, fd,
                                 ours ? "good" : "silent", bench_done, ours ? &bench : &other);
                close(fd);
        }
        g_assert_cmpint(sd_event_run(bench.loop, 0), >=, 0);
        other.extractor = extractor_free(other.extractor);
        g_assert_cmpuint(other.done, ==, 2);
        g_assert_error(other.error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
        g_assert_cmpuint(bench.done, ==, 0);
        bench_run(&bench, 1);
        g_assert_no_error(bench.error);
        bench_clear(&other);
        bench_close(&bench);
        g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
}

static const struct {
        const char *trick, *says;
} tricks[] = {
        {"exit-7", "status 7"},
        {"crash", "SIGKILL"},
        {"close", "SIGKILL"},
        {"garbage", "protocol"},
        {"empty-message", "protocol"},
        {"long-message", "protocol"},
        {"no-fd", "protocol"},
        {"error-with-fd", "protocol"},
        {"two-fds", "protocol"},
        {"six-fds", "protocol"},
        {"code-99", "protocol"},
        {"says-denied", "believe me"},
        {"dev-null", "sealed memfd"},
        {"pipe", "sealed memfd"},
        {"folder", "sealed memfd"},
        {"unsealed", "sealed memfd"},
        {"huge-memfd", "EXTRACT_RESULT_BYTES_MAX"},
        {"empty-memfd", "EXTRACT_RESULT_BYTES_MAX"},
        {"zeros", "bad answer"},
        {"noise", "well-formed"},
        {"ones", "well-formed"},
        {"bad-utf8", "well-formed"},
        {"nul", "well-formed"},
        {"empty-map", "map"},
        {"map-begins-late", "map"},
        {"map-out-of-order", "map"},
        {"map-past-the-end", "map"},
        {"long-map", "map"},
        {"pages-out-of-order", "pages"},
        {"pages-and-lines", "pages"},
        {"item-past-the-end", "item"},
        {"item-backwards", "item"},
        {"item-empty", "item"},
        {"items-out-of-order", "item"},
        {"unknown-kind", "kind"},
        {"many-items", "EXTRACT_ITEMS_MAX"},
        {"large-value", "EXTRACT_VALUE_BYTES_MAX"},
        {"large-key", "attribute"},
        {"many-attributes", "attributes"},
        {"no-mime", "MIME"},
        {"long-mime", "MIME"},
        {"long-title", "title"},
        {"long-text", "EXTRACTOR_TEXT_BYTES_MAX"},
};

static void test_tricks_cost_their_document_only(void)
{
        Bench bench;
        bench_open(&bench, EVIL, 1);
        bench_submit(&bench, "good", "x", 1);
        g_assert_no_error(bench.error);
        unsigned before = count_fds();
        for (size_t i = 0; i < G_N_ELEMENTS(tricks); i++) {
                g_test_message("%s", tricks[i].trick);
                bench_submit(&bench, tricks[i].trick, "x", 1);
                g_assert_error(bench.error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED);
                g_assert_null(bench.extraction);
                g_assert_nonnull(strstr(bench.error->message, tricks[i].says));
                bench_submit(&bench, "good", "x", 1);
                g_assert_no_error(bench.error);
                g_assert_cmpstr(bench.extraction->text, ==, "ten chars.");
        }
        /* no descriptor that was pushed on us stays, once the last liar is reaped; the checker's thread may
         * have made its own */
        for (unsigned i = 0; i < 500 && count_fds() > before + 1; i++)
                g_assert_cmpint(sd_event_run(bench.loop, 10000), >=, 0);
        g_assert_cmpuint(count_fds(), <=, before + 1);
        bench_close(&bench);
}

static void test_silent_helper_is_killed_in_time(void)
{
        static const char *const silent[] = {"silent", "stopped"};
        Bench bench;
        bench_open(&bench, EVIL, 1);
        extractor_set_timeout(bench.extractor, 200);
        for (size_t i = 0; i < G_N_ELEMENTS(silent); i++) {
                bench_submit(&bench, silent[i], "x", 1);
                g_assert_error(bench.error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT);
                g_assert_nonnull(strstr(bench.error->message, "EXTRACTOR_TIMEOUT_MS"));
        }
        extractor_set_timeout(bench.extractor, 30000);
        bench_submit(&bench, "good", "x", 1);
        g_assert_no_error(bench.error);
        bench_close(&bench);
}

static void test_idle_helper_ends(void)
{
        Bench bench;
        bench_open(&bench, REAL, 1);
        reading_set_idle(bench.reading, 100);
        bench_submit(&bench, "a.txt", "x", 1);
        g_assert_no_error(bench.error);
        g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, 0); /* it is there */
        for (unsigned i = 0;
             i < 500 && waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOHANG | WNOWAIT) == 0; i++)
                g_assert_cmpint(sd_event_run(bench.loop, 10000), >=, 0);
        g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1); /* ended and reaped */
        bench_submit(&bench, "a.txt", "x", 1);
        g_assert_no_error(bench.error);
        bench_close(&bench);
}

static void test_answers_nobody_asked_for_are_no_answers(void)
{
        Bench bench;
        bench_open(&bench, EVIL, 1);
        for (unsigned i = 0; i < 5; i++) {
                bench_submit(&bench, "twice", "x", 1);
                bench_submit(&bench, "good", "x", 1);
        }
        /* whatever came of these, the next process works */
        bench_submit(&bench, "good", "x", 1);
        bench_submit(&bench, "good", "x", 1);
        g_assert_no_error(bench.error);
        bench_close(&bench);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/extractor/text-comes-back", test_text_comes_back);
        g_test_add_func("/extractor/large-text-comes-back", test_large_text_comes_back);
        g_test_add_func("/extractor/many-documents", test_many_documents_each_get_their_own_answer);
        g_test_add_func("/extractor/only-regular-files", test_only_regular_files_are_taken);
        g_test_add_func("/extractor/missing-program", test_missing_program_is_unavailable);
        g_test_add_func("/extractor/stopping-cancels", test_stopping_cancels_what_is_pending);
        g_test_add_func("/extractor/who-stops-takes-only-its-own-along",
                        test_who_stops_takes_only_its_own_along);
        g_test_add_func("/extractor/tricks-cost-their-document-only",
                        test_tricks_cost_their_document_only);
        g_test_add_func("/extractor/silent-helper", test_silent_helper_is_killed_in_time);
        g_test_add_func("/extractor/idle-helper-ends", test_idle_helper_ends);
        g_test_add_func("/extractor/unasked-answers", test_answers_nobody_asked_for_are_no_answers);
        return g_test_run();
}
