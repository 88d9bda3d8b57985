/* Every allocation of a run fails once: it reports so and leaves nothing behind. */
#include "fault.h"
#include "flowing.h"
#include <stdlib.h>

static lsa_status attempt(void *context)
{
    lsa_flowing *f = context;
    const lsa_status status = flowing_run(f);
    lsa_trajectory_destroy(f->trajectory);
    f->trajectory = NULL;
    return status;
}

static void check_statement(const char *statement, ptrdiff_t d, bool may_reduce, lsa_method method)
{
    lsa_flowing f;
    flowing_init(&f, statement, d, 6.0, 1, 1);
    flowing_make(&f);
    flowing_start_random(&f, 0.1, 4);
    f.options.rtol = 1e-4;
    f.options.may_reduce = may_reduce;
    f.options.method = method;
    print_message("%s: %ld allocations\n", statement, lsa_fault_each(attempt, &f));
    flowing_clear(&f);
}

static void test_form(void **state)
{
    (void)state;
    check_statement("merged", 2, false, LSA_METHOD_AUTO);
}

static void test_reduced(void **state)
{
    (void)state;
    check_statement("merged", 2, true, LSA_METHOD_AUTO);
}

/* 30 modes of one rate on 20 nodes. */
static void test_compressed(void **state)
{
    (void)state;
    check_statement("merged", 30, true, LSA_METHOD_AUTO);
}

static void test_spectrum(void **state)
{
    (void)state;
    check_statement("full", 2, false, LSA_METHOD_AUTO);
}

static void test_spectral(void **state)
{
    (void)state;
    check_statement("merged", 2, false, LSA_METHOD_SPECTRAL);
}

/* Allocations of one run, and its steps. */
static long count_allocations(lsa_flowing *f, double rtol, ptrdiff_t *steps)
{
    f->options.rtol = rtol;
    lsa_fault_arm(0);
    const lsa_status status = flowing_run(f);
    lsa_fault_disarm();
    check_status(status, LSA_OK, &f->err);
    *steps = lsa_trajectory_stats(f->trajectory).steps;
    return lsa_fault_count();
}

/* Nothing is allocated while integrating: many more steps make as many allocations, by every method. */
static void test_steps_allocate_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *statement;
        lsa_method method;
    } cases[] = {{"merged", LSA_METHOD_REDUCED}, {"merged", LSA_METHOD_ARROWHEAD}, {"multihead", LSA_METHOD_ARROWHEAD},
                 {"full", LSA_METHOD_DENSE},     {"full", LSA_METHOD_KRYLOV},      {"separate", LSA_METHOD_KRYLOV}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        static const double times[] = {0.0, 0.1, 0.2};
        lsa_flowing f;
        ptrdiff_t few, many;
        flowing_init(&f, cases[k].statement, 4, 6.0, 2, 2);
        flowing_make(&f);
        flowing_start_gaussian(&f, 0.5, 4);
        f.options.method = cases[k].method;
        f.options.times = times;
        f.options.n_times = 3;
        f.options.stop = (lsa_stop){.gap = (double)NAN, .gradient = (double)NAN, .time = 0.2, .wall = (double)NAN};
        const long a = count_allocations(&f, 1e-3, &few), b = count_allocations(&f, 1e-11, &many);
        print_message("%s: %ld allocations in %td steps, %ld in %td\n", cases[k].statement, a, few, b, many);
        assert_true(many >= 3 * few);
        assert_true(labs(a - b) <= 8); /* events, whose number may differ */
        flowing_clear(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),     cmocka_unit_test(test_reduced),  cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_spectrum), cmocka_unit_test(test_spectral), cmocka_unit_test(test_steps_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
