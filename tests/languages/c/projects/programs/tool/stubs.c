#include "library/log.h"
void log_line(const char *text) {}
int clock_now(void) { return 2; }
