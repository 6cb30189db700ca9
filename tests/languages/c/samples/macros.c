/* Macros among declarations, of which one file does not know what they are. */
static inline FORMAT(1) const char *translated(const char *text) { return text; }
void printf_like(2, 3) reply(struct input *input, const char *format, ...);
static void after(void);
struct list {
        LINKS(list) entry;
        BIT(connected);
        HEAD(, list) members;
        int count;
};
enum option {
        OPTION(OPTION_URL, STRING, 1),
        OPTION_NAME OLD(7, "name"),
        OPTIONS(MOUSE),
        OPTION_LAST = FLAG(2) | 1,
};
struct {
#ifdef _WIN32
        void *handle;
#else
        int descriptor;
#endif
} file;
#ifdef _WIN32
static void wait_for(void *handle) {}
#endif
