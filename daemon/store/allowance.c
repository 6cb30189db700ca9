/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite's allocator with an account: each thread may have one Allowance at a time, from its begin to its
 * end. What is freed comes back to the account, whoever allocated it. */
#include "store/allowance.h"

#include "store/db.h"

#define LOOK_EACH 64 /* allocations between two looks at the clock */

static _Thread_local Allowance *account;

typedef struct Installed {
        sqlite3_mem_methods below;
        bool done;
} Installed;

/* What SQLite had before, entered once; its methods have no argument of ours to find it by. */
static Installed *installed(void)
{
        static Installed methods;

        return &methods;
}

static bool is_late(Allowance *allowance)
{
        if (g_get_monotonic_time() < allowance->deadline)
                return false;
        allowance->over = ALLOWANCE_TIME;
        return true;
}

bool allowance_spend(Allowance *allowance, int64_t steps)
{
        if (allowance->over != ALLOWANCE_KEPT)
                return false;
        allowance->steps -= steps;
        if (allowance->steps > 0)
                return !is_late(allowance);
        allowance->over = ALLOWANCE_STEPS;
        return false;
}

static bool may_allocate(int64_t bytes)
{
        Allowance *allowance = account;

        if (!allowance)
                return true;
        if (allowance->over != ALLOWANCE_KEPT)
                return false;
        if (allowance->bytes < bytes) {
                allowance->over = ALLOWANCE_MEMORY;
                return false;
        }
        if (++allowance->looks < LOOK_EACH)
                return true;
        allowance->looks = 0;
        return !is_late(allowance);
}

static void *charge(void *memory)
{
        if (account && memory)
                account->bytes -= installed()->below.xSize(memory);
        return memory;
}

static void *counted_malloc(int bytes)
{
        return may_allocate(bytes) ? charge(installed()->below.xMalloc(bytes)) : NULL;
}

static void counted_free(void *memory)
{
        if (account && memory)
                account->bytes += installed()->below.xSize(memory);
        installed()->below.xFree(memory);
}

static void *counted_realloc(void *memory, int bytes)
{
        int before = account && memory ? installed()->below.xSize(memory) : 0;
        void *moved;

        if (!may_allocate((int64_t)bytes - before))
                return NULL;
        moved = installed()->below.xRealloc(memory, bytes);
        if (account && moved)
                account->bytes += before - (int64_t)installed()->below.xSize(moved);
        return moved;
}

static void install(Installed *ret)
{
        sqlite3_mem_methods counted;

        if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &ret->below) != SQLITE_OK)
                return;
        counted = ret->below;
        counted.xMalloc = counted_malloc;
        counted.xFree = counted_free;
        counted.xRealloc = counted_realloc;
        ret->done = sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) == SQLITE_OK;
}

void allowance_install(void)
{
        static size_t once;

        if (g_once_init_enter(&once)) {
                install(installed());
                g_once_init_leave(&once, 1);
        }
}

bool allowance_is_installed(void)
{
        return installed()->done;
}

void allowance_begin(Allowance *allowance)
{
        g_assert(!account);
        account = allowance;
}

void allowance_end(void)
{
        account = NULL;
}
