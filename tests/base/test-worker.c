/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/worker.h"

#include <stdbool.h>

typedef struct Count {
        sd_event *loop;
        WorkerPool *pool;
        int worked; /* atomic */
        unsigned done, until;
        bool stays; /* the loop goes on when all is done */
        GThread *loop_thread;
        GThread *last_worker;
} Count;

static void work(void *data)
{
        Count *count = data;

        g_atomic_pointer_set(&count->last_worker, g_thread_self());
        g_atomic_int_inc(&count->worked);
}

static void done(void *data)
{
        Count *count = data;

        g_assert_true(g_thread_self() == count->loop_thread);
        if (++count->done == count->until && !count->stays)
                sd_event_exit(count->loop, 0);
}

static void setup(Count *count, unsigned threads)
{
        g_autoptr(GError) error = NULL;

        *count = (Count){.loop_thread = g_thread_self()};
        g_assert_cmpint(sd_event_new(&count->loop), >=, 0);
        count->pool = worker_pool_new(count->loop, "test", threads, &error);
        g_assert_no_error(error);
}

static void teardown(Count *count)
{
        count->pool = worker_pool_free(count->pool);
        count->loop = sd_event_unref(count->loop);
}

static void test_each_job_is_worked_off_the_loop_and_done_on_it(void)
{
        Count count;

        setup(&count, 3);
        count.until = 1000;
        for (unsigned i = 0; i < 1000; i++)
                worker_pool_push(count.pool, work, done, &count);
        g_assert_cmpuint(worker_pool_pending(count.pool), >, 0);
        g_assert_cmpint(sd_event_loop(count.loop), ==, 0);
        g_assert_cmpint(count.worked, ==, 1000);
        g_assert_cmpuint(count.done, ==, 1000);
        g_assert_true(count.last_worker != count.loop_thread);
        g_assert_cmpuint(worker_pool_pending(count.pool), <=, 1); /* the one that ended the loop */
        teardown(&count);
}

static void test_freeing_runs_what_was_pushed(void)
{
        Count count;

        setup(&count, 2);
        count.until = 101;
        for (unsigned i = 0; i < 100; i++)
                worker_pool_push(count.pool, work, done, &count);
        teardown(&count);
        g_assert_cmpint(count.worked, ==, 100);
        g_assert_cmpuint(count.done, ==, 100);
}

static void push_again(void *data)
{
        Count *count = data;

        if (++count->done < 10)
                worker_pool_push(count->pool, work, push_again, count);
}

static void test_freeing_runs_what_a_done_pushes(void)
{
        Count count;

        setup(&count, 1);
        worker_pool_push(count.pool, work, push_again, &count);
        teardown(&count);
        g_assert_cmpint(count.worked, ==, 10);
        g_assert_cmpuint(count.done, ==, 10);
}

static void test_an_unused_pool_has_no_threads_and_is_freed(void)
{
        Count count;

        setup(&count, 4);
        g_assert_cmpuint(worker_pool_pending(count.pool), ==, 0);
        teardown(&count);
        g_assert_null(worker_pool_free(NULL));
}

static int busy, busiest; /* of the test below */

static void busy_work(void *data)
{
        int now = g_atomic_int_add(&busy, 1) + 1;

        for (int seen = g_atomic_int_get(&busiest);
             now > seen && !g_atomic_int_compare_and_exchange(&busiest, seen, now);)
                seen = g_atomic_int_get(&busiest);
        g_usleep(5000);
        g_atomic_int_add(&busy, -1);
        work(data);
}

static void test_no_more_threads_than_asked_for_run_at_once(void)
{
        Count count;

        setup(&count, 3);
        count.until = 30;
        for (unsigned i = 0; i < 30; i++)
                worker_pool_push(count.pool, busy_work, done, &count);
        sd_event_loop(count.loop);
        g_assert_cmpint(busiest, ==, 3);
        teardown(&count);
}

static GThread *first_worker; /* of the test below */

static void one_after_another(void *data)
{
        Count *count = data;

        if (!first_worker)
                first_worker = count->last_worker;
        g_assert_true(first_worker == count->last_worker);
        if (++count->done == 50)
                sd_event_exit(count->loop, 0);
        else
                worker_pool_push(count->pool, work, one_after_another, count);
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
        worker_pool_push(((Count *)data)->pool, work, one_after_another, data);
        return 0;
}

static void test_a_trickle_of_work_stays_on_one_thread(void)
{
        Count count;

        setup(&count, 4);
        sd_event_add_time_relative(count.loop, NULL, CLOCK_MONOTONIC, 1000, 0, on_time, &count);
        sd_event_loop(count.loop);
        g_assert_cmpuint(count.done, ==, 50);
        teardown(&count);
}

