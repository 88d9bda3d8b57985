/* bench.c - timing by groups of runs; the median resists interruptions, the least is what the machine can do. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GROUPS = 9 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_a_run(long runs, void (*work)(void *context), void *context)
{
    const double start = now();
    for (long i = 0; i < runs; ++i)
        work(context);
    return (now() - start) / (double)runs;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

void lsa_bench_head(void)
{
    puts("case,size,median_seconds,least_seconds");
}

void lsa_bench(const char *name, ptrdiff_t size, double seconds, void (*work)(void *context), void *context)
{
    double group[GROUPS];
    const double once = seconds_a_run(1, work, context); /* also warms the caches */
    const long runs = once < seconds ? (long)(seconds / (once + 1e-9)) + 1 : 1;
    for (int i = 0; i < GROUPS; ++i)
        group[i] = seconds_a_run(runs, work, context);
    qsort(group, GROUPS, sizeof *group, ascending);
    printf("%s,%td,%.3e,%.3e\n", name, size, group[GROUPS / 2], group[0]);
}

double lsa_bench_seconds(int argc)
{
    return argc > 1 ? 0.2 : 1e-4;
}
