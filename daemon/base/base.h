/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lowest room: what every program of the suite needs and what knows nothing of any of them.
 * Other rooms and the helper programs include this header only. */
#pragma once

#include "base/clock.h"
#include "base/config.h"
#include "base/confine.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder-watch.h"
#include "base/folder.h"
#include "base/glob.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memfd.h"
#include "base/metrics.h"
#include "base/paths.h"
#include "base/service.h"
#include "base/sink.h"
#include "base/spawn.h"
#include "base/text.h"
#include "base/textmap.h"
#include "base/worker.h"