static unsigned threads_of_this_process(void)
{
        g_autoptr(GDir) dir = g_dir_open("/proc/self/task", 0, NULL);
        unsigned count = 0;

        while (g_dir_read_name(dir))
                count++;
        return count;
}

static void test_threads_without_work_end_and_come_back_when_needed(void)
{
        unsigned before = threads_of_this_process();
        Count count;

        setup(&count, 3);
        count.stays = true;
        worker_pool_set_idle(count.pool, 20000);
        for (unsigned round = 1; round <= 3; round++) {
                count.until = round * 10;
                for (unsigned i = 0; i < 10; i++)
                        worker_pool_push(count.pool, busy_work, done, &count);
                g_assert_cmpuint(threads_of_this_process(), ==, before + 3);
                while (count.done < count.until)
                        sd_event_run(count.loop, 1000000);
                for (unsigned wait = 0; threads_of_this_process() > before && wait < 500; wait++)
                        g_usleep(10000);
                g_assert_cmpuint(threads_of_this_process(), ==, before);
        }
        teardown(&count);
}

typedef struct Order {
        GArray *seen;
        sd_event *loop;
        Mailbox *mailbox;
} Order;

typedef struct Item {
        Order *order;
        unsigned number;
} Item;

static void receive(void *data)
{
        g_autofree Item *item = data;

        g_array_append_val(item->order->seen, item->number);
        if (item->number == 4999)
                sd_event_exit(item->order->loop, 0);
}

static void *send_many(void *data)
{
        Order *order = data;

        for (unsigned i = 0; i < 5000; i++) {
                Item *item = g_new(Item, 1);

                *item = (Item){order, i};
                mailbox_post(order->mailbox, receive, item);
        }
        return NULL;
}

static void test_letters_arrive_in_the_order_of_posting(void)
{
        Order order = {.seen = g_array_new(FALSE, FALSE, sizeof(unsigned))};
        GThread *thread;

        g_assert_cmpint(sd_event_new(&order.loop), >=, 0);
        order.mailbox = mailbox_new(order.loop, NULL);
        thread = g_thread_new("sender", send_many, &order);
        g_assert_cmpint(sd_event_loop(order.loop), ==, 0);
        g_thread_join(thread);
        g_assert_cmpuint(order.seen->len, ==, 5000);
        for (unsigned i = 0; i < order.seen->len; i++)
                g_assert_cmpuint(g_array_index(order.seen, unsigned, i), ==, i);
        mailbox_free(order.mailbox);
        sd_event_unref(order.loop);
        g_array_unref(order.seen);
}

static void count_up(void *data)
{
        ++*(unsigned *)data;
}

static void test_freeing_a_mailbox_delivers_what_waits(void)
{
        unsigned count = 0;
        sd_event *loop = NULL;
        Mailbox *mailbox;

        g_assert_cmpint(sd_event_new(&loop), >=, 0);
        mailbox = mailbox_new(loop, NULL);
        mailbox_post(mailbox, count_up, &count);
        mailbox_post(mailbox, count_up, &count);
        g_assert_null(mailbox_free(mailbox));
        g_assert_cmpuint(count, ==, 2);
        sd_event_unref(loop);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/worker/each-job-is-worked-off-the-loop-and-done-on-it",
                        test_each_job_is_worked_off_the_loop_and_done_on_it);
        g_test_add_func("/worker/freeing-runs-what-was-pushed", test_freeing_runs_what_was_pushed);
        g_test_add_func("/worker/freeing-runs-what-a-done-pushes",
                        test_freeing_runs_what_a_done_pushes);
        g_test_add_func("/worker/an-unused-pool-is-freed",
                        test_an_unused_pool_has_no_threads_and_is_freed);
        g_test_add_func("/worker/no-more-threads-than-asked-for-run-at-once",
                        test_no_more_threads_than_asked_for_run_at_once);
        g_test_add_func("/worker/a-trickle-of-work-stays-on-one-thread",
                        test_a_trickle_of_work_stays_on_one_thread);
        g_test_add_func("/worker/threads-without-work-end-and-come-back-when-needed",
                        test_threads_without_work_end_and_come_back_when_needed);
        g_test_add_func("/mailbox/letters-arrive-in-the-order-of-posting",
                        test_letters_arrive_in_the_order_of_posting);
        g_test_add_func("/mailbox/freeing-delivers-what-waits",
                        test_freeing_a_mailbox_delivers_what_waits);
        return g_test_run();
}
