/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "store/chain.h"
#include "store/copy.h"
#include "store/row-json.h"

static Db *open_plain(const Fixture *fixture)
{
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};
        g_autoptr(GError) error = NULL;

        g_assert_true(copy_make_file(fixture->path, &error));
        Db *db = db_open(&options, &error);
        g_assert_no_error(error);
        g_assert_true(db_run(db,
                             "CREATE TABLE t (v ANY, k TEXT, \"odd name\" INTEGER, n INTEGER, "
                             "PRIMARY KEY (n, k)) STRICT",
                             &error));
        return db;
}

static char *print(Db *db, const char *value, bool key)
{
        g_autofree char *sql = g_strdup_printf("SELECT %s, 'k', 5, 6", value);
        g_autoptr(sqlite3_stmt) row = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(RowShape) shape = row_shape_new(db, "t", &error);
        g_autoptr(GString) out = g_string_new("old");
        sqlite3_value *values[4];

        g_assert_no_error(error);
        g_assert_cmpint(sqlite3_prepare_v2(db->sqlite, sql, -1, &row, NULL), ==, SQLITE_OK);
        g_assert_cmpint(sqlite3_step(row), ==, SQLITE_ROW);
        for (int i = 0; i < 4; i++)
                values[i] = sqlite3_column_value(row, i);
        if (!(key ? row_shape_print_key : row_shape_print)(shape, values, out, &error))
                return g_strdup(error->message);
        return g_strdup(out->str);
}

static void assert_prints(Db *db, const char *value, const char *expected)
{
        g_autofree char *row =
                g_strdup_printf("{\"v\":%s,\"k\":\"k\",\"odd name\":5,\"n\":6}", expected);
        g_autofree char *printed = print(db, value, /* key= */ false);

        g_assert_cmpstr(printed, ==, row);
}

static void test_every_type_has_its_form(Fixture *fixture, const void *data)
{
        g_autoptr(OwnDb) db = open_plain(fixture);

        assert_prints(db, "NULL", "null");
        assert_prints(db, "-9223372036854775808", "-9223372036854775808");
        assert_prints(db, "0.1", "0.1");
        assert_prints(db, "1.0", "1.0");
        assert_prints(db, "1e22", "1.0e+22");
        assert_prints(db, "0.1 + 0.2", "0.30000000000000004");
        assert_prints(db, "x''", "{\"hex\":\"\"}");
        assert_prints(db, "x'00ff1a'", "{\"hex\":\"00ff1a\"}");
        assert_prints(db, "''", "\"\"");
        assert_prints(db, "'a\"b\\c' || char(10, 13, 9, 1, 31)",
                      "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\"");
        assert_prints(db, "'grüße 🐍'", "\"grüße 🐍\"");
}

static void test_what_json_cannot_hold_is_named(Fixture *fixture, const void *data)
{
        g_autoptr(OwnDb) db = open_plain(fixture);
        g_autofree char *nul = print(db, "'a' || char(0)", /* key= */ false);
        g_autofree char *invalid = print(db, "CAST(x'ff' AS TEXT)", /* key= */ false);
        g_autofree char *infinite = print(db, "-9e999", /* key= */ false);

        g_assert_cmpstr(nul, ==, "t.v: text that is not UTF-8 or holds a NUL character");
        g_assert_cmpstr(invalid, ==, nul);
        g_assert_cmpstr(infinite, ==, "t.v: a number that is not finite");
}

static void test_keys_stand_in_the_order_of_the_key(Fixture *fixture, const void *data)
{
        g_autoptr(OwnDb) db = open_plain(fixture);
        g_autofree char *key = print(db, "1", /* key= */ true);

        g_assert_cmpstr(key, ==, "{\"n\":6,\"k\":\"k\"}");
}

/* The format of the chain is for ever: other programs may check it. */
static void test_the_hash_of_an_entry_is_what_it_was(void)
{
        static const uint8_t expected[CHAIN_HASH_BYTES] = {
                0x27, 0xa1, 0x14, 0xa7, 0x2e, 0xf7, 0x61, 0x2f, 0x74, 0x1a, 0x88,
                0x83, 0x9a, 0x7a, 0xe9, 0x33, 0xfa, 0x71, 0xcc, 0xf5, 0x73, 0x52,
                0x4b, 0x68, 0x52, 0x3d, 0xf0, 0x64, 0xaa, 0xcf, 0xb1, 0x2c};
        g_autoptr(GByteArray) scratch = g_byte_array_new();
        uint8_t prev[CHAIN_HASH_BYTES] = {1, 2, 3}, hash[CHAIN_HASH_BYTES];
        ChainEntry entry = {.seq = 5, .ts = -7};

        for (unsigned i = 0; i < CHAIN_FIELDS; i++) {
                entry.text[i] = i % 3 == 2 ? NULL : "text";
                entry.length[i] = entry.text[i] ? i % 5 : 0;
        }
        chain_hash(&entry, prev, scratch, hash);
        g_assert_cmpmem(hash, sizeof(hash), expected, sizeof(expected));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/row-json/every-type-has-its-form", Fixture, NULL, fixture_folder,
                   test_every_type_has_its_form, fixture_down);
        g_test_add("/row-json/what-json-cannot-hold-is-named", Fixture, NULL, fixture_folder,
                   test_what_json_cannot_hold_is_named, fixture_down);
        g_test_add("/row-json/keys-stand-in-the-order-of-the-key", Fixture, NULL, fixture_folder,
                   test_keys_stand_in_the_order_of_the_key, fixture_down);
        g_test_add_func("/row-json/the-hash-of-an-entry-is-what-it-was",
                        test_the_hash_of_an_entry_is_what_it_was);
        return g_test_run();
}
