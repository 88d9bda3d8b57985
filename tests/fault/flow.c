/* Every allocation of a run fails once: it reports so and leaves nothing behind. */
#include "fault.h"
#include "flowing.h"

static lsa_status attempt(void *context)
{
    lsa_flowing *f = context;
    const lsa_status status = flowing_run(f);
    lsa_trajectory_destroy(f->trajectory);
    f->trajectory = NULL;
    return status;
}

static void check_statement(const char *statement, ptrdiff_t d, bool may_reduce)
{
    lsa_flowing f;
    flowing_init(&f, statement, d, 6.0, 1, 1);
    flowing_make(&f);
    flowing_start_random(&f, 0.1, 4);
    f.options.rtol = 1e-4;
    f.options.may_reduce = may_reduce;
    print_message("%s: %ld allocations\n", statement, lsa_fault_each(attempt, &f));
    flowing_clear(&f);
}

static void test_form(void **state)
{
    (void)state;
    check_statement("merged", 2, false);
}

static void test_reduced(void **state)
{
    (void)state;
    check_statement("merged", 2, true);
}

/* 30 modes of one rate on 20 nodes. */
static void test_compressed(void **state)
{
    (void)state;
    check_statement("merged", 30, true);
}

static void test_spectrum(void **state)
{
    (void)state;
    check_statement("full", 2, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_reduced),
        cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_spectrum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
