#include "log.h"
void log_line(const char *text) {}
int serve(void) { log_line("serve"); base_free(0); return clock_now(); }
