#pragma once
#define STORE_API __attribute__((visibility("default")))
#define store_each(s, i) for (int i = 0; i < store_size(s); i++)
struct store;
typedef struct store_hooks {
        int (*opened)(struct store *store);
} store_hooks;
STORE_API struct store *store_open(const char *name, const store_hooks *hooks);
int store_size(const struct store *store);
void store_sync(struct store *store);
static inline int store_is_empty(const struct store *store)
{
        return store_size(store) == 0;
}
