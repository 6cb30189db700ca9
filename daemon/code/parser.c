/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Job is a batch: its files are asked for together; those that nothing came of, since the process died or said that it did not
 * come to them, are asked for again, one by one. */
#include "code/parser.h"

#include <string.h>

#include "syntax/protocol.h"

typedef struct Job {
        Parser *parser;
        ParseBatch *batch;
        GArray *asked; /* of unsigned: files in the request under way */
        GArray *left;  /* … and those still to be asked for, one by one */
        int memfd;
        pid_t process;
        GError *problem; /* of what came back */
        GError *error;   /* of the whole */
        ParserDone done;
        void *data;
} Job;

struct Parser {
        ParserOptions options;
        WorkerPool *checks;
        Mailbox *mailbox;
        bool ending;
};

static void submit(Job *job);

static void finish(Job *job)
{
        job->done(job->batch, job->error, job->data);
        g_array_unref(job->asked);
        g_array_unref(job->left);
        g_clear_error(&job->problem);
        g_clear_error(&job->error);
        g_free(job);
}

static void finish_later(void *data)
{
        finish(data);
}

static ParseFile *file_at(const Job *job, unsigned index)
{
        return &g_array_index(job->batch->files, ParseFile, index);
}

/* ---- one after another ---- */

/* Asks for the next file that is left, or ends. */
static void go_on(Job *job)
{
        g_array_set_size(job->asked, 0);
        if (job->left->len == 0 || job->error) {
                finish(job);
                return;
        }
        g_array_append_val(job->asked, g_array_index(job->left, unsigned, job->left->len - 1));
        g_array_set_size(job->left, job->left->len - 1);
        submit(job);
}

/* Nothing came of the files that were asked for: several are tried one by one, one is to blame. */
static void fail_asked(Job *job, const GError *why)
{
        if (job->asked->len > 1) {
                for (unsigned i = job->asked->len; i-- > 0;)
                        g_array_append_val(job->left, g_array_index(job->asked, unsigned, i));
        } else {
                ParseFile *file = file_at(job, g_array_index(job->asked, unsigned, 0));

                g_clear_error(&file->error);
                file->error = g_error_copy(why);
                file->block = NULL;
        }
        go_on(job);
}

/* Files of a batch that it did not come to. One that is alone and is still not read is too much for anybody. */
static void collect_again(Job *job)
{
        bool alone = job->asked->len == 1;

        for (unsigned i = job->asked->len; i-- > 0;) {
                unsigned index = g_array_index(job->asked, unsigned, i);
                ParseFile *file = file_at(job, index);

                if (!g_error_matches(file->error, OUROBOROS_ERROR, (int)SYNTAX_AGAIN))
                        continue;
                if (alone)
                        file->error->code = OUROBOROS_ERROR_LIMIT;
                else
                        g_array_append_val(job->left, index);
        }
}

/* ---- what comes back ---- */

static void check_work(void *data)
{
        Job *job = data;

        (void)parse_batch_open(job->batch, job->memfd, job->asked, &job->problem);
}

static void check_done(void *data)
{
        Job *job = data;
        g_autoptr(GError) problem = g_steal_pointer(&job->problem);

        if (!problem) {
                collect_again(job);
                go_on(job);
                return;
        }
        reading_distrust(job->parser->options.reading, job->process);
        fail_asked(job, problem);
}

static bool is_of_all(const GError *error)
{
        return g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE) ||
               g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
}

static void on_reply(ReadingReply *reply, void *data)
{
        Job *job = data;

        if (reply->memfd >= 0) {
                job->memfd = reply->memfd;
                job->process = reply->process;
                reply->memfd = -1;
                worker_pool_push(job->parser->checks, check_work, check_done, job);
        } else if (is_of_all(reply->error)) {
                job->error = g_error_copy(reply->error);
                finish(job);
        } else {
                fail_asked(job, reply->error);
        }
}

static void submit(Job *job)
{
        g_autofree SyntaxRequest *message = g_new0(SyntaxRequest, 1);
        int fds[SYNTAX_BATCH_FILES_MAX];

        if (job->parser->ending) {
                job->error = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                                 "reading code was stopped");
                finish(job);
                return;
        }
        message->magic = SYNTAX_REQUEST_MAGIC;
        message->count = job->asked->len;
        for (unsigned i = 0; i < job->asked->len; i++) {
                const ParseFile *file = file_at(job, g_array_index(job->asked, unsigned, i));

                syntax_request_file(message, i, file->name, file->language,
                                    (uint32_t)job->parser->options.file_bytes_max);
                fds[i] = file->fd;
        }
        ReadingRequest request = {.bytes = message,
                                  .length = syntax_request_bytes(message->count),
                                  .fds = fds,
                                  .fd_count = message->count,
                                  .timeout_us = PARSER_TIMEOUT_MS * UINT64_C(1000),
                                  .name = message->files[0].name,
                                  .owner = job->parser};
        reading_submit(job->parser->options.reading, &request, on_reply, job);
}

void parser_submit(Parser *parser, ParseBatch *batch, ParserDone done, void *data)
{
        Job *job = g_new0(Job, 1);

        *job = (Job){.parser = parser,
                     .batch = batch,
                     .asked = g_array_new(FALSE, FALSE, sizeof(unsigned)),
                     .left = g_array_new(FALSE, FALSE, sizeof(unsigned)),
                     .done = done,
                     .data = data};
        g_assert(batch->files->len <= SYNTAX_BATCH_FILES_MAX);
        for (unsigned i = 0; i < batch->files->len; i++)
                if (file_at(job, i)->fd >= 0 && !file_at(job, i)->error)
                        g_array_append_val(job->asked, i);
        if (job->asked->len > 0)
                submit(job);
        else
                mailbox_post(parser->mailbox, finish_later, job);
}

/* ---- life ---- */

Parser *parser_new(const ParserOptions *options, GError **error)
{
        g_autoptr(Parser) parser = g_new0(Parser, 1);

        parser->options = *options;
        parser->mailbox = mailbox_new(options->loop, error);
        if (!parser->mailbox)
                return NULL;
        parser->checks = worker_pool_new(options->loop, "units", 1, error);
        return parser->checks ? g_steal_pointer(&parser) : NULL;
}

Parser *parser_free(Parser *parser)
{
        if (!parser)
                return NULL;
        parser->ending = true;
        if (parser->options.reading)
                reading_cancel(parser->options.reading, parser);
        parser->checks = worker_pool_free(parser->checks);
        parser->mailbox = mailbox_free(parser->mailbox);
        g_free(parser);
        return NULL;
}
