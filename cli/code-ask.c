/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "code callers" and its like: questions to the code graph. Each is a row of one table: what its words mean, which options
 * it takes, which columns of the answer are shown. */
#include <string.h>

#include "render.h"
#include "table.h"
#include "verbs.h"

#define CELLS_MAX 8

typedef enum Cell {
        CELL_TEXT,   /* a member, whatever its type */
        CELL_PLACE,  /* module:line, by two members */
        CELL_SYMBOL, /* a symbol's name; none: the file itself */
} Cell;

typedef struct Field {
        Cell cell;
        const char *member, *line; /* line: of CELL_PLACE */
} Field;

typedef struct Question {
        const char *kind;
        const char *words
                [2]; /* what the words are taken for: a member, or "" and "to_" before symbol_id and name; NULL */
        unsigned count; /* of columns */
        Column columns[CELLS_MAX];
        Field fields[CELLS_MAX];
} Question;

#define SYMBOL    ""
#define TO_SYMBOL "to_"

/* ---- what is sent ---- */

static void set_word(JsonObject *args, const char *taken_for, const char *word)
{
        bool symbol = g_str_equal(taken_for, SYMBOL) || g_str_equal(taken_for, TO_SYMBOL);
        bool id = g_str_has_prefix(word, "sym-");
        g_autofree char *member = !symbol ? g_strdup(taken_for)
                                          : g_strconcat(taken_for, id ? "symbol_id" : "name", NULL);

        json_object_set_string_member(args, member, word);
}

static JsonObject *question_args(const Cli *cli, const Question *question)
{
        JsonObject *args = cli_list_args(cli, 50);

        json_object_set_string_member(args, "kind", question->kind);
        for (unsigned i = 0; i < G_N_ELEMENTS(question->words); i++)
                if (question->words[i] && args_word(cli->args, i))
                        set_word(args, question->words[i], args_word(cli->args, i));
        cli_set_option(cli, args, "repository", "repository");
        cli_set_option(cli, args, "match", "match");
        cli_set_option(cli, args, "module", "module");
        cli_set_option(cli, args, "symbol_kind", "kind");
        cli_set_option(cli, args, "module_kind", "module-kind");
        cli_set_option(cli, args, "language", "language");
        cli_set_number(cli, args, "depth", "depth");
        cli_set_flag(cli, args, "exported_only", "exported");
        cli_set_flag(cli, args, "errors_only", "errors");
        if (args_has(cli->args, "no-tests"))
                json_object_set_boolean_member(args, "include_tests", FALSE);
        if (args_has(cli->args, "incoming"))
                json_object_set_string_member(args, "direction", "incoming");
        return args;
}

/* ---- what is shown ---- */

static char *cell_text(JsonObject *row, const Field *field)
{
        g_autofree char *text = cli_member_text(row, field->member);

        if (field->cell == CELL_SYMBOL && !*text)
                return g_strdup("(the file)");
        if (field->cell != CELL_PLACE || !*text)
                return g_steal_pointer(&text);
        int64_t line = json_member_int(row, field->line, 0);
        return line > 0 ? g_strdup_printf("%s:%" G_GINT64_FORMAT, text, line)
                        : g_steal_pointer(&text);
}

static void add_row(Table *table, const Question *question, JsonObject *row)
{
        const char *cells[CELLS_MAX] = {NULL};

        for (unsigned i = 0; i < question->count; i++)
                cells[i] = cell_text(row, &question->fields[i]);
        table_add(table, cells);
        for (unsigned i = 0; i < question->count; i++)
                g_free((char *)cells[i]);
}

static void print_end(Cli *cli, JsonObject *answer, bool empty)
{
        if (empty)
                output_print(cli->output, "Nothing.\n");
        if (json_member_bool(answer, "cut", false) && !args_has(cli->args, "quiet"))
                output_styled(cli->output, STYLE_DIM, "\nThere is more: --limit shows it.\n");
        if (!json_member_bool(answer, "complete", true) && !args_has(cli->args, "quiet"))
                output_styled(cli->output, STYLE_DIM,
                              "\nNot everything is read yet; \"code list\" tells how far it is.\n");
        cli_say_next(cli, answer);
}

