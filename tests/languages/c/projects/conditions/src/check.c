#include "check.h"
#ifdef FAST
static int step(int x) { return x; }
#else
static int step(int x) { return x + 1; }
#endif
#if WIDTH > 4 && IS_WIDE(WIDTH)
void pad(int width) { check(width); }
#else
void pad(int width) { check(width + 1); }
#endif
void check(int x) {
        int all[WIDTH];
        CHECK(step(x));
        trim((char *)0);
        pad(ARRAY_SIZE(all));
}
#ifdef _WIN32
#define close(x) closesocket(x)
int open_file(const char *name) { return 0; }
#endif
int use(int file) { open_file("a"); return close(file) + IS_WIDE(file); }
