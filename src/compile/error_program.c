/* error_program.c - a test is the statement's loss under another law. */
#include "lsaflow/test_error.h"

#include "base/matrix.h"
#include "base/try.h"
#include "compile/program.h"

#include <math.h>
#include <stdlib.h>

/* Bits of a derivation's variant. */
enum { OWN_QUERY = 1, FIXED_TASK = 2, SPHERE = 4, STUDENT = 8, WISHART = 16, N_VARIANTS = 32 };

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

static int variant_of(const lsa_derive_options *options)
{
    return (options->own_query ? OWN_QUERY : 0) | (options->fixed_task ? FIXED_TASK : 0) |
           (options->sphere ? SPHERE : 0) | (options->student ? STUDENT : 0) | (options->wishart ? WISHART : 0);
}

/* rho is kept apart from N, so that M = 0 is seen as an empty sum. */
static lsa_status derivation_for(lsa_test_evaluator *evaluator, const lsa_setting *test, const lsa_derivation **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_derive_options options = lsa_derive_options_of(test, false);
    lsa_derivation **derivation = &evaluator->derivations[variant_of(&options)];
    if (*derivation == NULL)
        LSA_TRY(lsa_derive(evaluator->experiment->statement, &options, derivation, err));
    *out = *derivation;
done:
    return status;
}

/* Whether the expression divides by a symbol, or raises it to a negative power. */
static bool divides_by(const lsa_expr *expr, int symbol)
{
    if (expr->kind == LSA_EXPR_DIVIDE && lsa_expr_names(expr->children[1], symbol))
        return true;
    if (expr->kind == LSA_EXPR_POWER && expr->exponent < 0 && lsa_expr_names(expr->children[0], symbol))
        return true;
    for (int k = 0; k < expr->n_children; k++)
        if (divides_by(expr->children[k], symbol))
            return true;
    return false;
}

/* What the engine cannot average, named. */
static lsa_status refuse(const lsa_statement *statement, const lsa_setting *test, lsa_error *err)
{
    if (test->task == LSA_TASK_MOMENTS)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "test %s: labels known by their moments alone are beyond the symbolic engine", test->name);
    if (test->task == LSA_TASK_TEACHER || test->task == LSA_TASK_DATA)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "test %s: labels that are not linear in the covariates are beyond the symbolic engine",
                             test->name);
    if (test->query_orthogonal)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "test %s: a query that depends on the context is beyond the symbolic engine", test->name);
    for (ptrdiff_t i = 0; test->mean != NULL && i < test->covariance->d; i++)
        if (test->mean[i] != 0.0)
            return lsa_error_set(err, LSA_ERR_UNABLE, "test %s: covariates with a mean are beyond the symbolic engine",
                                 test->name);
    if (test->context == 0.0 &&
        (divides_by(statement->prediction, statement->samples) || divides_by(statement->target, statement->samples)))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "test %s: the statement divides by N, which is 0", test->name);
    return LSA_OK;
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

lsa_status lsa_program_test_error(lsa_test_evaluator *evaluator, const lsa_setting *test, const double *user,
                                  double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_derivation *derivation = NULL;
    lsa_program *program = NULL;
    double loss = 0.0;
    const lsa_status refused = refuse(evaluator->experiment->statement, test, err);
    if (refused != LSA_OK)
        return refused;
    LSA_TRY(derivation_for(evaluator, test, &derivation, err));
    lsa_binding binding = lsa_binding_training(evaluator->experiment);
    binding.setting = *test;
    LSA_TRY(lsa_program_compile(derivation, &binding, (lsa_program_wanted){0}, &program, err));
    LSA_TRY(loss_at(program, user, &loss, err));
    *error = 2.0 * loss + (test->query_noise ? test->label_noise : 0.0);
done:
    if (status == LSA_ERR_DOMAIN || status == LSA_ERR_UNABLE)
        lsa_error_add(err, "  in test %s", test->name);
    lsa_program_destroy(program);
    return status;
}
