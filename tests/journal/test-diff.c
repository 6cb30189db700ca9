/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diffs say what changed, shortly and truly: applied to what was before they give what came after. */
#include <string.h>

#include "journal/diff.h"
#include "journal/hunk.h"
#include "seed.h"

static const HunkLimits plenty = {.bytes_max = 1024 * 1024, .edits_max = 1000};

static void expect_hunks(const char *before, const char *after, const char *expected)
{
        static const char marks[] = {' ', '+', '-'};
        g_autoptr(GPtrArray) hunks = hunks_between(before, after, &plenty);
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned i = 0; i < hunks->len; i++) {
                const Hunk *hunk = g_ptr_array_index(hunks, i);

                g_string_append_printf(text, "[%c%s]", marks[hunk->op], hunk->text);
        }
        g_assert_cmpstr(text->str, ==, expected);
}

/* Seen to fail: letters taken one by one. */
static void test_words_are_whole(void)
{
        expect_hunks("the lease ends in 2024.", "the lease ends in 2025.",
                     "[ the lease ends in ][-2024][+2025][ .]");
        expect_hunks("Straße 1", "Straßen 1", "[-Straße][+Straßen][  1]");
        expect_hunks("naïve idea", "naïve plan", "[ naïve ][-idea][+plan]");
        expect_hunks("a_b c", "a_b d", "[ a_b ][-c][+d]");
        expect_hunks("東京都", "東北都", "[ 東][-京][+北][ 都]");
        expect_hunks("x", "x y", "[ x][+ y]");
        expect_hunks("", "new", "[+new]");
        expect_hunks("old", "", "[-old]");
        expect_hunks("same", "same", "[ same]");
        expect_hunks("", "", "");
}

/* Seen to fail: the white space kept apart. */
static void test_changed_words_stand_together(void)
{
        expect_hunks("one two three", "one dos tres", "[ one ][-two three][+dos tres]");
}

static void test_lines_that_stay_are_not_touched(void)
{
        expect_hunks("a b\nc d\ne f\n", "a b\nc x\ne f\n", "[ a b\nc ][-d][+x][ \ne f\n]");
        expect_hunks("a\nb\nc\n", "a\nc\n", "[ a\n][-b\n][ c\n]");
        expect_hunks("a\nc\n", "a\nb\nc\n", "[ a\n][+b\n][ c\n]");
}

static void test_too_much_is_replaced_whole(void)
{
        static const HunkLimits small = {.bytes_max = 20, .edits_max = 4};
        g_autoptr(GPtrArray) bytes = hunks_between("a b c d e f g h i j k", "a", &small);
        g_autoptr(GPtrArray) edits = hunks_between("a b c d e", "f g h i j", &small);

        g_assert_cmpuint(bytes->len, ==, 2);
        g_assert_cmpstr(((Hunk *)g_ptr_array_index(bytes, 0))->text, ==, "a b c d e f g h i j k");
        g_assert_cmpstr(((Hunk *)g_ptr_array_index(bytes, 1))->text, ==, "a");
        g_assert_cmpuint(edits->len, ==, 2);
        g_assert_cmpstr(((Hunk *)g_ptr_array_index(edits, 1))->text, ==, "f g h i j");
}

/* ---- applied, they give what came after ---- */

static char *random_text(void)
{
        static const char *const pieces[] = {"lease", "Ä", "1953", " ", "\n", "  ", ".", "é",
                                             "東",    "é", "🙂", "a", "b",  "\t", "-"};
        GString *text = g_string_new(NULL);
        int count = g_test_rand_int_range(0, 60);

        for (int i = 0; i < count; i++)
                g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
        return g_string_free(text, FALSE);
}

/* Mostly the same text, with some of it lost or new. */
static char *altered(const char *text)
{
        GString *out = g_string_new(NULL);

        for (const char *at = text; *at; at = g_utf8_next_char(at)) {
                int dice = g_test_rand_int_range(0, 12);

                if (dice == 0)
                        g_string_append(out, "new");
                if (dice != 1)
                        g_string_append_len(out, at, g_utf8_next_char(at) - at);
        }
        return g_string_free(out, FALSE);
}

