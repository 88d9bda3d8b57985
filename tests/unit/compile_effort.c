/* The memory of a compilation is bounded, whatever the statement; hostile statements are in compile_limits.c. */
#include "check.h"
#include "compile/effort.h"

/* The arena may grow up to the bound and no further, whatever the statement: the bound moves with d only. */
static void memory_is_bounded(void **state)
{
    const size_t MiB = (size_t)1 << 20;
    const lsa_binding binding = {.dims = {[LSA_DIM_D] = 512}};
    lsa_bound bound = {.binding = &binding};
    lsa_lowering lowering = {.arena = lsa_arena_create(), .bound = &bound};
    const size_t most = LSA_COMPILE_MIB * MiB + LSA_COMPILE_ARRAYS * 512 * 512 * sizeof(double);
    lsa_error err;
    (void)state;
    assert_non_null(lowering.arena);
    lsa_error_clear(&err);
    while (lsa_lowering_spend(&lowering, 1, &err) == LSA_OK)
        assert_non_null(lsa_arena_alloc(lowering.arena, MiB, 1)); /* never written, so never mapped */
    check_contains(err.text, "64 arrays of d x d numbers");
    assert_true(lsa_arena_size(lowering.arena) > most);
    assert_true(lsa_arena_size(lowering.arena) <= most + 2 * MiB);
    lsa_arena_destroy(lowering.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
