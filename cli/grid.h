/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose columns are only known from an answer. */
#pragma once

#include <json-glib/json-glib.h>

#include "output.h"

typedef struct Grid Grid;

/* titles: an array of strings. */
Grid *grid_new(JsonArray *titles);
Grid *grid_free(Grid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grid, grid_free)

/* Sets a cell of the row that is being filled; a column beyond the last is left out. */
void grid_set(Grid *grid, unsigned column, JsonNode *value);
void grid_end_row(Grid *grid);

/* Columns that hold only numbers are set to the right. */
void grid_print(Grid *grid, Output *output);