static void check_applied(const char *before, const char *after, const HunkLimits *limits)
{
        g_autoptr(GPtrArray) hunks = hunks_between(before, after, limits);
        g_autoptr(GString) old = g_string_new(NULL), new = g_string_new(NULL);

        for (unsigned i = 0; i < hunks->len; i++) {
                const Hunk *hunk = g_ptr_array_index(hunks, i);
                const Hunk *last = i > 0 ? g_ptr_array_index(hunks, i - 1) : NULL;

                g_assert_true(*hunk->text);
                g_assert_true(g_utf8_validate(hunk->text, -1, NULL));
                g_assert_false(last && last->op == hunk->op);
                g_assert_false(last && last->op == HUNK_INSERT && hunk->op == HUNK_DELETE);
                if (hunk->op != HUNK_INSERT)
                        g_string_append(old, hunk->text);
                if (hunk->op != HUNK_DELETE)
                        g_string_append(new, hunk->text);
        }
        g_assert_cmpstr(old->str, ==, before);
        g_assert_cmpstr(new->str, ==, after);
}

/* Seen to fail: the end that both have counted twice, and a diagonal one off on the way back. */
static void test_hunks_applied_give_the_text_after(void)
{
        for (unsigned i = 0; i < 2000; i++) {
                HunkLimits limits = {.bytes_max = (size_t)g_test_rand_int_range(0, 400),
                                     .edits_max = (unsigned)g_test_rand_int_range(0, 40)};
                g_autofree char *before = random_text();
                g_autofree char *after = i % 3 ? altered(before) : random_text();

                check_applied(before, after, &limits);
                check_applied(before, after, &plenty);
        }
}

/* As few words as there can be: the length of Myers' script is that of the shortest. */
static unsigned changed_words(const char *before, const char *after)
{
        g_autoptr(GPtrArray) hunks = hunks_between(before, after, &plenty);
        unsigned count = 0;

        for (unsigned i = 0; i < hunks->len; i++) {
                const Hunk *hunk = g_ptr_array_index(hunks, i);

                count += hunk->op == HUNK_EQUAL ? 0 : (unsigned)strlen(hunk->text);
        }
        return count;
}

static unsigned shortest(const char *a, const char *b)
{
        size_t n = strlen(a), m = strlen(b);
        g_autofree unsigned *row = g_new0(unsigned, m + 1);

        for (size_t i = 0; i <= n; i++) {
                unsigned corner = 0;

                for (size_t j = 0; j <= m; j++) {
                        unsigned above = row[j], left = j > 0 ? row[j - 1] : 0;

                        if (i == 0 || j == 0)
                                row[j] = (unsigned)(i + j);
                        else
                                row[j] = a[i - 1] == b[j - 1] ? corner : MIN(above, left) + 1;
                        corner = above;
                }
        }
        return row[m];
}

static void test_no_shorter_script_exists(void)
{
        for (unsigned i = 0; i < 500; i++) {
                char texts[2][24] = {{0}};

                for (unsigned side = 0; side < 2; side++) /* each a word of its own */
                        for (int n = g_test_rand_int_range(0, 20); n > 0; n--)
                                texts[side][n - 1] = "+-*."[g_test_rand_int_range(0, 4)];
                g_assert_cmpuint(changed_words(texts[0], texts[1]), ==,
                                 shortest(texts[0], texts[1]));
        }
}

/* ---- fields ---- */

static JsonObject *only_line(JsonArray *diff, const char *field)
{
        g_assert_cmpuint(json_array_get_length(diff), ==, 1);
        JsonObject *line = json_array_get_object_element(diff, 0);
        g_assert_cmpstr(json_member_string(line, "field", NULL), ==, field);
        return line;
}

