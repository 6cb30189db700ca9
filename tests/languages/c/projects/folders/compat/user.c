#include <stdio.h>
void compat_user(void) { puts("c"); }
