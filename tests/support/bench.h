/* bench.h - times one piece of work and prints a line of CSV: case, size, median and least seconds a run. */
#ifndef LSAFLOW_TESTS_BENCH_H
#define LSAFLOW_TESTS_BENCH_H

#include <stddef.h>

/* Prints the head of the table. */
void lsa_bench_head(void);

/* Runs `work` in 9 groups, each of as many runs as take about `seconds` (one run at least), and prints its line. The
 * clock is the processor's, so other programs disturb less. */
void lsa_bench(const char *name, ptrdiff_t size, double seconds, void (*work)(void *context), void *context);

/* The time a group should take: short for the suite's smoke run, long when the program is called with an argument. */
double lsa_bench_seconds(int argc);

#endif
