/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/items.h"

#include <string.h>

#include "extract/protocol.h"
#include "extract/scan.h"

void items_heading(Output *output, size_t start, size_t end, unsigned level)
{
        g_autofree char *text =
                output_collapse(output_get(output) + start, end - start, ITEMS_TEXT_BYTES);
        char number[2] = {(char)('0' + CLAMP(level, 1, 6)), 0};
        output_item(output, &(Item){.kind = "heading",
                                    .start = start,
                                    .end = end,
                                    .name = {"level", "text"},
                                    .value = {number, text}});
}

void items_code(Output *output, size_t start, size_t end, const char *language, const char *code)
{
        /* "```{.python .numberLines}", "```rust,ignore", "```c title=x" */
        language = language ? language + strspn(language, "{. ") : "";
        g_autofree char *word = g_strndup(language, MIN(strcspn(language, " \t,}{:;="), 40));
        static const char *const none[] = {"text",    "txt",     "plain",       "plaintext",
                                           "none",    "default", "nohighlight", "no-highlight",
                                           "literal", NULL};
        if (g_strv_contains(none, word) || !g_ascii_isalpha(*word))
                *word = 0;
        g_autofree char *symbol = code ? scan_symbol(code, strlen(code))
                                       : scan_symbol(output_get(output) + start, end - start);
        output_item(output, &(Item){.kind = "code_block",
                                    .start = start,
                                    .end = end,
                                    .name = {"language", "symbol"},
                                    .value = {word, symbol}});
}

/* What steps begin with in English. */
static bool is_imperative(const char *word, size_t length)
{
        static const char verbs[] =
                " add adjust allow analyze apply ask assign assemble attach avoid back bake be beat begin blend boil "
                "book boot bring browse brush build burn buy calculate call carry catch change charge check choose "
                "clean clear click clone close collect combine commit compare compile complete compute configure "
                "confirm connect consider consult contact continue convert cook cool copy count cover create cut "
                "declare decide define delete deploy describe determine develop disable disconnect discuss divide do "
                "dock don't double double-click download drag draw drain drill drive drop dry edit email empty enable "
                "ensure enter evaluate examine execute exit expand explain explore export extract feed fetch fill "
                "find finish fit fix fold follow fork format free fry gather generate get give go grab grease "
                "hand hang heat help hit hold identify import include increase indicate inform initialize insert "
                "inspect install invoke issue join keep label launch lay learn leave let lift light limit link list "
                "listen load locate lock log look loosen lower make mark mash match measure melt merge mix modify "
                "monitor mount move name navigate never notify obtain open order organize pack paint park parse "
                "pass paste pay peel perform pick pin place plan plant play plug point pour practice prepare press "
                "print proceed process produce provide publish pull push put query raise reach read reboot rebuild "
                "receive record reduce refer refresh register reload remember remove rename repeat replace "
                "report request reset resolve restart restore retrieve return review right-click rinse roll rotate "
                "run sand save scan schedule scroll seal search season select send separate serve set shake share "
                "show shut sign simmer slice slide soak sort specify split spray spread sprinkle stage start "
                "stay stir stop store strain submit subscribe supply swap switch synchronize tag take tap tell test "
                "thank tie tighten toast touch track train transfer treat trim try turn type unbox uncomment "
                "uninstall unlock unpack unplug untar unzip update upgrade upload use validate verify view visit "
                "wait walk warm wash watch water wear weigh whisk wipe work wrap write yank zip ";
        char padded[32];
        if (length == 0 || length > sizeof(padded) - 3)
                return false;
        g_snprintf(padded, sizeof(padded), " %.*s ", (int)length, word);
        for (char *c = padded; *c; c++)
                *c = g_ascii_tolower(*c);
        return strstr(verbs, padded) != NULL;
}

typedef enum Mood { MOOD_TELLS, MOOD_ORDERS, MOOD_OPEN } Mood;

/* "Then open", "Please run", "`make`" and "$ make" order; "If it rains, close" is open; "The file is" tells. */
static Mood step_mood(const char *step)
{
        static const char lead[] =
                " then next now first second third finally lastly please also carefully "
                "optionally always simply just again gently and ";
        static const char open[] =
                " if when once after before in on from with at for to while until using under "
                "as using ";
        for (unsigned i = 0; i < 3; i++) {
                step += strspn(step, " ,*_\"'(:");
                if (strchr("`$", *step) && *step)
                        return MOOD_ORDERS;
                size_t length = strcspn(step, " ,.:;!?()*_`\"");
                char padded[32];
                g_snprintf(padded, sizeof(padded), " %.*s ", (int)MIN(length, 28), step);
                for (char *c = padded; *c; c++)
                        *c = g_ascii_tolower(*c);
                if (is_imperative(step, length))
                        return MOOD_ORDERS;
                if (strstr(open, padded))
                        return MOOD_OPEN;
                if (length == 0 || !strstr(lead, padded))
                        return MOOD_TELLS;
                step += length;
        }
        return MOOD_TELLS;
}

