#include "library/log.h"
int main(void) { log_line("tool"); base_free(0); return clock_now(); }
