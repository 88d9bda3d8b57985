/* test_error.c - a test is the statement's loss under another law. */
#include "lsaflow/test_error.h"

#include "base/matrix.h"
#include "base/try.h"
#include "compile/program.h"

#include <math.h>
#include <stdlib.h>

enum { OWN_QUERY = 1, FIXED_TASK = 2, WISHART = 4, N_VARIANTS = 8 }; /* bits of a derivation's variant */

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

/* Student t contexts; a prompt without a context is the same for all laws. */
static bool is_student(const lsa_test *test)
{
    return test->student > 0.0 && isfinite(test->student) && test->context > 0.0;
}

static int variant_of(const lsa_test *test)
{
    const bool own_query = !test->query_is_same || is_student(test);
    return (own_query ? OWN_QUERY : 0) | (test->task == LSA_TASK_FIXED ? FIXED_TASK : 0) |
           (test->covariance->kind == LSA_COVARIANCE_WISHART ? WISHART : 0);
}

/* rho is kept apart from N, so that M = 0 is seen as an empty sum. */
static lsa_status derivation_for(lsa_test_evaluator *evaluator, const lsa_test *test, const lsa_derivation **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int variant = variant_of(test);
    const lsa_derive_options options = {.own_query = (variant & OWN_QUERY) != 0,
                                        .fixed_task = (variant & FIXED_TASK) != 0,
                                        .wishart = (variant & WISHART) != 0};
    if (evaluator->derivations[variant] == NULL)
        LSA_TRY(lsa_derive(evaluator->experiment->statement, &options, &evaluator->derivations[variant], err));
    *out = evaluator->derivations[variant];
done:
    return status;
}

/* The excess E tau^2 - 1 of x = sqrt(tau) z, Student t scaled to the covariance of z: (nu-2)/(nu-4) - 1. */
static double student_excess(double nu)
{
    return 2.0 / (nu - 4.0);
}

/* What the engine cannot average, named. */
static lsa_status refuse(const lsa_test *test, lsa_error *err)
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
    if (is_student(test) && test->student <= 4.0)
        return lsa_error_set(
            err, LSA_ERR_DOMAIN,
            "test %s: the error is infinite, since Student t covariates of %g degrees of freedom have no "
            "fourth moments (more than 4 are needed)",
            test->name, test->student);
    return LSA_OK;
}

/* The second moment r^2/d I of a task on the sphere; NULL when memory is out. */
static lsa_covariance *sphere_moment(lsa_arena *arena, ptrdiff_t d, double radius)
{
    lsa_covariance *out = lsa_arena_alloc(arena, 1, sizeof *out);
    double *spectrum = lsa_arena_alloc(arena, (size_t)d, sizeof *spectrum);
    if (out == NULL || spectrum == NULL)
        return NULL;
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = radius * radius / (double)d;
    *out = (lsa_covariance){.kind = LSA_COVARIANCE_SCALAR, .d = d, .spectrum = spectrum};
    return out;
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
    binding.excess_kurtosis = is_student(test) ? student_excess(test->student) : 0.0;
    binding.task_on_sphere = test->task == LSA_TASK_SPHERE;
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
    lsa_arena *arena = lsa_arena_create();
    LSA_TRY_MEMORY(arena, "the test errors");
    LSA_TRY(refuse(test, err));
    LSA_TRY(derivation_for(evaluator, test, &derivation, err));
    lsa_binding binding = binding_of(evaluator->experiment, test);
    if (binding.task_on_sphere) {
        binding.task = sphere_moment(arena, evaluator->experiment->data.d, test->radius);
        LSA_TRY_MEMORY(binding.task, "the test errors");
    }
    LSA_TRY(lsa_program_compile(derivation, &binding, (lsa_program_wanted){0}, &program, err));
    LSA_TRY(loss_at(program, user, &loss, err));
    *error = 2.0 * loss + (test->query_noise ? test->label_noise : 0.0);
done:
    lsa_program_destroy(program);
    lsa_arena_destroy(arena);
    return status;
}
