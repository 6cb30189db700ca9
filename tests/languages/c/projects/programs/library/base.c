#include "log.h"
void base_free(void *data) { log_line("free"); }
