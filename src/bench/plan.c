/* plan.c - cases, the rounds over them, and what is made of their numbers. */
#include "bench/plan.h"

#include "base/clock.h"
#include "base/try.h"
#include "bench/bench_path.h"
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bench_options bench_options_defaults(void)
{
    return (bench_options){.rounds = 5, .limit = 60.0, .largest = PTRDIFF_MAX};
}

/* A sample without numbers, for a measure to fill. */
static bench_sample no_sample(const char *note)
{
    bench_sample sample = {.value = NAN, .reference = NAN, .steps = NAN, .linear = NAN, .time = NAN, .error = NAN};
    snprintf(sample.note, sizeof sample.note, "%s", note);
    return sample;
}

bench_case *bench_plan_add(bench_plan *plan, ptrdiff_t size, bench_measure measure, const char *label, ...)
{
    assert(plan->count < BENCH_CASES_MAX);
    bench_case *c = &plan->cases[plan->count++];
    *c = (bench_case){.name = plan->group,
                      .size = size < plan->options.largest ? size : plan->options.largest,
                      .unit = "s",
                      .measure = measure,
                      .last = no_sample("not measured")};
    va_list arguments;
    va_start(arguments, label);
    vsnprintf(c->label, sizeof c->label, label, arguments);
    va_end(arguments);
    return c;
}

void bench_plan_destroy(bench_plan *plan)
{
    if (plan == NULL)
        return;
    bench_path_destroy(plan->reference);
    free(plan);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The number at place `rank` of n sorted ones; of an even number the middle is the mean of two. */
static double sorted_at(int n, const double *values, bool middle)
{
    double sorted[BENCH_ROUNDS_MAX];
    if (n == 0 || !isfinite(values[n - 1]))
        return NAN;
    memcpy(sorted, values, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    return middle ? 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]) : sorted[0];
}

static lsa_status check_interrupt(const bench_plan *plan, lsa_error *err)
{
    if (plan->options.interrupt != NULL && *plan->options.interrupt != 0)
        return lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted; the rounds that were done are kept");
    return LSA_OK;
}

/* One round of a case: what takes no time is measured some times in a row, and the median is the round's, so that a
 * moment in which something else ran is not. */
static lsa_status measure_round(bench_plan *plan, bench_case *c, lsa_error *err)
{
    enum { REPEATS = 9 };
    static const double ENOUGH = 0.05; /* seconds */
    lsa_status status = LSA_OK;
    double values[REPEATS], references[REPEATS];
    int n = 0;
    const double began = lsa_clock_seconds();
    do {
        bench_sample sample = no_sample("");
        LSA_TRY(c->measure(plan, c, &sample, err));
        LSA_TRY(check_interrupt(plan, err)); /* what was cut short is no measurement */
        values[n] = sample.value;
        references[n++] = sample.reference;
        c->last = sample;
    } while (n < REPEATS && !c->last.final && isfinite(c->last.value) && lsa_clock_seconds() - began < ENOUGH);
    c->values[c->rounds] = sorted_at(n, values, true);
    c->references[c->rounds] = sorted_at(n, references, true);
    c->spent += lsa_clock_seconds() - began;
    c->rounds++;
done:
    if (status != LSA_OK && status != LSA_ERR_INTERRUPTED)
        lsa_error_add(err, "  while measuring %s: %s (%td)", c->name, c->label, c->size);
    return status;
}

static bool is_due(const bench_plan *plan, const bench_case *c, int round)
{
    return round == 0 || (!c->last.final && isfinite(c->last.value) && c->spent < plan->options.limit);
}

lsa_status bench_plan_run(bench_plan *plan, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bench_options *options = &plan->options;
    for (int round = 0; round < options->rounds; round++)
        for (ptrdiff_t i = 0; i < plan->count; i++) {
            bench_case *c = &plan->cases[i];
            LSA_TRY(check_interrupt(plan, err));
            if (options->progress != NULL)
                options->progress(options->progress_context, c->label,
                                  (round + (double)i / (double)plan->count) / options->rounds);
            if (is_due(plan, c, round))
                LSA_TRY(measure_round(plan, c, err));
        }
done:
    return status;
}

ptrdiff_t bench_plan_count(const bench_plan *plan)
{
    return plan->count;
}

const bench_case *bench_plan_case(const bench_plan *plan, ptrdiff_t i)
{
    assert(i >= 0 && i < plan->count);
    return &plan->cases[i];
}

double bench_case_median(const bench_case *c)
{
    return sorted_at(c->rounds, c->values, true);
}

double bench_case_least(const bench_case *c)
{
    return sorted_at(c->rounds, c->values, false);
}

double bench_case_ratio(const bench_case *c)
{
    if (c->against != NULL)
        return bench_case_median(c) / bench_case_median(c->against);
    return bench_case_median(c) / sorted_at(c->rounds, c->references, true);
}

const char *bench_case_against(const bench_case *c, char text[BENCH_LABEL + 32])
{
    if (c->against == NULL)
        return c->reference_text;
    snprintf(text, BENCH_LABEL + 32, "%s (%td)", c->against->label, c->against->size);
    return text;
}
