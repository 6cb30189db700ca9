#include <store/store.h>
static int on_opened(struct store *store) { return store_is_empty(store); }
static const store_hooks hooks = { .opened = on_opened };
int main(void)
{
        struct store *store = store_open("x", &hooks);
        store_each(store, i)
                store_sync(store);
        int (*size)(const struct store *) = store_size;
        return size(store);
}
