/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-link-dump FOLDER [FILE]: the symbols and edges of the sources in a folder, of all or of one of them, a line each, with tabs:
 *   definition FILE LINE COLUMN KIND QUALIFIED-NAME NAME
 *   import FILE LINE TARGET LINE KIND SPECIFIER
 *   call FILE LINE COLUMN CLASS TARGET LINE KIND NAME; reference, extends, implements likewise. A target that is not known is "-".
 * Files "x.h" are C++ if the other sources are more C++ than C, or with --cpp before the folder.
 * --bench: reads names of files from standard input and says how long reading and linking took. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/base.h"
#include "memory.h"
#include "syntax/syntax.h"

typedef struct Dump {
        Syntax *syntax;
        Memory *memory;
        const char *top;
        bool cpp; /* headers "x.h" are C++ */
} Dump;

static double cpu(void)
{
        struct timespec now;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void read_file(Dump *dump, const char *name, const char *path)
{
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;
        size_t length;
        UnitLanguage language = unit_language_of(path);
        if (language == UNIT_C && dump->cpp && g_str_has_suffix(path, ".h"))
                language = UNIT_CPP;
        if (!language || !g_file_get_contents(name, &text, &length, NULL))
                return;
        SyntaxFile file = {text, length, path, language};
        const Builder *builder = syntax_read(dump->syntax, &file, NULL, &error);
        if (!builder) {
                fprintf(stderr, "%s: %s\n", path, error->message);
                return;
        }
        size_t bytes = builder_bytes(builder);
        void *block = g_malloc(bytes);
        builder_write(builder, block);
        memory_put(dump->memory, path, block, bytes);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Likewise the code room. */
static bool is_more_cpp(const GPtrArray *paths)
{
        size_t c = 0, cpp = 0;
        for (unsigned i = 0; i < paths->len; i++) {
                const char *path = g_ptr_array_index(paths, i);
                UnitLanguage language = unit_language_of(path);
                c += language == UNIT_C && !g_str_has_suffix(path, ".h");
                cpp += language == UNIT_CPP && !g_str_has_suffix(path, ".h");
        }
        return cpp > c;
}

static void find_files(const Dump *dump, const char *relative, GPtrArray *paths)
{
        g_autofree char *folder = g_build_filename(dump->top, relative, NULL);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        for (const char *name; dir && (name = g_dir_read_name(dir));)
                if (*name != '.' && strcmp(name, "node_modules") != 0)
                        g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, compare_names);
        for (unsigned i = 0; i < names->len; i++) {
                const char *name = g_ptr_array_index(names, i);
                g_autofree char *path =
                        *relative ? g_build_filename(relative, name, NULL) : g_strdup(name);
                g_autofree char *whole = g_build_filename(dump->top, path, NULL);
                if (g_file_test(whole, G_FILE_TEST_IS_DIR) &&
                    !g_file_test(whole, G_FILE_TEST_IS_SYMLINK))
                        find_files(dump, path, paths);
                else
                        g_ptr_array_add(paths, g_steal_pointer(&path));
        }
}

static void read_folder(Dump *dump)
{
        g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
        find_files(dump, "", paths);
        dump->cpp |= is_more_cpp(paths);
        for (unsigned i = 0; i < paths->len; i++) {
                const char *path = g_ptr_array_index(paths, i);
                g_autofree char *whole = g_build_filename(dump->top, path, NULL);
                read_file(dump, whole, path);
        }
}

/* A declaration's names from the top, joined by ".". */
static void print_qualified(const Unit *unit, uint32_t decl)
{
        if (unit->decls[decl].container != UNIT_NONE)
                print_qualified(unit, unit->decls[decl].container);
        const char *name = unit_string(unit, unit->decls[decl].name);
        printf("%s%s", unit->decls[decl].container == UNIT_NONE ? "" : ".", name);
}

static void print_definitions(const Dump *dump, uint32_t module)
{
        const char *path = memory_path(dump->memory, module);
        const Unit *unit = memory_unit(dump->memory, path);
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const UnitDecl *decl = &unit->decls[i];
                if (!unit_is_symbol(decl))
                        continue;
                printf("definition\t%s\t%u\t%u\t%s\t", path, decl->name_line, decl->name_column,
                       unit_kind_to_string(decl->kind));
                print_qualified(unit, i);
                printf("\t%s\n", unit_string(unit, decl->name));
        }
}

