/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/source.h"

#include <string.h>
#include <time.h>

#include "base/base.h"
#include "extract/contents.h"
#include "syntax/syntax.h"

#define SOURCE_TRIM_BYTES (16 * 1024 * 1024) /* after units of this size memory is given back */

static time_t cpu_seconds(void)
{
        struct timespec now;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return now.tv_sec;
}

static SyntaxRow *row_of(GByteArray *block, uint32_t index)
{
        return &((SyntaxBatch *)block->data)->rows[index];
}

/* Messages may have words of the file in them. */
static void fail(SyntaxRow *row, int code, const char *message)
{
        g_autofree char *cut = g_strndup(message, SYNTAX_MESSAGE_BYTES_MAX / 4);
        g_autofree char *valid = g_utf8_make_valid(cut, -1);
        row->code = code;
        g_strlcpy(row->message, valid, sizeof(row->message));
}

/* Appends the unit, aligned; false if the batch is full. */
static bool append(GByteArray *block, uint32_t index, const Builder *builder)
{
        size_t bytes = builder_bytes(builder), offset = (block->len + 7u) & ~(size_t)7;
        if (offset + bytes > SYNTAX_BATCH_BYTES_MAX)
                return false;
        g_byte_array_set_size(block, (guint)(offset + bytes));
        builder_write(builder, block->data + offset);
        SyntaxRow *row = row_of(block, index);
        row->code = -1;
        row->offset = (uint32_t)offset;
        row->bytes = (uint32_t)bytes;
        return true;
}

static void read_one(Syntax *syntax, const SyntaxRequestFile *file, int fd, GByteArray *block,
                     uint32_t index)
{
        g_autoptr(GError) error = NULL;
        ContentsLimit limit = {file->bytes_max, "MaxSourceFileKB", .copy = true};
        Contents contents = {0};
        if (!contents_read(fd, &limit, &contents, &error)) {
                fail(row_of(block, index), (int)error_code(error), error->message);
                return;
        }
        row_of(block, index)->file_bytes = (uint32_t)contents.length;
        row_of(block, index)->content = unit_hash(contents.bytes, contents.length);
        SyntaxFile source = {contents.bytes, contents.length, file->name, file->language};
        const Builder *builder = syntax_read(syntax, &source, NULL, &error);
        if (!builder)
                fail(row_of(block, index), (int)error_code(error), error->message);
        else if (!append(block, index, builder))
                fail(row_of(block, index), SYNTAX_AGAIN,
                     "the batch is full (SYNTAX_BATCH_BYTES_MAX)");
        contents_clear(&contents);
}

/* Reads the files of a request. The caller frees the block. */
static GByteArray *read_all(Syntax *syntax, const SyntaxRequest *request, const int *fds)
{
        size_t rows = sizeof(SyntaxBatch) + request->count * sizeof(SyntaxRow);
        GByteArray *block = g_byte_array_sized_new((guint)rows);
        g_byte_array_set_size(block, (guint)rows);
        memset(block->data, 0, rows);
        *(SyntaxBatch *)block->data = (SyntaxBatch){SYNTAX_BATCH_MAGIC, request->count};
        time_t begun = cpu_seconds();
        for (uint32_t i = 0; i < request->count; i++) {
                if (cpu_seconds() - begun >= SYNTAX_BATCH_SECONDS_MAX)
                        fail(row_of(block, i), SYNTAX_AGAIN,
                             "the batch took too long (SYNTAX_BATCH_SECONDS_MAX)");
                else
                        read_one(syntax, &request->files[i], fds[i], block, i);
        }
        return block;
}

static void store_array(const void *data, void *place)
{
        const GByteArray *array = data;
        memcpy(place, array->data, array->len);
}

int source_answer(void *syntax, const ServeRequest *request, bool *ret_large, GError **error)
{
        g_autoptr(GByteArray) units = read_all(syntax, request->sources, request->fds);
        *ret_large = units->len > SOURCE_TRIM_BYTES;
        return memfd_seal(units->len, store_array, units, error);
}
