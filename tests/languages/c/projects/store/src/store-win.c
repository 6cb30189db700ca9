#include "internal.h"
void store_sync(struct store *store) { LOG("sync"); }