static bool ask(Cli *cli, const Question *question, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *row;

        if (!cli_tool(cli, "query_codebase", question_args(cli, question), &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(question->columns, question->count);
        JsonArray *rows = json_member_array(answer, "rows");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, question, row);
        table_print(table, cli->output);
        print_end(cli, answer, !rows || json_array_get_length(rows) == 0);
        return true;
}

/* ---- the questions ---- */

#define OF_REPOSITORY                                                                              \
        {                                                                                          \
                "repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path" \
        }
#define IN_MODULE                                                                                  \
        {                                                                                          \
                "module", 0, OPTION_TEXT, "FILE", "The symbol of that name in this file"           \
        }
#define WITHOUT_TESTS                                                                              \
        {                                                                                          \
                "no-tests", 0, OPTION_FLAG, NULL, "Without what stands in tests"                   \
        }
#define STEPS                                                                                      \
        {                                                                                          \
                "depth", 0, OPTION_NUMBER, "COUNT", "Follow so many steps, up to 8"                \
        }
#define OF_LANGUAGE                                                                                \
        {                                                                                          \
                "language", 0, OPTION_TEXT, "LANGUAGE",                                            \
                        "Only this one: typescript, tsx, javascript, python, rust, go, java, "     \
                        "csharp, c, cpp"                                                           \
        }

static const Option module_options[] = {
        OF_REPOSITORY,
        OF_LANGUAGE,
        {"module-kind", 0, OPTION_TEXT, "KIND", "Only lib, test, script, generated or vendored"},
        {"errors", 'e', OPTION_FLAG, NULL, "Only files that could not be read, and why"},
        CLI_LIST_OPTIONS,
        {NULL},
};
static const Option symbol_options[] = {
        OF_REPOSITORY,
        {"match", 0, OPTION_TEXT, "HOW", "exact (the default), prefix or fuzzy"},
        {"kind", 0, OPTION_TEXT, "KIND", "Only function, method, class, struct, enum, type …"},
        {"module", 0, OPTION_TEXT, "PATH", "Only those of this file or folder"},
        OF_LANGUAGE,
        {"exported", 0, OPTION_FLAG, NULL, "Only what other files may name"},
        WITHOUT_TESTS,
        CLI_LIST_OPTIONS,
        {NULL},
};
static const Option callers_options[] = {OF_REPOSITORY, IN_MODULE,        STEPS,
                                         WITHOUT_TESTS, CLI_LIST_OPTIONS, {NULL}};
static const Option callees_options[] = {OF_REPOSITORY, IN_MODULE, STEPS, CLI_LIST_OPTIONS, {NULL}};
static const Option reference_options[] = {
        OF_REPOSITORY, IN_MODULE, WITHOUT_TESTS, CLI_LIST_OPTIONS, {NULL}};
static const Option import_options[] = {
        OF_REPOSITORY,
        {"incoming", 0, OPTION_FLAG, NULL, "Who imports the file, instead of what it imports"},
        CLI_LIST_OPTIONS,
        {NULL},
};
static const Option some_options[] = {
        OF_REPOSITORY,
        {"limit", 'n', OPTION_NUMBER, "COUNT", "At most so many rows"},
        {NULL},
};
static const Option only_repository[] = {OF_REPOSITORY, {NULL}};
static bool run_modules(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "modules",
                .words = {"module"},
                .count = 7,
                .columns = {{"MODULE", .shrink = true},
                            {"LANGUAGE"},
                            {"KIND"},
                            {"LINES", .right = true},
                            {"SYMBOLS", .right = true},
                            {"ERROR"},
                            {"REASON", .shrink = true}},
                .fields = {{.member = "module"},
                           {.member = "language"},
                           {.member = "kind"},
                           {.member = "lines"},
                           {.member = "symbols"},
                           {.member = "error"},
                           {.member = "reason"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_modules = {
        .name = "code modules",
        .words = "[PATH]",
        .max = 1,
        .summary = "Source files, of a folder or all",
        .options = module_options,
        .run = run_modules,
};

#define SYMBOL_COLUMNS                                                                             \
        {"SYMBOL", .shrink = true}, {"KIND"}, {"PLACE", .shrink = true},                           \
        {                                                                                          \
                "ID", .dim = true                                                                  \
        }
#define SYMBOL_FIELDS                                                                              \
        {.member = "qualified_name"}, {.member = "kind"}, {CELL_PLACE, "module", "start_line"},    \
        {                                                                                          \
                .member = "symbol_id"                                                              \
        }

static bool run_symbols(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "symbols",
                .words = {"name"},
                .count = 5,
                .columns = {SYMBOL_COLUMNS, {"SIGNATURE", .shrink = true}},
                .fields = {SYMBOL_FIELDS, {.member = "signature"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_symbols = {
        .name = "code symbols",
        .words = "[NAME]",
        .max = 1,
        .summary = "Symbols of a name, or of a file",
        .options = symbol_options,
        .run = run_symbols,
};

static const Question from_others = {
        .count = 5,
        .columns = {{"PLACE", .shrink = true},
                    {"SYMBOL", .shrink = true},
                    {"DEPTH", .right = true},
                    {"RESOLUTION"},
                    {"ID", .dim = true}},
        .fields = {{CELL_PLACE, "module", "line"},
                   {CELL_SYMBOL, "caller_symbol"},
                   {.member = "depth"},
                   {.member = "resolution"},
                   {.member = "caller_id"}},
};

static bool run_callers(Cli *cli, GError **error)
{
        Question question = from_others;

        question.kind = "callers";
        question.words[0] = SYMBOL;
        return ask(cli, &question, error);
}

#define OF_SYMBOL                                                                                    \
        "A symbol is given by its id (sym-…) or its name, qualified (Gate.open) if that tells it " \
        "apart. If several are called so, they are listed, to choose one by its id."

const Verb verb_code_callers = {
        .name = "code callers",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "Who calls a symbol",
        .details = OF_SYMBOL,
        .options = callers_options,
        .run = run_callers,
};

static bool run_callees(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "callees",
                .words = {SYMBOL},
                .count = 6,
                .columns = {{"PLACE", .shrink = true},
                            {"SYMBOL", .shrink = true},
                            {"DEFINED", .shrink = true},
                            {"DEPTH", .right = true},
                            {"RESOLUTION"},
                            {"ID", .dim = true}},
                .fields = {{CELL_PLACE, "module", "line"},
                           {.member = "callee_symbol"},
                           {CELL_PLACE, "callee_module", "callee_line"},
                           {.member = "depth"},
                           {.member = "resolution"},
                           {.member = "callee_id"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_callees = {
        .name = "code callees",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "What a symbol calls",
        .details = OF_SYMBOL,
        .options = callees_options,
        .run = run_callees,
};

static bool run_references(Cli *cli, GError **error)
{
        Question question = from_others;

        question.kind = "references";
        question.words[0] = SYMBOL;
        question.columns[2] = (Column){"RELATIONSHIP"};
        question.fields[2] = (Field){.member = "relationship"};
        return ask(cli, &question, error);
}

const Verb verb_code_references = {
        .name = "code references",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "Everything that names a symbol",
        .details = OF_SYMBOL,
        .options = reference_options,
        .run = run_references,
};

static bool run_path(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "path",
                .words = {SYMBOL, TO_SYMBOL},
                .count = 4,
                .columns = {SYMBOL_COLUMNS},
                .fields = {SYMBOL_FIELDS},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_path = {
        .name = "code path",
        .words = "FROM TO",
        .min = 2,
        .max = 2,
        .summary = "A way of calls from one symbol to another, the shortest",
        .details = OF_SYMBOL,
        .options = only_repository,
        .run = run_path,
};

static bool run_imports(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "imports",
                .words = {"module"},
                .count = 4,
                .columns = {{"PLACE", .shrink = true},
                            {"IMPORTS", .shrink = true},
                            {"MODULE", .shrink = true},
                            {"RESOLUTION"}},
                .fields = {{CELL_PLACE, "module", "line"},
                           {.member = "imports"},
                           {.member = "target_module"},
                           {.member = "resolution"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_imports = {
        .name = "code imports",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary = "What a file imports, or who imports it",
        .options = import_options,
        .run = run_imports,
};

static bool run_exports(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "exports",
                .words = {"module"},
                .count = 5,
                .columns = {{"NAME", .shrink = true},
                            {"KIND"},
                            {"LINE", .right = true},
                            {"FROM", .shrink = true},
                            {"ID", .dim = true}},
                .fields = {{.member = "name"},
                           {.member = "kind"},
                           {.member = "line"},
                           {.member = "from"},
                           {.member = "symbol_id"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_exports = {
        .name = "code exports",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary = "What a file lets others name",
        .options = some_options,
        .run = run_exports,
};

static bool run_entry_points(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "entry_points",
                .count = 4,
                .columns = {{"PLACE", .shrink = true},
                            {"SYMBOL", .shrink = true},
                            {"REASON"},
                            {"ID", .dim = true}},
                .fields = {{CELL_PLACE, "module", "start_line"},
                           {CELL_SYMBOL, "qualified_name"},
                           {.member = "reason"},
                           {.member = "symbol_id"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_entry_points = {
        .name = "code entry-points",
        .words = "",
        .summary =
                "Where the code is entered: main functions, scripts, the outer side of libraries",
        .options = some_options,
        .run = run_entry_points,
};

static bool run_hot_spots(Cli *cli, GError **error)
{
        static const Question question = {
                .kind = "hot_spots",
                .count = 5,
                .columns = {{"MODULE", .shrink = true},
                            {"USES", .right = true},
                            {"COMMITS", .right = true},
                            {"LINES", .right = true},
                            {"SCORE", .right = true}},
                .fields = {{.member = "module"},
                           {.member = "fan_in"},
                           {.member = "churn"},
                           {.member = "lines"},
                           {.member = "score"}},
        };

        return ask(cli, &question, error);
}

const Verb verb_code_hot_spots = {
        .name = "code hot-spots",
        .words = "",
        .summary = "Files that others use much and that change much",
        .options = some_options,
        .run = run_hot_spots,
};
