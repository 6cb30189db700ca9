/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-syntax answers a batch of source files with a row for each, whatever is in them.
 * Seen to fail: with units that may begin within the rows, "what-a-helper-replies-is-checked"; with the limit of descriptors as it was for
 * documents alone (16), a full batch was not answered. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"
#include "syntax/protocol.h"
#include "syntax/unit.h"

typedef struct Helper {
        sd_event *loop; /* which never runs: the tests read its socket themselves */
        Spawned process;
} Helper;

static int on_said(sd_event_source *source, int fd, uint32_t events, void *data)
{
        return 0;
}

static void on_died(const siginfo_t *how, void *data)
{
}

static void helper_start(Helper *helper)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *program = g_build_filename(g_getenv("OUROBOROS_BUILD_ROOT"), "daemon",
                                                    "ouroboros-syntax", NULL);
        g_assert_cmpint(sd_event_new(&helper->loop), >=, 0);
        const SpawnOptions options = {helper->loop, program, on_said, on_died, NULL};
        g_assert_true(spawn_helper(&options, &helper->process, &error));
        g_assert_no_error(error);
}

static void helper_end(Helper *helper)
{
        spawned_end(&helper->process);
        sd_event_unref(helper->loop);
}

static int text_fd(const char *bytes, size_t length)
{
        int fd = memfd_create("source", MFD_CLOEXEC);
        g_assert_cmpint(write(fd, bytes, length), ==, (ssize_t)length);
        return fd;
}

/* ---- asking ---- */

typedef struct Question {
        SyntaxRequest request;
        int fds[SYNTAX_BATCH_FILES_MAX];
} Question;

static void question_add(Question *question, const char *path, const char *bytes, size_t length)
{
        uint32_t index = question->request.count++;
        question->request.magic = SYNTAX_REQUEST_MAGIC;
        syntax_request_file(&question->request, index, path, unit_language_of(path), 1024 * 1024);
        question->fds[index] = text_fd(bytes, length);
}

static void question_clear(Question *question)
{
        for (uint32_t i = 0; i < question->request.count; i++)
                close(question->fds[i]);
        question->request.count = 0;
}

static void send_request(const Helper *helper, const void *bytes, size_t length, const int *fds,
                         size_t count)
{
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(SYNTAX_BATCH_FILES_MAX * sizeof(int))];
        } control = {0};
        struct iovec iov = {(void *)bytes, length};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = CMSG_SPACE(count * sizeof(int))};
        control.header = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
                                          .cmsg_type = SCM_RIGHTS,
                                          .cmsg_len = CMSG_LEN(count * sizeof(int))};
        memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
        g_assert_cmpint(sendmsg(helper->process.socket, &message, MSG_NOSIGNAL), ==,
                        (ssize_t)length);
}

