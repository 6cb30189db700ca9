/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a snippet's process sends is cut into frames however it comes, and what cannot be ends it. Seen to fail: without
 * the default of check(), by which an empty frame of the daemon's passed (the third). */
#include <string.h>

#include "execute/frames.h"

static GByteArray *frame(GByteArray *bytes, uint32_t kind, uint32_t id, const char *text)
{
        IsolateHeader header = {kind, (uint32_t)strlen(text), id};

        g_byte_array_append(bytes, (const guint8 *)&header, sizeof(header));
        return g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text));
}

static void test_frames_come_out_whole_however_they_come_in(void)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        const char *text;
        IsolateHeader header;
        Frames frames;

        frame(bytes, ISOLATE_LOG, 0, "one");
        frame(bytes, ISOLATE_CALL, 7, "whoami\n{}");
        frame(bytes, ISOLATE_RESULT, 0, "");
        for (guint piece = 1; piece <= bytes->len; piece++) {
                g_autoptr(GString) seen = g_string_new(NULL);

                frames_init(&frames);
                for (guint at = 0; at < bytes->len; at += piece) {
                        g_assert_true(
                                frames_add(&frames, bytes->data + at, MIN(piece, bytes->len - at)));
                        while (frames_next(&frames, &header, &text))
                                g_string_append_printf(seen, "%u %u %.*s|", header.kind, header.id,
                                                       (int)header.bytes, text);
                }
                g_assert_cmpstr(seen->str, ==, "4 0 one|3 7 whoami\n{}|5 0 |");
                g_assert_false(frames.broken);
                frames_clear(&frames);
        }
}

static void check_broken(uint32_t kind, uint32_t size)
{
        IsolateHeader header = {kind, size, 0}, ignored;
        const char *text;
        Frames frames;

        frames_init(&frames);
        g_assert_true(frames_add(&frames, &header, sizeof(header)));
        g_assert_false(frames_next(&frames, &ignored, &text));
        g_assert_true(frames.broken);
        g_assert_false(frames_add(&frames, "x", 1));
        frames_clear(&frames);
}

static void test_a_frame_that_is_too_long_ends_the_reading_before_it_is_there(void)
{
        check_broken(ISOLATE_RESULT, ISOLATE_RESULT_BYTES_MAX + 1);
        check_broken(ISOLATE_CALL, UINT32_MAX);
        check_broken(ISOLATE_LOG, ISOLATE_OUTPUT_BYTES_MAX + 1);
}

static void test_frames_that_only_the_daemon_sends_end_the_reading(void)
{
        check_broken(ISOLATE_RUN, 1);
        check_broken(ISOLATE_ANSWER, 1);
        check_broken(ISOLATE_ERROR, 0);
        check_broken(77, 1);
}

static void test_there_is_an_end_to_what_one_snippet_may_send(void)
{
        g_autofree char *much = g_malloc0(ISOLATE_OUTPUT_BYTES_MAX / 2);
        IsolateHeader header = {ISOLATE_LOG, ISOLATE_OUTPUT_BYTES_MAX / 2, 0}, got;
        const char *text;
        unsigned count = 0;
        Frames frames;

        frames_init(&frames);
        while (frames_add(&frames, &header, sizeof(header)) &&
               frames_add(&frames, much, ISOLATE_OUTPUT_BYTES_MAX / 2) &&
               frames_next(&frames, &got, &text))
                count++;
        g_assert_true(frames.broken);
        g_assert_cmpuint(count, ==, 2);
        frames_clear(&frames);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/frames/come-out-whole-however-they-come-in",
                        test_frames_come_out_whole_however_they_come_in);
        g_test_add_func("/frames/that-are-too-long-end-the-reading",
                        test_a_frame_that_is_too_long_ends_the_reading_before_it_is_there);
        g_test_add_func("/frames/that-only-the-daemon-sends-end-the-reading",
                        test_frames_that_only_the_daemon_sends_end_the_reading);
        g_test_add_func("/frames/have-an-end", test_there_is_an_end_to_what_one_snippet_may_send);
        return g_test_run();
}
