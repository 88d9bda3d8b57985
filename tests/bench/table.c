/* Every case of the performance table once, at sizes that take no time: it runs, and its numbers are numbers. With the
 * argument `all` at full size, as `lsaflow bench --full` would. */
#include "bench/bench.h"
#include "check.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const units[] = {"s", "s/step", "s/prompt", "s/normal", "steps", "error"};

static bool is_known(const char *unit)
{
    for (size_t k = 0; k < sizeof units / sizeof *units; k++)
        if (strcmp(unit, units[k]) == 0)
            return true;
    return false;
}

static void print_case(const bench_case *c)
{
    printf("%s,\"%s\",%td,%.4g,%.4g,%s,%.4g\n", c->name, c->label, c->size, bench_case_median(c), bench_case_least(c),
           c->unit, bench_case_ratio(c));
}

/* Errors may be 0; all else takes time, or steps. */
static void check_case(const bench_case *c, int rounds)
{
    const bool can_be_zero = strcmp(c->unit, "error") == 0;
    const double median = bench_case_median(c);
    if (!(can_be_zero ? median >= 0.0 : median > 0.0) || bench_case_least(c) > median || c->rounds > rounds ||
        !is_known(c->unit))
        fail_msg("%s: %s (%td): median %g, least %g %s, %d rounds; %s", c->name, c->label, c->size, median,
                 bench_case_least(c), c->unit, c->rounds, c->last.note);
    if (c->against != NULL && !(bench_case_ratio(c) > 0.0))
        fail_msg("%s: %s (%td): no ratio", c->name, c->label, c->size);
}

int main(int argc, char **argv)
{
    lsa_error err;
    bench_plan *plan;
    bench_options options = bench_options_defaults();
    options.full = true;
    if (argc < 2 || strcmp(argv[1], "all") != 0) {
        options.rounds = 1;
        options.largest = 6;
    }
    check_status(bench_plan_create(&options, &plan, &err), LSA_OK, &err);
    check_status(bench_plan_run(plan, &err), LSA_OK, &err);
    printf("name,case,size,median,minimum,unit,ratio\n");
    for (ptrdiff_t i = 0; i < bench_plan_count(plan); i++) {
        print_case(bench_plan_case(plan, i));
        check_case(bench_plan_case(plan, i), options.rounds);
    }
    bench_plan_destroy(plan);
    return 0;
}
