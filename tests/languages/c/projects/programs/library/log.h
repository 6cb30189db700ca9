void log_line(const char *text);
void base_free(void *data);
int clock_now(void);
