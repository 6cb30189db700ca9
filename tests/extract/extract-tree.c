/* SPDX-License-Identifier: GPL-3.0-or-later */
/* extract-tree [--claims] FILE|FOLDER…: runs the real helper over files and prints what came out: one file in
 * full, a folder as figures; with --claims what would be claimed of each, a line a claim. For looking and
 * measuring by hand; no test. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "documents/claims.h"
#include "documents/extractor.h"

typedef struct Run {
        sd_event *loop;
        GPtrArray *paths;
        guint next, done, failed;
        size_t bytes, items;
        bool verbose, claims;
        Extractor *extractor;
} Run;

typedef struct One {
        Run *run;
        const char *path;
        gint64 began;
} One;

static void feed(Run *run);

static void print_claims(const char *path, const Extraction *extraction)
{
        ClaimSource source = {.document_id = "doc-0",
                              .entity_id = "ent-0",
                              .text = extraction->text,
                              .text_bytes = extraction->text_bytes,
                              .title = extraction->title,
                              .structure = extraction->structure,
                              .features = ~0U};
        ClaimList *list = claims_from_structure(&source);
        for (guint i = 0; i < list->claims->len; i++) {
                const Claim *claim = &g_array_index(list->claims, Claim, i);
                g_autofree char *plain = g_strdup(claim->quote);
                printf("%s\t%s\t%s\t%s\n", claim->predicate, claim->object,
                       g_strdelimit(plain, "\n\t", ' '), path);
        }
        (void)claim_list_free(list);
}

static void on_done(Extraction *extraction, const GError *error, void *data)
{
        g_autofree One *one = data;
        g_autoptr(Extraction) owned = extraction;
        Run *run = one->run;
        run->done++;
        gint64 took = g_get_monotonic_time() - one->began;
        if (took > 500000)
                printf("%s: %.1f s\n", one->path, (double)took / 1e6);
        if (error) {
                run->failed++;
                printf("%s: %s\n", one->path, error->message);
        } else {
                run->bytes += extraction->text_bytes;
                run->items += g_variant_n_children(extraction->structure);
        }
        if (run->claims && !error)
                print_claims(one->path, extraction);
        if (run->verbose && !error) {
                g_autofree char *structure = g_variant_print(extraction->structure, FALSE);
                printf("%s | %s | %zu bytes\n%s\n", extraction->mime, extraction->title,
                       extraction->text_bytes, extraction->text);
                g_auto(GStrv) lines = g_strsplit(structure, "), (", -1);
                for (char **line = lines; *line; line++)
                        printf("  %s\n", *line);
        }
        feed(run);
        if (run->done == run->paths->len)
                sd_event_exit(run->loop, 0);
}

static void feed(Run *run)
{
        while (run->next < run->paths->len && extractor_pending(run->extractor) < 8) {
                const char *path = g_ptr_array_index(run->paths, run->next++);
                One *one = g_new0(One, 1);
                *one = (One){run, path, g_get_monotonic_time()};
                int fd = open(path, O_RDONLY | O_CLOEXEC);
                extractor_submit(run->extractor, fd, path, on_done, one);
                if (fd >= 0)
                        close(fd);
        }
}

static void add_path(GPtrArray *paths, const char *path)
{
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        if (!dir) {
                if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
                        g_ptr_array_add(paths, g_strdup(path));
                return;
        }
        for (const char *name; (name = g_dir_read_name(dir));) {
                g_autofree char *child = g_build_filename(path, name, NULL);
                if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK))
                        add_path(paths, child);
        }
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        Run run = {.paths = g_ptr_array_new_with_free_func(g_free)};
        sd_event_default(&run.loop);
        run.claims = argc > 1 && g_str_equal(argv[1], "--claims");
        for (int i = run.claims ? 2 : 1; i < argc; i++)
                add_path(run.paths, argv[i]);
        run.verbose = run.paths->len == 1 && !run.claims;
        Reading *reading = reading_new(run.loop, EXTRACT_PROGRAM, 2, &error);
        run.extractor = reading ? extractor_new(run.loop, reading, &error) : NULL;
        if (!run.extractor || !run.paths->len)
                return 1;
        gint64 began = g_get_monotonic_time();
        feed(&run);
        sd_event_loop(run.loop);
        printf("%u files, %u failed, %.1f MB of text, %zu items, %.2f s\n", run.done, run.failed,
               (double)run.bytes / 1e6, run.items, (double)(g_get_monotonic_time() - began) / 1e6);
        run.extractor = extractor_free(run.extractor);
        reading = reading_free(reading);
        g_ptr_array_unref(run.paths);
        sd_event_unref(run.loop);
        return 0;
}