static void print_target(const Dump *dump, LinkPlace place)
{
        if (place.module == LINK_NONE) {
                printf("-\t0\t-");
                return;
        }
        const char *path = memory_path(dump->memory, place.module);
        const Unit *unit = memory_unit(dump->memory, path);
        if (place.decl == UNIT_NONE)
                printf("%s\t1\tmodule", path);
        else
                printf("%s\t%u\t%s", path, unit->decls[place.decl].name_line,
                       unit_kind_to_string(unit->decls[place.decl].kind));
}

static void print_edge(const Dump *dump, uint32_t module, const LinkEdge *edge)
{
        static const char *const words[] = {[UNIT_SITE_IMPORTS] = "import",
                                            [UNIT_SITE_CALLS] = "call",
                                            [UNIT_SITE_REFERENCES] = "reference",
                                            [UNIT_SITE_EXTENDS] = "extends",
                                            [UNIT_SITE_IMPLEMENTS] = "implements"};
        const char *path = memory_path(dump->memory, module);
        const Unit *unit = memory_unit(dump->memory, path);
        printf("%s\t%s\t%u\t", words[edge->kind], path, edge->line);
        if (edge->kind != UNIT_SITE_IMPORTS)
                printf("%u\t%s\t", edge->column, link_class_to_string(edge->class));
        print_target(dump, edge->target);
        printf("\t%s\n", unit_string(unit, edge->name));
}

typedef struct Counts {
        size_t edges, consulted, classes[8];
        double seconds;
} Counts;

static Counts link_all(Dump *dump, const char *only, bool print)
{
        Counts counts = {0};
        LinkSource source = memory_source(dump->memory);
        double begun = cpu();
        g_autoptr(Linker) linker = linker_new(&source);
        g_autoptr(GArray) edges = g_array_new(false, false, sizeof(LinkEdge));
        g_autoptr(GArray) consulted = g_array_new(false, false, sizeof(uint32_t));
        for (uint32_t i = 0; i < memory_modules(dump->memory); i++) {
                const char *path = memory_path(dump->memory, i);
                if (!path || (only && strcmp(only, path) != 0))
                        continue;
                if (print)
                        print_definitions(dump, i);
                g_array_set_size(edges, 0);
                g_array_set_size(consulted, 0);
                linker_module(linker, i, edges, consulted);
                counts.edges += edges->len;
                counts.consulted += consulted->len;
                for (unsigned k = 0; k < edges->len; k++) {
                        const LinkEdge *edge = &g_array_index(edges, LinkEdge, k);
                        if (edge->kind == UNIT_SITE_CALLS)
                                counts.classes[edge->class]++;
                        if (print)
                                print_edge(dump, i, edge);
                }
        }
        counts.seconds = cpu() - begun;
        return counts;
}

static long peak(void)
{
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss / 1024;
}

static void bench(Dump *dump)
{
        char name[4096];
        double begun = cpu();
        size_t bytes = 0;
        while (fgets(name, sizeof name, stdin)) {
                name[strcspn(name, "\n")] = '\0';
                read_file(dump, name, *name == '/' ? name + 1 : name);
        }
        double read = cpu();
        uint32_t modules = 0;
        for (uint32_t i = 0; i < memory_modules(dump->memory); i++) {
                const char *path = memory_path(dump->memory, i);
                const Unit *unit = path ? memory_unit(dump->memory, path) : NULL;
                if (!unit)
                        continue;
                modules++;
                bytes += (size_t)(unit->strings - (const char *)unit->header) +
                         unit->header->string_bytes;
        }
        dump->syntax = syntax_free(dump->syntax);
        malloc_trim(0);
        struct mallinfo2 before = mallinfo2();
        long until = peak();
        Counts counts = link_all(dump, NULL, false);
        printf("%u modules, units %zu MB; read %.2f s (peak %ld MB), linked %.2f s (%zu MB in use, peak %ld MB), %zu edges, %zu consultations\n",
               modules, bytes >> 20, read - begun, until, counts.seconds, before.uordblks >> 20,
               peak(), counts.edges, counts.consulted);
        printf("calls:");
        for (int i = LINK_EXACT; i <= LINK_EXTERNAL; i++)
                printf(" %s %zu", link_class_to_string(i), counts.classes[i]);
        printf("\n");
}

int main(int argc, char **argv)
{
        bool cpp = argc > 1 && strcmp(argv[1], "--cpp") == 0;
        argv += cpp;
        argc -= cpp;
        Dump dump = {syntax_new(), memory_new(), argc > 1 ? argv[1] : ".", cpp};
        if (argc > 1 && strcmp(argv[1], "--bench") == 0) {
                bench(&dump);
        } else {
                read_folder(&dump);
                link_all(&dump, argc > 2 ? argv[2] : NULL, true);
        }
        syntax_free(dump.syntax);
        memory_free(dump.memory);
        return 0;
}
