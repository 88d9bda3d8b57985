/* Every allocation of a derivation fails in turn: the failure is reported and nothing is left behind. */
#include "check.h"
#include "fault.h"
#include "lsaflow/arena.h"
#include "lsaflow/derive.h"

typedef struct attempt {
    const lsa_statement *statement;
} attempt;

static lsa_status derive(void *context)
{
    const attempt *a = context;
    const lsa_derive_options options = {.rho_is_N = true, .with_hessian = true, .with_log = true, .own_query = true};
    lsa_derivation *derivation = NULL;
    const lsa_poly *formula = NULL, *rest = NULL;
    lsa_error err;
    lsa_status status = lsa_derive(a->statement, &options, &derivation, &err);
    if (status == LSA_OK)
        status = lsa_derivation_parse(derivation, "1/2*tr(Lambda_q*Omega) - u*tr(Lambda*U)", &formula, &err);
    if (status == LSA_OK)
        status = lsa_derivation_difference(derivation, lsa_derivation_loss(derivation), formula, &rest, &err);
    lsa_derivation_destroy(derivation);
    return status;
}

static void derivations_survive_failing_memory(void **state)
{
    lsa_arena *arena = lsa_arena_create();
    attempt a = {.statement = NULL};
    (void)state;
    check_status(lsa_statement_shipped("merged", arena, &a.statement, NULL), LSA_OK, NULL);
    assert_true(lsa_fault_each(derive, &a) > 50);
    lsa_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(derivations_survive_failing_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