/* The memfd of a reply; -1 and its words if it failed, and if the helper is gone. */
static int receive_reply(const Helper *helper, char **ret_message)
{
        _Alignas(8) char buffer[4096];
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = {buffer, sizeof(buffer)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        ssize_t n = recvmsg(helper->process.socket, &message, MSG_CMSG_CLOEXEC);
        int fd = -1, code;
        gboolean tired;
        *ret_message = NULL;
        if (n <= 0)
                return -1;
        g_autoptr(GVariant) reply = g_variant_ref_sink(g_variant_new_from_data(
                G_VARIANT_TYPE(EXTRACT_REPLY_TYPE), buffer, (gsize)n, FALSE, NULL, NULL));
        g_variant_get(reply, "(isb)", &code, ret_message, &tired);
        if (CMSG_FIRSTHDR(&message))
                memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
        g_assert_true((code == -1) == (fd >= 0));
        return fd;
}

typedef struct Answer {
        void *map;
        size_t bytes;
        const SyntaxBatch *batch;
} Answer;

static void ask(const Helper *helper, Question *question, Answer *ret)
{
        g_autofree char *message = NULL;
        g_autoptr(GError) error = NULL;
        struct stat st;
        send_request(helper, &question->request, syntax_request_bytes(question->request.count),
                     question->fds, question->request.count);
        int fd = receive_reply(helper, &message);
        g_assert_cmpstr(message, ==, "");
        g_assert_cmpint(fcntl(fd, F_GET_SEALS), ==,
                        F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
        g_assert_cmpint(fstat(fd, &st), ==, 0);
        ret->bytes = (size_t)st.st_size;
        ret->map = mmap(NULL, ret->bytes, PROT_READ, MAP_SHARED, fd, 0);
        g_assert_true(ret->map != MAP_FAILED);
        close(fd);
        ret->batch = syntax_batch_open(ret->map, ret->bytes, question->request.count, &error);
        g_assert_no_error(error);
}

static void answer_clear(Answer *answer)
{
        munmap(answer->map, answer->bytes);
}

static void open_unit(const Answer *answer, uint32_t index, Unit *ret)
{
        g_autoptr(GError) error = NULL;
        const SyntaxRow *row = &answer->batch->rows[index];
        g_assert_cmpint(row->code, ==, -1);
        g_assert_true(unit_open((const char *)answer->map + row->offset, row->bytes, ret, &error));
        g_assert_no_error(error);
}

/* ---- tests ---- */

static void test_a_bad_file_costs_its_row(void)
{
        Helper helper;
        Question question = {0};
        Answer answer;
        Unit unit;
        static const char binary[] = "\0\1\2\3", good[] = "export class Bee {}\n";
        g_autofree char *large = g_strnfill(2 * 1024 * 1024, ' ');
        helper_start(&helper);
        question_add(&question, "src/bee.ts", good, strlen(good));
        question_add(&question, "src/binary.ts", binary, sizeof(binary));
        question_add(&question, "src/large.ts", large, strlen(large));
        question_add(&question, "src/unknown.xyz", good, strlen(good));
        question_add(&question, "src/bee.test.ts", good, strlen(good));
        ask(&helper, &question, &answer);
        open_unit(&answer, 0, &unit);
        g_assert_cmpstr(unit_string(&unit, unit.decls[0].name), ==, "Bee");
        g_assert_cmpint(answer.batch->rows[1].code, ==, OUROBOROS_ERROR_INVALID);
        g_assert_cmpint(answer.batch->rows[2].code, ==, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(answer.batch->rows[2].message, "bytes, more than"));
        g_assert_cmpint(answer.batch->rows[3].code, ==, OUROBOROS_ERROR_NOT_FOUND);
        open_unit(&answer, 4, &unit);
        g_assert_true(unit.header->flags & UNIT_IS_TEST);
        g_assert_cmpuint(answer.batch->rows[0].content, ==, answer.batch->rows[4].content);
        g_assert_cmpuint(answer.batch->rows[0].file_bytes, ==, strlen(good));
        answer_clear(&answer);
        question_clear(&question);
        helper_end(&helper);
}

static void test_a_full_batch_is_answered_again_and_again(void)
{
        Helper helper;
        helper_start(&helper);
        for (unsigned round = 0; round < 3; round++) {
                Question question = {0};
                Answer answer;
                for (unsigned i = 0; i < SYNTAX_BATCH_FILES_MAX; i++) {
                        g_autofree char *text = g_strdup_printf("export function f%u() {}\n", i);
                        question_add(&question, "f.ts", text, strlen(text));
                }
                ask(&helper, &question, &answer);
                for (unsigned i = 0; i < SYNTAX_BATCH_FILES_MAX; i++) {
                        g_autofree char *name = g_strdup_printf("f%u", i);
                        Unit unit;
                        open_unit(&answer, i, &unit);
                        g_assert_cmpstr(unit_string(&unit, unit.decls[0].name), ==, name);
                }
                answer_clear(&answer);
                question_clear(&question);
        }
        helper_end(&helper);
}

static void assert_ends(const void *bytes, size_t length, unsigned fds)
{
        Helper helper;
        int fd = text_fd("x", 1), many[] = {fd, fd, fd};
        g_autofree char *message = NULL;
        helper_start(&helper);
        send_request(&helper, bytes, length, many, fds);
        g_assert_cmpint(receive_reply(&helper, &message), ==, -1);
        g_assert_null(message);
        close(fd);
        helper_end(&helper);
}

static void test_a_bad_request_ends_the_helper(void)
{
        SyntaxRequest request = {.magic = SYNTAX_REQUEST_MAGIC, .count = 1};
        assert_ends(&request, syntax_request_bytes(1) - 1, 1);
        assert_ends(&request, syntax_request_bytes(1), 2);
        request.count = 2;
        assert_ends(&request, syntax_request_bytes(1), 1);
        request.count = SYNTAX_BATCH_FILES_MAX + 1;
        assert_ends(&request, sizeof(request), 3);
}

static void test_what_a_helper_replies_is_checked(void)
{
        size_t rows = sizeof(SyntaxBatch) + sizeof(SyntaxRow);
        g_autofree SyntaxBatch *batch = g_malloc0(rows + 16);
        *batch = (SyntaxBatch){SYNTAX_BATCH_MAGIC, 1};
        batch->rows[0] = (SyntaxRow){.code = -1, .offset = (uint32_t)rows, .bytes = 16};
        g_assert_nonnull(syntax_batch_open(batch, rows + 16, 1, NULL));
        g_assert_null(syntax_batch_open(batch, rows + 16, 2, NULL));
        g_assert_null(syntax_batch_open(batch, rows - 1, 1, NULL));
        batch->rows[0].bytes = 17;
        g_assert_null(syntax_batch_open(batch, rows + 16, 1, NULL));
        batch->rows[0].bytes = 8;
        batch->rows[0].offset = (uint32_t)rows - 8;
        g_assert_null(syntax_batch_open(batch, rows + 16, 1, NULL));
        batch->rows[0].offset = (uint32_t)rows + 4;
        g_assert_null(syntax_batch_open(batch, rows + 16, 1, NULL));
        batch->rows[0].offset = UINT32_MAX - 7;
        g_assert_null(syntax_batch_open(batch, rows + 16, 1, NULL));
        batch->rows[0] = (SyntaxRow){.code = OUROBOROS_ERROR_COUNT};
        g_assert_null(syntax_batch_open(batch, rows + 16, 1, NULL));
        batch->rows[0] = (SyntaxRow){.code = OUROBOROS_ERROR_LIMIT};
        g_assert_nonnull(syntax_batch_open(batch, rows + 16, 1, NULL));
        memset(batch->rows[0].message, 'x', sizeof(batch->rows[0].message));
        g_assert_null(syntax_batch_open(batch, rows + 16, 1, NULL));
        g_assert_null(syntax_batch_open(batch, 0, 0, NULL));
}

static void test_of_a_long_path_the_end_is_sent(void)
{
        g_autofree char *folder = g_strnfill(500, 'd');
        g_autofree char *path = g_strconcat(folder, "/x.test.ts", NULL);
        SyntaxRequest request;
        syntax_request_file(&request, 0, path, UNIT_TYPESCRIPT, 1);
        g_assert_cmpuint(strlen(request.files[0].name), ==, SYNTAX_NAME_BYTES_MAX);
        g_assert_true(g_str_has_suffix(request.files[0].name, "d/x.test.ts"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/batch/a-bad-file-costs-its-row", test_a_bad_file_costs_its_row);
        g_test_add_func("/batch/a-full-batch-is-answered-again-and-again",
                        test_a_full_batch_is_answered_again_and_again);
        g_test_add_func("/batch/a-bad-request-ends-the-helper", test_a_bad_request_ends_the_helper);
        g_test_add_func("/batch/what-a-helper-replies-is-checked",
                        test_what_a_helper_replies_is_checked);
        g_test_add_func("/batch/of-a-long-path-the-end-is-sent",
                        test_of_a_long_path_the_end_is_sent);
        return g_test_run();
}
