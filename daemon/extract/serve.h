/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper's side of the protocol. */
#pragma once

#include "extract/extract.h"

/* Answers requests on EXTRACT_FD until the daemon closes it. */
void serve(Extract *extract);
