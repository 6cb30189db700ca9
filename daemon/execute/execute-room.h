/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the room share. */
#pragma once

#include "execute/execute.h"

/* What a snippet needs of the daemon. */
typedef struct Host {
        sd_event *loop;
        WorkerPool *pool;
        Tools *tools;
        Runner *runner;
        Gate *gate; /* or NULL */
} Host;

#define PARSE_INLINE_BYTES (32 * 1024) /* longer JSON is parsed on a thread: the loop is for all */

/* JSON of a stranger, parsed on the loop or off it. done is called on the loop, once, never before this returns; node is
 * borrowed. */
typedef struct Parse Parse;
typedef void (*ParseDone)(JsonNode *node, const GError *error, void *data);
Parse *parse_begin(const Host *host, const char *text, size_t bytes, ParseDone done, void *data);
void parse_forget(Parse *parse); /* done is not called any more */

/* May no snippet of the caller call the tool? One that waits on the loop as snippets do; and what a person is asked about
 * each time, since his snippet was asked about once. An agent is refused by the way of every call. */
bool host_is_closed(const Tool *tool, const Access *access);
