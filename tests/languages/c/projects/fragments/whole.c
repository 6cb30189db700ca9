#include "parts.h"
#include "parts.c"
#include "use.c"
#define STEP(x) (x + 1)
int one(int x) { return STEP(x); }
#undef STEP
#define STEP(x) (x + 2)
int two(int x) { return STEP(x) + printf("%d", x) + strlen("a") + puts(_("a"), x); }
