/* fault.c - allocation functions that fail on demand (ld's --wrap). */
#include "fault.h"
#include "check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <threads.h>

enum { TRACKED = 1 << 16 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *pointer);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *pointer);

/* The state of the process's allocator, so it is shared by all threads. Untouched while not armed. */
static struct {
    mtx_t lock;
    bool armed, failed;
    long until_failure; /* allocations until the one that fails; below 1: none does */
    long count;
    long live;
    void *blocks[TRACKED];
} fault;

static void make_lock(void)
{
    mtx_init(&fault.lock, mtx_plain);
}

static void enter(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, make_lock);
    mtx_lock(&fault.lock);
}

static void leave(void)
{
    mtx_unlock(&fault.lock);
}

/* Counts an allocation; true when it is the one to fail. */
static bool must_fail(void)
{
    enter();
    const bool now = fault.armed && --fault.until_failure == 0;
    fault.count += fault.armed;
    fault.failed = fault.failed || now;
    leave();
    return now;
}

static void *track(void *pointer)
{
    enter();
    if (fault.armed && pointer != NULL && fault.live < TRACKED)
        fault.blocks[fault.live++] = pointer;
    leave();
    return pointer;
}

/* Most blocks die soon after they were made: the search runs from the newest. */
static void forget(const void *pointer)
{
    enter();
    for (long i = fault.armed ? fault.live - 1 : -1; i >= 0; --i)
        if (fault.blocks[i] == pointer) {
            fault.blocks[i] = fault.blocks[--fault.live];
            break;
        }
    leave();
}

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : track(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : track(__real_calloc(count, size));
}

void *__wrap_realloc(void *pointer, size_t size)
{
    if (must_fail())
        return NULL;
    forget(pointer);
    return track(__real_realloc(pointer, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return must_fail() ? NULL : track(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *pointer)
{
    if (pointer != NULL)
        forget(pointer);
    __real_free(pointer);
}

void lsa_fault_arm(long n)
{
    enter();
    fault.armed = true;
    fault.failed = false;
    fault.until_failure = n;
    fault.count = 0;
    fault.live = 0;
    leave();
}

int lsa_fault_disarm(void)
{
    enter();
    fault.armed = false;
    const bool failed = fault.failed;
    leave();
    return failed;
}

long lsa_fault_live(void)
{
    return fault.live;
}

long lsa_fault_count(void)
{
    return fault.count;
}

long lsa_fault_each(lsa_status (*attempt)(void *context), void *context)
{
    for (long n = 1;; ++n) {
        lsa_fault_arm(n);
        const lsa_status status = attempt(context);
        const bool failed = lsa_fault_disarm();
        if (status != (failed ? LSA_ERR_MEMORY : LSA_OK))
            fail_msg("allocation %ld %s, and the status is: %s", n, failed ? "failed" : "is not made",
                     lsa_status_text(status));
        if (lsa_fault_live() != 0)
            fail_msg("allocation %ld failed, and %ld blocks were left behind", n, lsa_fault_live());
        if (!failed)
            return n - 1;
    }
}
