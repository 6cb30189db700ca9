#include "../../library/log.h"
void base_free(void *data) {}
int clock_now(void) { return 0; }
int test_log(void) { log_line("test"); base_free(0); return clock_now(); }
