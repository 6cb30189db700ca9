/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-syntax-dump FILE…: the units of files as text; by language with --language=NAME, else by their names.
 * ouroboros-syntax-dump --tree FILE…: their syntax trees as front-ends see them; … is a kind that the front-end does not name.
 * ouroboros-syntax-dump --block FILE: its unit as it is stored, for corpora.
 * ouroboros-syntax-dump --bench: reads names of files from standard input, and says how long each part took for all.
 * ouroboros-syntax-dump --bare: the same for tree-sitter alone, as anybody has it: one parser, the allocator of the C
 * library, whole texts, no limits; each tree is made and deleted. Once of what our front-ends give the parser, in which
 * they hide what a grammar does not know, which spares it the search for a way out, and once of the files as they are. */
#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <tree_sitter/api.h>

#include "base/base.h"
#include "languages/languages.h"
#include "print.h"
#include "syntax/syntax.h"
#include "syntax/walk.h"

typedef enum Shape {
        SHAPE_TEXT,
        SHAPE_TREE,
        SHAPE_BLOCK,
} Shape;

typedef struct Sums {
        size_t files, bytes, lines, unit_bytes, decls, symbols, exprs, imports, sites, failed,
                errors;
        uint64_t write;
} Sums;

static UnitLanguage language_of(const char *name, const char *wanted)
{
        return wanted ? unit_language_from_string(wanted) : unit_language_of(name);
}

/* The block of a file's unit; the caller frees. */
static void *read_unit(Syntax *syntax, const SyntaxFile *file, size_t *ret_bytes,
                       SyntaxTimes *times)
{
        g_autoptr(GError) error = NULL;
        const Builder *builder = syntax_read(syntax, file, times, &error);
        if (!builder) {
                fprintf(stderr, "%s: %s\n", file->name, error->message);
                return NULL;
        }
        *ret_bytes = builder_bytes(builder);
        void *block = g_malloc(*ret_bytes);
        builder_write(builder, block);
        return block;
}

static bool dump(Syntax *syntax, const char *name, const char *language, Shape shape)
{
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;
        size_t length, bytes;
        if (!g_file_get_contents(name, &text, &length, &error)) {
                fprintf(stderr, "%s\n", error->message);
                return false;
        }
        SyntaxFile file = {text, length, name, language_of(name, language)};
        g_autofree void *block = read_unit(syntax, &file, &bytes, NULL);
        Unit unit;
        if (!block)
                return false;
        if (!unit_open(block, bytes, &unit, &error)) {
                fprintf(stderr, "%s: %s\n", name, error->message);
                return false;
        }
        g_autoptr(GString) out = g_string_new(NULL);
        g_autofree char *tree = syntax_print_tree(syntax, file.language);
        if (shape == SHAPE_BLOCK)
                g_string_append_len(out, block, (gssize)bytes);
        else if (shape == SHAPE_TREE)
                g_string_append(out, tree);
        else
                print_unit(&unit, out);
        fwrite(out->str, 1, out->len, stdout);
        return true;
}

static void add(Sums *sums, const SyntaxFile *file, const void *block, size_t bytes)
{
        g_autoptr(GError) error = NULL;
        Unit unit;
        sums->files++;
        sums->bytes += file->length;
        if (!block) {
                sums->failed++;
                return;
        }
        if (!unit_open(block, bytes, &unit, &error)) {
                fprintf(stderr, "%s: %s\n", file->name, error->message);
                sums->failed++;
                return;
        }
        sums->lines += unit.header->lines;
        sums->unit_bytes += bytes;
        sums->decls += unit.header->decls;
        sums->exprs += unit.header->exprs;
        sums->imports += unit.header->imports;
        sums->sites += unit.header->sites;
        sums->errors += unit.header->errors > 0;
        for (uint32_t i = 0; i < unit.header->decls; i++)
                sums->symbols += unit_is_symbol(&unit.decls[i]);
}

