/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/parse.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "syntax/protocol.h"

static void parse_file_close(ParseFile *file)
{
        if (file->fd >= 0)
                (void)close(file->fd);
        file->fd = -1;
}

static void parse_file_clear(void *data)
{
        parse_file_close(data);
        g_clear_error(&((ParseFile *)data)->error);
}

void parse_batch_close(ParseBatch *batch)
{
        for (unsigned i = 0; i < batch->files->len; i++)
                parse_file_close(&g_array_index(batch->files, ParseFile, i));
}

static void parse_map_clear(void *data)
{
        ParseMap *map = data;

        (void)munmap(map->at, map->bytes);
}

ParseBatch *parse_batch_new(void)
{
        ParseBatch *batch = g_new0(ParseBatch, 1);

        g_atomic_ref_count_init(&batch->references);
        batch->files = g_array_new(FALSE, FALSE, sizeof(ParseFile));
        g_array_set_clear_func(batch->files, parse_file_clear);
        batch->maps = g_array_new(FALSE, FALSE, sizeof(ParseMap));
        g_array_set_clear_func(batch->maps, parse_map_clear);
        return batch;
}

ParseBatch *parse_batch_ref(ParseBatch *batch)
{
        g_atomic_ref_count_inc(&batch->references);
        return batch;
}

ParseBatch *parse_batch_unref(ParseBatch *batch)
{
        if (!batch || !g_atomic_ref_count_dec(&batch->references))
                return NULL;
        g_array_unref(batch->files);
        g_array_unref(batch->maps);
        g_free(batch);
        return NULL;
}

void parse_batch_add(ParseBatch *batch, const ParseFile *file)
{
        g_array_append_vals(batch->files, file, 1);
}

/* ---- what comes back ---- */

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* A memfd that nobody can change any more. */
static bool map_sealed(int memfd, ParseMap *ret, GError **error)
{
        int seals = fcntl(memfd, F_GET_SEALS);
        struct stat st;

        if (seals < 0 || (seals & SEALS) != SEALS || fstat(memfd, &st) < 0 || st.st_size <= 0 ||
            st.st_size > 2 * (off_t)SYNTAX_BATCH_BYTES_MAX) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                                    "what came back is no sealed memory of a batch");
                return false;
        }
        ret->bytes = (size_t)st.st_size;
        ret->at = mmap(NULL, ret->bytes, PROT_READ, MAP_PRIVATE, memfd, 0);
        if (ret->at == MAP_FAILED)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "what came back cannot be mapped");
        return ret->at != MAP_FAILED;
}

/* What a helper may call its failure. UNAVAILABLE: it was not looked at. */
static int checked_code(int code)
{
        return code == OUROBOROS_ERROR_INVALID || code == OUROBOROS_ERROR_LIMIT ||
                               code == OUROBOROS_ERROR_TIMEOUT || code == (int)SYNTAX_AGAIN
                       ? code
                       : OUROBOROS_ERROR_FAILED;
}

static bool open_row(ParseFile *file, const ParseMap *map, const SyntaxRow *row, GError **error)
{
        g_clear_error(&file->error);
        file->hash = row->content;
        file->hashed = row->file_bytes > 0 || row->content != 0;
        if (row->code >= 0) {
                file->error =
                        g_error_new_literal(OUROBOROS_ERROR, checked_code(row->code), row->message);
                return true;
        }
        file->block = (const char *)map->at + row->offset;
        file->bytes = row->bytes;
        if (unit_open(file->block, file->bytes, &file->unit, error) &&
            file->unit.header->language == (uint32_t)file->language)
                return true;
        if (error && !*error)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                                    "a unit of another language came back");
        file->block = NULL;
        return false;
}

bool parse_batch_open(ParseBatch *batch, int memfd, const GArray *asked, GError **error)
{
        ParseMap map;
        bool mapped = map_sealed(memfd, &map, error);

        (void)close(memfd);
        if (!mapped)
                return false;
        g_array_append_val(batch->maps, map);
        const SyntaxBatch *rows = syntax_batch_open(map.at, map.bytes, asked->len, error);
        for (unsigned i = 0; rows && i < asked->len; i++) {
                unsigned index = g_array_index(asked, unsigned, i);

                if (!open_row(&g_array_index(batch->files, ParseFile, index), &map, &rows->rows[i],
                              error))
                        return false;
        }
        return rows != NULL;
}
