/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent may say: lines, of which the first tells who it is by its first byte: a client of the socket, one of
 * the older era over HTTP, or one of the stateless era. Every answer is a JSON object of one line with either a result
 * or an error. */
#include "../http/fixture.h"

#include <stdlib.h>

#include "fuzz.h"

static void end(int status, void *fixture)
{
        fixture_down(fixture, NULL);
}

static Fixture *begin_once(void)
{
        static Fixture fixture; /* made once: its schemas are compiled */

        if (!fixture.mcp) {
                fixture_up(&fixture, NULL);
                g_atomic_int_set(&fixture.let_go, 1);
                (void)on_exit(end, &fixture);
        }
        return &fixture;
}

static void check(const Ear *ear)
{
        if (ear->answer)
                g_assert_true(json_object_has_member(ear->answer, "result") !=
                              json_object_has_member(ear->answer, "error"));
}

static void take_line(Fixture *fixture, Session *session, const char *line, size_t length)
{
        g_autoptr(Ear) ear = ear_new();
        g_autofree char *refusal = NULL;
        g_autoptr(Message) message = message_parse(line, length, &refusal);
        McpInput input = {.message = message,
                          .session = session,
                          .connection = fixture->connection,
                          .outlet = &ear->outlet};

        if (!message) {
                ear_answer(&ear->outlet, 400, refusal, strlen(refusal));
                check(ear);
                return;
        }
        Call *call = mcp_handle(fixture->mcp, &input);
        if (call)
                mcp_cancel(call);
        check(ear);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        Fixture *fixture = begin_once();
        g_autoptr(Ear) socket = ear_new();
        Session *session = NULL;

        if (size < 1)
                return 0;
        if (data[0] % 3 == 0)
                session = mcp_attach_session(fixture->mcp, &socket->outlet);
        else if (data[0] % 3 == 1)
                session = mcp_begin_session(fixture->mcp, connection_id(fixture->connection), NULL);
        for (const uint8_t *at = data + 1, *stop = data + size; at < stop;) {
                const uint8_t *line_end = memchr(at, '\n', (size_t)(stop - at));
                const uint8_t *until = line_end ? line_end : stop;
                take_line(fixture, session, (const char *)at, (size_t)(until - at));
                at = until + 1;
        }
        if (session)
                session_end(session);
        fixture_settle(fixture);
        return 0;
}
