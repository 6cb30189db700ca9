#include "log.h"
void log_line(const char *text) { base_free((void *)text); }
int clock_now(void) { return 1; }
