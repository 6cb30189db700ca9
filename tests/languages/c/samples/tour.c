/* What the front-end must tell apart in C. */
#include <stdio.h>
#include "lib/tour.h"

#define MAX(a, b) (larger(a) > (b) ? (a) : (b)) /* a macro that calls */
#define LIMIT /* its value */ 3
#define TOUR_API __attribute__((visibility("default")))
#define API(type) TOUR_API type

TOUR_API int (tour_begin) (tour_t *tour, int flags);
API(struct tour *) tour_new(void);
int CALLING tour_old OF((const char *name, int flags));

typedef struct {
        int x;
        struct tour *next;
        union {
                int number;
                char *text;
        };
        TOUR_FIELDS
} Place;

typedef void (CALLING *tour_cb)(void *data, const char *name);

enum color { RED, GREEN = LIMIT };

struct ops {
        int (*open)(struct tour *tour, int flags);
        const char *name GUARDED_BY(lock);
};

static int my_open(struct tour *tour, int flags);
static const struct ops the_ops = { .open = my_open, .name = "mine" };
extern int global, *other;

/**
 * Opens it.
 * Twice.
 */
static int my_open(struct tour *tour, int flags)
{
#ifdef TOUR_CHECKS
        if (tour) {
#else
        if (!tour) {
#endif
                g_autofree char *text = tour_text(tour);
                Place place = { .x = 1 };
                place.next->cb(text);
        }
        for (int i = 0; i < LIMIT; i++)
                MAX(i, flags);
        return (*the_ops.open)(tour, 2) + ((struct ops *)tour)->open(tour, 1);
}

#if 0
int never(void) { return 1; }
#elif defined(TOUR_LINUX)
int on_linux(void) { return unlink("a"); }
#else
int elsewhere(void) { return 0; }
#endif

int knr(a, b)
        int a;
        char *b;
{
        return printf("%d%s", a, b);
}

static const char *const words[] = {
#define WORD(x) #x,
#include "words.inc"
        "last",
};

int main(int argc, char **argv)
{
        struct local { int inner; } one;
        tour_cb cb = callback;
        cb(NULL, words[0]);
        return one.inner;
}