static void test_fields_that_differ_are_named(void)
{
        Entry entry = {.before = (char *)"{\"id\":\"a\",\"n\":1,\"t\":\"x\",\"z\":null}",
                       .after = (char *)"{\"id\":\"a\",\"n\":2,\"t\":\"x\",\"z\":null}"};
        Entry insert = {.after = (char *)"{\"id\":\"a\",\"z\":null}"};
        g_autoptr(JsonArray) diff = diff_entry(&entry, 0), all = diff_entry(&insert, 0);
        JsonObject *line = only_line(diff, "n");

        g_assert_cmpint(json_member_int(line, "before", 0), ==, 1);
        g_assert_cmpint(json_member_int(line, "after", 0), ==, 2);
        g_assert_false(json_object_has_member(line, "hunks"));
        line = only_line(all, "id");
        g_assert_true(json_object_get_null_member(line, "before"));
}

static void test_long_texts_are_cut_where_that_is_asked(void)
{
        g_autofree char *long_text = g_strnfill(3000, 'x');
        g_autofree char *before = g_strdup_printf("{\"t\":\"%s a\"}", long_text);
        g_autofree char *after = g_strdup_printf("{\"t\":\"%s b\"}", long_text);
        Entry entry = {.before = before, .after = after};
        g_autoptr(JsonArray) cut = diff_entry(&entry, 100), whole = diff_entry(&entry, 0);
        JsonArray *hunks = json_member_array(only_line(cut, "t"), "hunks");

        g_assert_cmpuint(strlen(json_member_string(only_line(cut, "t"), "before", "")), <, 110);
        g_assert_cmpuint(
                strlen(json_member_string(json_array_get_object_element(hunks, 0), "text", "")), <,
                110);
        g_assert_cmpuint(strlen(json_member_string(only_line(whole, "t"), "before", "")), ==, 3002);
}

/* ---- JSON values by place ---- */

static JsonNode *random_value(unsigned depth)
{
        JsonNode *node = json_node_new(JSON_NODE_VALUE);
        int kind = g_test_rand_int_range(0, depth > 0 ? 5 : 3);

        if (kind == 0) {
                json_node_set_int(node, g_test_rand_int_range(0, 3));
                return node;
        }
        if (kind == 1) {
                json_node_set_string(node, "text");
                return node;
        }
        g_clear_pointer(&node, json_node_unref);
        if (kind == 2)
                return json_node_new(JSON_NODE_NULL);
        if (kind == 3) {
                g_autoptr(JsonArray) array = json_array_new();

                for (int n = g_test_rand_int_range(0, 4); n > 0; n--)
                        json_array_add_element(array, random_value(depth - 1));
                node = json_node_new(JSON_NODE_ARRAY);
                json_node_set_array(node, array);
                return node;
        }
        static const char *const names[] = {"a", "b/c", "d~e", "", "ü"};
        g_autoptr(JsonObject) object = json_object_new();
        for (int n = g_test_rand_int_range(0, 4); n > 0; n--)
                json_object_set_member(object, names[g_test_rand_int_range(0, G_N_ELEMENTS(names))],
                                       random_value(depth - 1));
        node = json_node_new(JSON_NODE_OBJECT);
        json_node_set_object(node, object);
        return node;
}

/* The name of a step of a JSON pointer. */
static char *unescape(const char *step)
{
        g_auto(GStrv) slashes = g_strsplit(step, "~1", -1);
        g_autofree char *joined = g_strjoinv("/", slashes);
        g_auto(GStrv) tildes = g_strsplit(joined, "~0", -1);

        return g_strjoinv("~", tildes);
}

static JsonNode *child(JsonNode *node, const char *step)
{
        g_autofree char *name = unescape(step);

        if (JSON_NODE_HOLDS_OBJECT(node))
                return json_object_get_member(json_node_get_object(node), name);
        return json_array_get_element(json_node_get_array(node),
                                      (unsigned)g_ascii_strtoull(name, NULL, 10));
}

