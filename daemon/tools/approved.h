/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the human's yes does to the daemon itself: approvals of the kind "setting", with the payload {"settings": {name:
 * value as text}}, change settings for good; those of the kind "restart" restart the daemon. */
#pragma once

#include "gate/gate.h"
#include "tools/settings.h"

typedef struct Approved Approved;

typedef struct ApprovedOptions {
        Gate *gate;
        Settings *settings;
        sd_event *loop;
        void (*exit)(int status, void *data); /* called on the loop */
        void *data;
} ApprovedOptions;

/* Adds the kinds; must outlive the gate's decisions. */
Approved *approved_new(const ApprovedOptions *options, GError **error);
Approved *approved_free(Approved *approved);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Approved, approved_free)
