#include "store/store.h"
enum { LIMIT = 3 };
struct store {
        const store_hooks *hooks;
        int size;
};
#define LOG(text) log_line(text)
void log_line(const char *text);
