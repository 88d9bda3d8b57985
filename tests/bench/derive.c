/* Time to take moments of growing degree (the statements are in `lsaflow bench derive`): CSV (case, size, median and minimum seconds).
 * The argument is the number of repeats, 21 without one. */
#include "derived.h"

#include "check.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_REPEATS = 101 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, long size, int repeats, double *seconds)
{
    qsort(seconds, (size_t)repeats, sizeof *seconds, compare);
    printf("%s,%ld,%.6f,%.6f\n", name, size, seconds[repeats / 2], seconds[0]);
}

static double now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

/* E (xq' U xq)^m: (2m - 1)!! pairings, degree 2m. */
static void time_degrees(int repeats)
{
    double seconds[MAX_REPEATS];
    lsa_derived d = lsa_derived_make("merged", (lsa_derive_options){0});
    for (int m = 1; m <= 6; m++) {
        char formula[64];
        snprintf(formula, sizeof formula, "(xq'*U*xq)^%d", m);
        for (int k = 0; k < repeats; k++) {
            const double start = now();
            lsa_derived_parse(&d, formula);
            seconds[k] = now() - start;
        }
        report("quadratic form to the power", m, repeats, seconds);
    }
    lsa_derived_clear(&d);
}

int main(int argc, char **argv)
{
    const int asked = argc > 1 ? atoi(argv[1]) : 21;
    const int repeats = asked < 1 ? 1 : asked > MAX_REPEATS ? MAX_REPEATS : asked;
    printf("case,size,median,minimum\n");
    time_degrees(repeats);
    return 0;
}
