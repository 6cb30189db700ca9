/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries of a text's list of references: "[3] Author: Title", ".. [3] …", and under a heading that says
 * References (or the like) "3. …" too. A number that is given twice, or that the one before it is missing for,
 * is no entry: output of programs is full of "[1]". Nor is what has neither an address nor a year in it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct References References;

/* Reads the text once; it has to outlive the references. */
References *references_new(const char *text, size_t length);
References *references_free(References *references);

typedef struct Reference {
        size_t marker;     /* where the entry begins */
        size_t start, end; /* what it says */
} Reference;

/* The entry of a number, or NULL. */
const Reference *references_number(const References *references, unsigned number);

/* Is there an entry that begins with this surname and has this year ("2019") in it? */
bool references_author(const References *references, const char *surname, const char *year);
