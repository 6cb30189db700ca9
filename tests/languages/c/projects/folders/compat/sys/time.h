int gettimeofday(void *, void *);
