/* test_error.c - a test is the statement's loss under another law. */
#include "lsaflow/test_error.h"

#include "base/matrix.h"
#include "base/try.h"
#include "compile/program.h"

#include <stdlib.h>

enum { OWN_QUERY = 1, FIXED_TASK = 2, N_VARIANTS = 4 }; /* bits of a derivation's variant */

struct lsa_test_evaluator {
    const lsa_experiment *experiment;
    lsa_derivation *derivations[N_VARIANTS]; /* NULL until a test needs it */
};

lsa_status lsa_test_evaluator_create(const lsa_experiment *experiment, lsa_test_evaluator **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_test_evaluator *evaluator = calloc(1, sizeof *evaluator);
    LSA_TRY_MEMORY(evaluator, "the test errors");
    evaluator->experiment = experiment;
    *out = evaluator;
done:
    return status;
}

void lsa_test_evaluator_destroy(lsa_test_evaluator *evaluator)
{
    if (evaluator == NULL)
        return;
    for (int k = 0; k < N_VARIANTS; k++)
        lsa_derivation_destroy(evaluator->derivations[k]);
    free(evaluator);
}

/* rho is kept apart from N, so that M = 0 is seen as an empty sum. */
static lsa_status derivation_for(lsa_test_evaluator *evaluator, const lsa_test *test, const lsa_derivation **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int variant = (test->query_is_same ? 0 : OWN_QUERY) | (test->task == LSA_TASK_FIXED ? FIXED_TASK : 0);
    const lsa_derive_options options = {.own_query = (variant & OWN_QUERY) != 0,
                                        .fixed_task = (variant & FIXED_TASK) != 0};
    if (evaluator->derivations[variant] == NULL)
        LSA_TRY(lsa_derive(evaluator->experiment->statement, &options, &evaluator->derivations[variant], err));
    *out = evaluator->derivations[variant];
done:
    return status;
}

static lsa_binding binding_of(const lsa_experiment *experiment, const lsa_test *test)
{
    lsa_binding binding = lsa_binding_training(experiment);
    binding.context = test->context;
    binding.normaliser = experiment->data.normalise_plus_one ? test->context + 1.0 : test->context;
    binding.label_noise = test->label_noise;
    binding.covariance = test->covariance;
    binding.query = test->query_is_same ? NULL : test->query;
    binding.task = test->task_covariance;
    binding.fixed_task = test->task == LSA_TASK_FIXED ? test->task_vector : NULL;
    return binding;
}

/* The loss at parameters in the user's basis. */
static lsa_status loss_at(const lsa_program *program, const double *user, double *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_workspace *work = NULL;
    double *state = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(state, "the test errors");
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    *loss = lsa_program_loss(program, work, state);
done:
    lsa_workspace_destroy(work);
    free(state);
    return status;
}

lsa_status lsa_program_test_error(lsa_test_evaluator *evaluator, const lsa_test *test, const double *user,
                                  double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_derivation *derivation = NULL;
    lsa_program *program = NULL;
    double loss = 0.0;
    if (test->task == LSA_TASK_MOMENTS)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "test %s: labels known by their moments alone are beyond the symbolic engine",
                              test->name));
    LSA_TRY(derivation_for(evaluator, test, &derivation, err));
    const lsa_binding binding = binding_of(evaluator->experiment, test);
    LSA_TRY(lsa_program_compile(derivation, &binding, (lsa_program_wanted){0}, &program, err));
    LSA_TRY(loss_at(program, user, &loss, err));
    *error = 2.0 * loss + (test->query_noise ? test->label_noise : 0.0);
done:
    lsa_program_destroy(program);
    return status;
}