static void replace_element(JsonArray *array, unsigned index, JsonNode *value)
{
        g_autoptr(GPtrArray) rest =
                g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))json_node_unref);

        while (json_array_get_length(array) > index) {
                g_ptr_array_add(rest, json_node_copy(json_array_get_element(array, index)));
                json_array_remove_element(array, index);
        }
        json_array_add_element(array, value);
        for (unsigned i = 1; i < rest->len; i++)
                json_array_add_element(array, json_node_copy(rest->pdata[i]));
}

static void set_child(JsonNode *node, const char *step, JsonNode *value)
{
        g_autofree char *name = unescape(step);
        JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
        unsigned index = (unsigned)g_ascii_strtoull(name, NULL, 10);

        if (!array && value)
                json_object_set_member(json_node_get_object(node), name, json_node_copy(value));
        else if (!array)
                json_object_remove_member(json_node_get_object(node), name);
        else if (!value)
                json_array_remove_element(array, json_array_get_length(array) - 1);
        else
                replace_element(array, index, json_node_copy(value));
}

static void apply(JsonNode *root, JsonObject *line)
{
        g_auto(GStrv) steps = g_strsplit(json_member_string(line, "path", "") + 1, "/", -1);
        unsigned count = g_strv_length(steps);

        if (count == 0) /* the name is the empty one */
                set_child(root, "", json_object_get_member(line, "after"));
        for (unsigned i = 0; i + 1 < count; i++)
                root = child(root, steps[i]);
        if (count > 0)
                set_child(root, steps[count - 1], json_object_get_member(line, "after"));
}

static char *entry_text(JsonNode *value)
{
        g_autofree char *json = json_print_node(value);
        g_autoptr(JsonObject) row = json_object_new();

        json_object_set_string_member(row, "qualifiers", json);
        return json_print_object(row);
}

/* Seen to fail: names with a slash not escaped, and members that are new left out. */
static void test_paths_applied_give_the_value_after(void)
{
        unsigned seen = 0;

        for (unsigned i = 0; i < 3000; i++) {
                g_autoptr(JsonNode) old = random_value(3), new = random_value(3);
                g_autofree char *before = entry_text(old), *after = entry_text(new);
                Entry entry = {.before = before, .after = after};
                g_autoptr(JsonArray) diff = diff_entry(&entry, 0);

                if (JSON_NODE_TYPE(old) != JSON_NODE_TYPE(new) || JSON_NODE_HOLDS_VALUE(old) ||
                    JSON_NODE_HOLDS_NULL(old) || json_array_get_length(diff) == 0)
                        continue;
                JsonArray *paths = json_member_array(only_line(diff, "qualifiers"), "paths");
                g_assert_nonnull(paths);
                for (unsigned j = 0; j < json_array_get_length(paths); j++)
                        apply(old, json_array_get_object_element(paths, j));
                g_assert_true(json_node_equal(old, new));
                seen++;
        }
        g_assert_cmpuint(seen, >, 100);
}

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        g_test_add_func("/journal/diff/words-are-whole", test_words_are_whole);
        g_test_add_func("/journal/diff/changed-words-stand-together",
                        test_changed_words_stand_together);
        g_test_add_func("/journal/diff/lines-that-stay-are-not-touched",
                        test_lines_that_stay_are_not_touched);
        g_test_add_func("/journal/diff/too-much-is-replaced-whole",
                        test_too_much_is_replaced_whole);
        g_test_add_func("/journal/diff/hunks-applied-give-the-text-after",
                        test_hunks_applied_give_the_text_after);
        g_test_add_func("/journal/diff/no-shorter-script-exists", test_no_shorter_script_exists);
        g_test_add_func("/journal/diff/fields-that-differ-are-named",
                        test_fields_that_differ_are_named);
        g_test_add_func("/journal/diff/long-texts-are-cut-where-that-is-asked",
                        test_long_texts_are_cut_where_that_is_asked);
        g_test_add_func("/journal/diff/paths-applied-give-the-value-after",
                        test_paths_applied_give_the_value_after);
        return g_test_run();
}
