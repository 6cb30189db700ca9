#ifndef CHECK_H
#define CHECK_H
#ifdef FAST
#define CHECK(x) ((void)(x))
#define WIDTH 4
#else
#define CHECK(x) check(x)
#define WIDTH 8
#endif
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#ifndef HAVE_TRIM
char *trim(char *text);
#endif
void check(int x);
void pad(int width);
#endif
