#pragma once
#include "kit/log.h"
int puts(const char *text);
