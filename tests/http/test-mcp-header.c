/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What headers must repeat of the body.
 * Seen to fail: without check_name(); with header_decode() that gives every value back as it is; with names of methods
 * compared without regard to case. */
#include "fixture.h"

#include "http/header.h"

static void test_values_in_base64_are_decoded(void)
{
        static const struct {
                const char *given, *value;
        } cases[] = {
                {"us-west1", "us-west1"},
                {"=?base64?SGVsbG8=?=", "Hello"},
                {"=?base64?SGVsbG8sIOS4lueVjA==?=", "Hello, 世界"},
                {"=?base64?bGluZTEKbGluZTI=?=", "line1\nline2"},
                {"=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", "=?base64?literal?="},
                {"=?base64?"
                 "?=",
                 ""},
                {"SGVsbG8=", "SGVsbG8="},
                {"=?base64?SGVsbG8=", "=?base64?SGVsbG8="},
                {"=?BASE64?SGVsbG8=?=", "=?BASE64?SGVsbG8=?="},
                {"=?base64?=", "=?base64?="},
                {"=?base64?SGVsbG8?=", NULL},
                {"=?base64?SGVs!!!bG8=?=", NULL},
                {"=?base64?SGVs bG8=?=", NULL},
                {"=?base64?/w==?=", NULL},
                {"=?base64?AA==?=", NULL},
                {"na\xc3\xafve", NULL},
                {"a\x01", NULL},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *value = header_decode(cases[i].given);
                g_assert_cmpstr(value, ==, cases[i].value);
        }
}

static void set_headers(Fixture *fixture, const char *version, const char *method, const char *name)
{
        g_clear_pointer(&fixture->headers, g_hash_table_unref);
        fixture->headers = g_hash_table_new(g_str_hash, g_str_equal);
        if (version)
                g_hash_table_insert(fixture->headers, "mcp-protocol-version", (char *)version);
        if (method)
                g_hash_table_insert(fixture->headers, "mcp-method", (char *)method);
        if (name)
                g_hash_table_insert(fixture->headers, "mcp-name", (char *)name);
}

static void expect(Fixture *fixture, const char *method, const char *params, const char *code)
{
        g_autoptr(Ear) ear = ear_new();

        ask_stateless(fixture, ear, method, params);
        assert_at(ear->answer, "error>code", code);
        g_assert_cmpuint(ear->status, ==, g_str_equal(code, "(none)") ? 200 : 400);
}

static void test_headers_say_what_the_body_says(Fixture *fixture, const void *data)
{
        static const char call[] = "'name':'query_knowledge'," META;

        set_headers(fixture, "2026-07-28", "tools/list", NULL);
        expect(fixture, "tools/list", META, "(none)");
        set_headers(fixture, NULL, "tools/list", NULL);
        expect(fixture, "tools/list", META, "-32020");
        set_headers(fixture, "2025-11-25", "tools/list", NULL);
        expect(fixture, "tools/list", META, "-32020");
        set_headers(fixture, "2026-07-28", NULL, NULL);
        expect(fixture, "tools/list", META, "-32020");
        set_headers(fixture, "2026-07-28", "TOOLS/LIST", NULL);
        expect(fixture, "tools/list", META, "-32020");
        set_headers(fixture, "2026-07-28", "tools/call", NULL);
        expect(fixture, "tools/call", call, "-32020");
        set_headers(fixture, "2026-07-28", "tools/call", "remember_fact");
        expect(fixture, "tools/call", call, "-32020");
        set_headers(fixture, "2026-07-28", "tools/call", "=?base64?cXVlcnlfa25vd2xlZGdl?=");
        expect(fixture, "tools/call", call, "(none)");
        set_headers(fixture, "2026-07-28", "tools/call", "=?base64?cXVlcnlfa25vd2xlZGdl==?=");
        expect(fixture, "tools/call", call, "-32020");
}

static void test_what_meta_lacks_is_told_before_what_headers_lack(Fixture *fixture,
                                                                  const void *data)
{
        set_headers(fixture, "2026-07-28", "server/discover", NULL);
        expect(fixture, "server/discover", "", "-32602");
        set_headers(fixture, "2026-07-28", "server/discover", NULL);
        expect(fixture, "server/discover",
               "'_meta':{'io.modelcontextprotocol/protocolVersion':'v999.0.0',"
               "'io.modelcontextprotocol/clientCapabilities':{}}",
               "-32020");
        set_headers(fixture, "v999.0.0", "server/discover", NULL);
        expect(fixture, "server/discover",
               "'_meta':{'io.modelcontextprotocol/protocolVersion':'v999.0.0',"
               "'io.modelcontextprotocol/clientCapabilities':{}}",
               "-32022");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/mcp-header/values-in-base64-are-decoded",
                        test_values_in_base64_are_decoded);
        FIXTURE_TEST("/mcp-header/headers-say-what-the-body-says",
                     test_headers_say_what_the_body_says);
        FIXTURE_TEST("/mcp-header/what-meta-lacks-is-told-before-what-headers-lack",
                     test_what_meta_lacks_is_told_before_what_headers_lack);
        return g_test_run();
}
