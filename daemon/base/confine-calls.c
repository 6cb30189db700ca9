/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"

static int add_common(scmp_filter_ctx filter)
{
        int r = 0;

        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                              SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(writev), 1,
                              SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        /* abort() */
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                              SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
        return r;
}

bool confine_calls(const ConfineCalls *calls, GError **error)
{
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        int r = filter ? 0 : -ENOMEM;

        for (size_t i = 0; i < calls->allowed_count && r == 0; i++)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls->allowed[i], 0);
        /* -EDOM: an architecture without this call */
        for (size_t i = 0; i < calls->refused_count && r == 0; i++)
                r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), calls->refused[i], 0);
        if (r == 0)
                r = add_common(filter);
        if (r == 0)
                r = calls->add(filter);
        if (r == 0)
                r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        if (r == 0)
                r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree */
        if (r == 0)
                r = seccomp_load(filter);
        seccomp_release(filter);
        if (r == 0)
                return true;
        error_set_errno(error, r < 0 ? -r : EINVAL, "Cannot restrict system calls");
        return false;
}
