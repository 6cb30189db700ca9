#pragma once
#include <zip.h>
int zip_open(void);
