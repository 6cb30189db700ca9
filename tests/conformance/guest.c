/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minting as the human would, by the tool for it; the bearer is read from the file that it was written to, as a client
 * does. The bearer stands here, for the process: a door asks for it where there is nobody to pass it on. */
#include <stdio.h>
#include <unistd.h>

#include "conformance/conformance.h"
#include "conformance/fixtures.h"
#include "conformance/guest.h"

static char *bearer; /* NULL: not minted yet */

typedef struct Minting {
        Rooms *rooms;
        char *bearer;
        GError *error;
} Minting;

const char *guest_bearer(void)
{
        return bearer;
}

static void allow(JsonArray *names, const Tool *tools, bool hidden)
{
        for (; tools->name; tools++)
                if (hidden || !g_str_equal(tools->name, FIXTURE_HIDDEN))
                        json_array_add_string_element(names, tools->name);
}

JsonObject *guest_terms(bool hidden)
{
        JsonObject *args = json_object_new();
        JsonArray *names = json_array_new();

        allow(names, content_fixtures, hidden);
        allow(names, ask_fixtures, hidden);
        allow(names, offer_fixtures, hidden);
        json_object_set_string_member(args, "profile", "custom");
        json_object_set_array_member(args, "tools", names);
        json_object_set_string_member(args, "listing", "full");
        return args;
}

static void mint(void *data)
{
        Minting *minting = data;
        g_autoptr(Access) human = access_new_human("conformance", NULL);
        g_autoptr(JsonObject) args = guest_terms(/* hidden= */ false);

        /* there may be one of a start before */
        g_autofree char *name = g_strdup_printf("conformance %d", (int)getpid());
        json_object_set_string_member(args, "name", name);
        g_autoptr(JsonObject) minted =
                tools_call(minting->rooms->tools, human, "mint_connection", args, &minting->error);
        const char *path = minted ? json_member_string(minted, "bearer_file", NULL) : NULL;

        if (path && g_file_get_contents(path, &minting->bearer, NULL, &minting->error))
                g_strstrip(minting->bearer);
}

static void on_minted(void *data)
{
        Minting *minting = data;

        if (minting->bearer) {
                bearer = g_steal_pointer(&minting->bearer);
                puts("ouroborosd-conformance: ready");
                fflush(stdout);
        } else {
                fprintf(stderr, "No connection for tests: %s\n",
                        minting->error ? minting->error->message : "it has no file");
        }
        g_clear_error(&minting->error);
        g_free(minting);
}

void conformance_start(Rooms *rooms)
{
        Minting *minting = g_new0(Minting, 1);

        minting->rooms = rooms;
        worker_pool_push(rooms->pool, mint, on_minted, minting);
}