static double cpu(void)
{
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void report(const Sums *sums, const SyntaxTimes *times, double all)
{
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        double parse = (double)times->parse / 1e9, flatten = (double)times->flatten / 1e9,
               walk = (double)times->walk / 1e9;
        printf("%zu files, %zu failed, %zu with errors, %zu lines, %zu bytes\n", sums->files,
               sums->failed, sums->errors, sums->lines, sums->bytes);
        printf("parse %.2f s, flatten %.2f s, walk %.2f s: ours is %.2f of parse; all %.2f s, peak %ld MB\n",
               parse, flatten, walk, (flatten + walk) / MAX(parse, 1e-9), all,
               usage.ru_maxrss / 1024);
        printf("%zu declarations (%zu symbols), %zu expressions, %zu imports, %zu sites; units %zu bytes, %.2f of the text\n",
               sums->decls, sums->symbols, sums->exprs, sums->imports, sums->sites,
               sums->unit_bytes, (double)sums->unit_bytes / (double)MAX(sums->bytes, 1));
}

static void bench(Syntax *syntax, const char *language)
{
        char name[4096];
        Sums sums = {0};
        SyntaxTimes times = {0};
        double begun = cpu();
        while (fgets(name, sizeof(name), stdin)) {
                g_autofree char *text = NULL;
                size_t length, bytes = 0;
                name[strcspn(name, "\n")] = '\0';
                if (!g_file_get_contents(name, &text, &length, NULL))
                        continue;
                SyntaxFile file = {text, length, name, language_of(name, language)};
                g_autofree void *block = read_unit(syntax, &file, &bytes, &times);
                add(&sums, &file, block, bytes);
        }
        report(&sums, &times, cpu() - begun);
}

#define LANGUAGE_EXTERN(number, name) extern const FrontEnd name##_front;
LANGUAGES(LANGUAGE_EXTERN)

static const FrontEnd *front_of(UnitLanguage language)
{
        static const FrontEnd *const fronts[UNIT_LANGUAGES] = {
#define LANGUAGE_ROW(number, name) [number] = &name##_front,
                LANGUAGES(LANGUAGE_ROW)};
        return language < UNIT_LANGUAGES ? fronts[language] : NULL;
}

static double parse(TSParser *parser, const FrontEnd *front, const char *text, size_t length)
{
        double begun = cpu();
        ts_parser_set_language(parser, front->grammar());
        ts_tree_delete(ts_parser_parse_string(parser, NULL, text, (uint32_t)length));
        return cpu() - begun;
}

/* Memory that the process has had is not asked of the system again: that is no part of parsing. */
static void keep_memory(void)
{
        (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
        (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
}

static void bare(const char *language)
{
        char name[4096];
        TSParser *parser = ts_parser_new();
        Tree tree = {0};
        double spent = 0, raw = 0;
        keep_memory();
        while (fgets(name, sizeof(name), stdin)) {
                g_autofree char *text = NULL;
                size_t length;
                name[strcspn(name, "\n")] = '\0';
                const FrontEnd *front = front_of(language_of(name, language));
                if (!front || !g_file_get_contents(name, &text, &length, NULL))
                        continue;
                raw += parse(parser, front, text, length);
                tree_begin(&tree, text, length);
                if (front->patch)
                        front->patch(&tree, text);
                spent += parse(parser, front, text, length);
        }
        tree_clear(&tree);
        ts_parser_delete(parser);
        printf("bare parse %.3f s; of the files as they are %.3f s\n", spent, raw);
}

int main(int argc, char **argv)
{
        g_autoptr(Syntax) syntax = syntax_new();
        const char *language = NULL;
        bool good = true;
        Shape shape = SHAPE_TEXT;
        for (int i = 1; i < argc; i++) {
                if (g_str_has_prefix(argv[i], "--language="))
                        language = strchr(argv[i], '=') + 1;
                else if (strcmp(argv[i], "--block") == 0)
                        shape = SHAPE_BLOCK;
                else if (strcmp(argv[i], "--tree") == 0)
                        shape = SHAPE_TREE;
                else if (strcmp(argv[i], "--bench") == 0)
                        bench(syntax, language);
                else if (strcmp(argv[i], "--bare") == 0)
                        bare(language);
                else
                        good &= dump(syntax, argv[i], language, shape);
        }
        return good ? 0 : 1;
}
