#include "library/log.h"
int top(void) { log_line("top"); base_free(0); return clock_now(); }
