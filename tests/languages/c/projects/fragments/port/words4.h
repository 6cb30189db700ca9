#define _(text) text
