#define _(text) translate(text)
static int grow(int size);
int puts(const char *text, int more);
