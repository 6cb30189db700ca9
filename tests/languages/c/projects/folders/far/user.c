#include "near.h"
#include <zip.h>
int far_user(void) { return near_by(); }
