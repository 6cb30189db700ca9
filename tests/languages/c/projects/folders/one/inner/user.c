#include "deep/twice.h"
#include "twice.h"
int one_user(void) { return twice(); }