/* A text with none of the words that no English text does without is of another language: there the form of
 * a list has to do. */
static bool is_english(GPtrArray *steps)
{
        static const char *const words[] = {" the ", " a ",   " is ",   " of ", " to ",  " and ",
                                            " in ",  " for ", " with ", " it ", " your "};
        for (guint i = 0; i < steps->len; i++) {
                const char *step = g_ptr_array_index(steps, i);
                g_autofree char *lower = g_ascii_strdown(step, MIN(strlen(step), 300));
                for (size_t j = 0; j < G_N_ELEMENTS(words); j++)
                        if (strstr(lower, words[j]))
                                return true;
        }
        return false;
}

/* Numbers of versions and abbreviations are no steps. */
static bool have_words(GPtrArray *steps)
{
        for (guint i = 0; i < steps->len; i++) {
                unsigned run = 0;
                for (const char *c = g_ptr_array_index(steps, i); *c && run < 3; c++)
                        run = g_ascii_islower(*c) || (unsigned char)*c & 0x80 ? run + 1 : 0;
                if (run < 3)
                        return false;
        }
        return true;
}

/* Licences number their clauses, and news and contents their entries. */
static bool is_other_list(const char *title)
{
        static const char *const words[] = {"licen",      "copyright",    "contents",
                                            "changelog",  "what's new",   "release notes",
                                            "references", "bibliography", "warranty",
                                            "notes",      "footnotes"};
        g_autofree char *lower = g_ascii_strdown(title ? title : "", -1);
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (strstr(lower, words[i]))
                        return true;
        return false;
}

/* Most of the steps order something. */
static bool are_steps(const char *title, GPtrArray *steps)
{
        unsigned orders = 0, tells = 0;
        if (is_other_list(title))
                return false;
        for (guint i = 0; i < steps->len; i++) {
                Mood mood = step_mood(g_ptr_array_index(steps, i));
                orders += mood == MOOD_ORDERS;
                tells += mood == MOOD_TELLS;
        }
        if (orders == 0 && !is_english(steps))
                return tells > 2 && have_words(steps);
        return orders > 0 && orders >= tells;
}

void items_procedure(Output *output, size_t start, size_t end, const char *title, GPtrArray *steps)
{
        if (steps->len < ITEMS_STEPS_MIN || !are_steps(title, steps))
                return;
        g_autoptr(GString) json = g_string_new("[");
        for (guint i = 0; i < steps->len && json->len < EXTRACT_VALUE_BYTES_MAX - 2000; i++) {
                const char *step = g_ptr_array_index(steps, i);
                if (i > 0)
                        g_string_append_c(json, ',');
                output_json(json, step, strlen(step));
        }
        g_string_append_c(json, ']');
        /* a step of control characters alone could swell sixfold: then the value would be cut, and be no JSON */
        if (json->len > EXTRACT_VALUE_BYTES_MAX)
                return;
        output_item(output, &(Item){.kind = "procedure",
                                    .start = start,
                                    .end = end,
                                    .name = {"title", "steps"},
                                    .value = {title, json->str}});
}

void items_row(Output *output, size_t start, size_t end, const ItemsRow *row)
{
        g_autoptr(GString) json = g_string_new("{");
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < row->cells->len; i++) {
                const char *cell = g_ptr_array_index(row->cells, i);
                const char *column = i < row->header->len ? g_ptr_array_index(row->header, i) : "";
                g_autofree char *name = *column && !g_hash_table_contains(seen, column)
                                                ? g_strdup(column)
                                                : g_strdup_printf("column %u", i + 1);
                if (!*cell)
                        continue;
                if (json->len > 1)
                        g_string_append_c(json, ',');
                output_json(json, name, strlen(name));
                g_string_append_c(json, ':');
                output_json(json, cell, strlen(cell));
                g_hash_table_add(seen, g_steal_pointer(&name));
        }
        g_string_append_c(json, '}');
        if (json->len <= 2 || json->len > EXTRACT_VALUE_BYTES_MAX)
                return;
        output_item(output, &(Item){.kind = "table_row",
                                    .start = start,
                                    .end = end,
                                    .name = {"row", "caption"},
                                    .value = {json->str, row->caption}});
}
