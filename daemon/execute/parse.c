/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/execute-room.h"

struct Parse {
        char *text;
        size_t bytes;
        ParseDone done;
        void *data;
        bool forgotten;
        JsonNode *node;
        GError *error;
        sd_event_source *soon;
};

static void work(void *data)
{
        Parse *parse = data;

        parse->node = json_parse_text(parse->text, (gssize)parse->bytes, &parse->error);
}

static void parse_free(Parse *parse)
{
        sd_event_source_disable_unref(parse->soon);
        g_clear_pointer(&parse->node, json_node_unref);
        g_clear_error(&parse->error);
        g_free(parse->text);
        g_free(parse);
}

static void on_worked(void *data)
{
        Parse *parse = data;

        if (!parse->forgotten)
                parse->done(parse->node, parse->error, parse->data);
        parse_free(parse);
}

static int on_soon(sd_event_source *source, void *data)
{
        Parse *parse = data;

        work(parse);
        on_worked(parse);
        return 0;
}

Parse *parse_begin(const Host *host, const char *text, size_t bytes, ParseDone done, void *data)
{
        Parse *parse = g_new0(Parse, 1);

        *parse =
                (Parse){.text = g_strndup(text, bytes), .bytes = bytes, .done = done, .data = data};
        if (bytes > PARSE_INLINE_BYTES ||
            sd_event_add_defer(host->loop, &parse->soon, on_soon, parse) < 0)
                worker_pool_push(host->pool, work, on_worked, parse);
        return parse;
}

void parse_forget(Parse *parse)
{
        if (!parse)
                return;
        if (parse->soon)
                parse_free(parse);
        else
                parse->forgotten = true;
}
