#include "kit/log.h"
#include "it/log.h"
#include <zip.h>
#include <stdio.h>
#include <sys/time.h>
#include "twice.h"
#include "near.h"
#include "./parts/near.h"
#include <fcntl.h>
int main(void)
{
        log_line("a");
        zip_open();
        puts("b");
        return near_by() + twice();
}
