/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views that tell of the views, since schema tables are closed. Their rows are constants in their FROM. */
#include "store/sandbox.h"

static const SandboxColumn columns_of_views[] = {
        {"name", SANDBOX_TEXT, "Name of the view.", "v.column1"},
        {"description", SANDBOX_TEXT, "What its rows are.", "v.column2"},
        {NULL},
};

static const SandboxColumn columns_of_columns[] = {
        {"view", SANDBOX_TEXT, "View that the column belongs to.", "v.column1"},
        {"position", SANDBOX_INTEGER, "Its place in the view, from 1.", "v.column2"},
        {"name", SANDBOX_TEXT, "Name of the column.", "v.column3"},
        {"type", SANDBOX_TEXT, "TEXT, INTEGER or REAL.", "v.column4"},
        {"description", SANDBOX_TEXT, "What it says.", "v.column5"},
        {NULL},
};

static void add_view(const SandboxView *view, GString *views, GString *columns)
{
        char *row = sqlite3_mprintf("%s(%Q, %Q)", views->len > 0 ? ", " : "", view->name,
                                    view->description);

        g_string_append(views, row);
        sqlite3_free(row);
        for (unsigned i = 0; view->columns[i].name; i++) {
                const SandboxColumn *column = &view->columns[i];

                row = sqlite3_mprintf("%s(%Q, %u, %Q, %Q, %Q)", columns->len > 0 ? ", " : "",
                                      view->name, i + 1, column->name,
                                      sandbox_type_to_string(column->type), column->description);
                g_string_append(columns, row);
                sqlite3_free(row);
        }
}

void sandbox_add_listing(Sandbox *sandbox)
{
        g_autoptr(GString) views = g_string_new(NULL);
        g_autoptr(GString) columns = g_string_new(NULL);

        sandbox->own[0] = (SandboxView){.name = "views",
                                        .description = "The views that can be read.",
                                        .key = "name",
                                        .where = "1",
                                        .rows = 10,
                                        .columns = columns_of_views};
        sandbox->own[1] = (SandboxView){.name = "columns",
                                        .description = "Their columns.",
                                        .key = "view, name",
                                        .where = "1",
                                        .rows = 100,
                                        .columns = columns_of_columns};
        for (const SandboxView *view = sandbox->views; view->name; view++)
                add_view(view, views, columns);
        for (unsigned i = 0; i < G_N_ELEMENTS(sandbox->own); i++)
                add_view(&sandbox->own[i], views, columns);
        sandbox->listing[0] = g_strdup_printf("(VALUES %s) v", views->str);
        sandbox->listing[1] = g_strdup_printf("(VALUES %s) v", columns->str);
        for (unsigned i = 0; i < G_N_ELEMENTS(sandbox->own); i++)
                sandbox->own[i].from = sandbox->listing[i];
}
