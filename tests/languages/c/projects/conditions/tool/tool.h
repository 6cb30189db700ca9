#define ARRAY_SIZE(a) 1
#define pad(x) ((void)(x))
#define IS_WIDE(x) ((x) > 6)
