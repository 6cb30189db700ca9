#include "internal.h"
static int helper(void) { return 1; }
void store_sync(struct store *store) { LOG("sync"); helper(); }
