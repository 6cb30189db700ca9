#include "tool.h"
int main(void) {
        int all[3];
        pad(ARRAY_SIZE(all));
        return IS_WIDE(3);
}
