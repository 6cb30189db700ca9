#include "library/log.h"
int run(void) { log_line("run"); base_free(0); return clock_now(); }
