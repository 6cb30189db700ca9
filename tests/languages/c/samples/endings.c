#define FIRST 
#define SECOND
#define unlock(lock) 
#define relock(lock)	
LIB_VARIABLE int shared;
extern API(size_t) length(const char *text);
static int used(const char *text attribute((unused)), int count)
{
        CHECK(text)
        if (count)
                return length(text);
        CHECK_ALL(text, count)
        return 0;
}
void last(void);
