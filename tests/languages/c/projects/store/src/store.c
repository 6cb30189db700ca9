#include <stdlib.h>

#include "internal.h"

static void forget(struct store *store);

struct store *store_open(const char *name, const store_hooks *hooks)
{
        struct store *store = malloc(sizeof(*store));
        store->hooks = hooks;
        if (!store->hooks->opened(store))
                forget(store);
        store_sync(store);
        return store;
}

int store_size(const struct store *store)
{
        return store->size + helper();
}

static void forget(struct store *store)
{
        free(store);
}

static int helper(void)
{
        return LIMIT;
}
