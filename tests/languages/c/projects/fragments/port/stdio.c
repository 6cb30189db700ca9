#ifdef REPLACE_PRINTF
int printf(const char *format, ...) { return 0; }
int puts(const char *text, int more) { return more; }
#endif
unsigned strlen(const char *text) { return *text; }
