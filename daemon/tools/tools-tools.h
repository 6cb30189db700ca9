/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools about tools. */
#pragma once

#include "tools/tools.h"

/* list_available_tools and whoami; tools may still be without entries. */
ToolTable tools_tools(Tools *tools);
