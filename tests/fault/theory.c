/* Every allocation of the closed forms fails once: the status says so and nothing is left behind. */
#include "check.h"
#include "fault.h"
#include "theory_setting.h"

#include "base/try.h"
#include "lsaflow/theory.h"

#include <math.h>

#define D 3

static const double Lambda[D * D] = {2.0, 0.5, 0.1, 0.5, 1.0, 0.2, 0.1, 0.2, 0.7};
static const double Omega[D * D] = {1.0, 0.3, 0.0, 0.3, 2.0, 0.1, 0.0, 0.1, 1.0};
static const double singular[D * D] = {1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0};
static const double U0[D * D] = {0.3, 0.1, 0.0, 0.1, 0.2, 0.0, 0.0, 0.0, 0.1};
static const double w[D] = {1.0, -1.0, 0.5};

static lsa_status points(const lsa_theory *theory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double A[D * D], u, x;
    LSA_TRY(lsa_theory_minimum(theory, D, A, err));
    LSA_TRY(lsa_theory_balanced(theory, &u, A, err));
    LSA_TRY(lsa_theory_limit(theory, 0.5, U0, &u, A, err));
    LSA_TRY(lsa_theory_unseen(theory, U0, A, err));
    LSA_TRY(lsa_theory_loss(theory, 0.5, U0, &x, err));
    LSA_TRY(lsa_theory_gap(theory, 0.5, U0, &x, err));
    LSA_TRY(lsa_theory_gradient(theory, 0.5, U0, &x, A, err));
    LSA_TRY(lsa_theory_local_rate(theory, u, U0, &x, err));
done:
    return status;
}

static lsa_status general(void *context)
{
    lsa_status status = LSA_OK;
    lsa_error story, *err = &story;
    lsa_theory *theory = NULL;
    const lsa_setting *law = context;
    LSA_TRY(lsa_theory_create(law, &theory, err));
    LSA_TRY(points(theory, err));
done:
    lsa_theory_destroy(theory);
    return status;
}

static lsa_status paper(void *context)
{
    lsa_status status = LSA_OK;
    lsa_error story, *err = &story;
    lsa_theory *theory = NULL;
    const lsa_setting law = {.context = 10.0, .covariance = THEORY_MATRIX(D, Lambda)};
    const lsa_setting shift = {
        .context = 5.0, .covariance = law.covariance, .query = law.covariance, THEORY_FIXED_TASK(w)};
    const lsa_setting moments = {.context = 5.0,
                                 .covariance = law.covariance,
                                 .query_is_same = true,
                                 .task = LSA_TASK_MOMENTS,
                                 .task_vector = w,
                                 .moment_covariance = Omega};
    lsa_theory_constant list[LSA_THEORY_CONSTANTS_MAX];
    lsa_theory_error error;
    ptrdiff_t count;
    double A[D * D], x;
    (void)context;
    LSA_TRY(lsa_theory_create(&law, &theory, err));
    LSA_TRY(points(theory, err));
    LSA_TRY(lsa_theory_gamma_law(theory, A, err));
    LSA_TRY(lsa_theory_off_diagonal(theory, U0, 0.1, A, err));
    LSA_TRY(lsa_theory_constants(theory, 0.5, U0, list, &count, err));
    LSA_TRY(lsa_theory_judge(theory, &shift, NULL, &error, err));
    LSA_TRY(lsa_theory_judge(theory, &moments, NULL, &error, err));
    LSA_TRY(lsa_theory_judge(NULL, &shift, U0, &error, err));
    LSA_TRY(lsa_theory_judge(NULL, &moments, U0, &error, err));
    LSA_TRY(lsa_theory_shift_best(&shift, A, &x, err));
    LSA_TRY(lsa_theory_error_variance(&shift, U0, &x, err));
    LSA_TRY(lsa_theory_linear_task_bound(theory, &shift, &x, err));
done:
    lsa_theory_destroy(theory);
    return status;
}

static void test_paper(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(paper, NULL), 100.0);
}

static void test_general(void **state)
{
    (void)state;
    lsa_setting law = {
        .context = 10.0, .covariance = THEORY_MATRIX(D, Lambda), .task_covariance = THEORY_MATRIX(D, Omega)};
    check_at_least((double)lsa_fault_each(general, &law), 50.0);
    law.covariance = THEORY_MATRIX(D, singular);
    check_at_least((double)lsa_fault_each(general, &law), 50.0);
    law = (lsa_setting){.context = (double)INFINITY, .covariance = THEORY_MATRIX(D, Lambda), THEORY_FIXED_TASK(w)};
    check_at_least((double)lsa_fault_each(general, &law), 50.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paper), cmocka_unit_test(test_general)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
