/* Every allocation of the closed forms beyond the paper's law fails once: random covariances, shifts, labels, heads. */
#include "check.h"
#include "fault.h"
#include "theory_setting.h"

#include "base/try.h"
#include "lsaflow/theory_heads.h"
#include "lsaflow/theory_labels.h"
#include "lsaflow/theory_random.h"

#include <math.h>

#define D 3

static const double Lambda[D * D] = {2.0, 0.5, 0.1, 0.5, 1.0, 0.2, 0.1, 0.2, 0.7};
static const double Other[D * D] = {0.6, -0.2, 0.0, -0.2, 1.5, 0.3, 0.0, 0.3, 0.9};
static const double Omega[D * D] = {1.0, 0.3, 0.0, 0.3, 2.0, 0.1, 0.0, 0.1, 1.0};
static const double U0[D * D] = {0.3, 0.1, 0.0, 0.1, 0.2, 0.0, 0.0, 0.0, 0.1};
static const double w[D] = {1.0, -1.0, 0.5};

static lsa_status random_law(void *context)
{
    lsa_status status = LSA_OK;
    lsa_error story, *err = &story;
    lsa_theory_random *random = NULL;
    const lsa_setting *law = context;
    const lsa_covariance query = *THEORY_MATRIX(D, Other);
    lsa_setting shift = {
        .context = 5.0, .covariance = law->covariance, .task_covariance = law->task_covariance, .query_is_same = true};
    lsa_theory_random_bounds bounds;
    lsa_theory_error error;
    double x, dU[D * D];
    ptrdiff_t least, most;
    LSA_TRY(lsa_theory_random_create(law, &random, err));
    LSA_TRY(lsa_theory_random_apply(random, U0, dU, err));
    LSA_TRY(lsa_theory_random_loss(random, 0.5, U0, &x, err));
    LSA_TRY(lsa_theory_random_gap(random, 0.5, U0, &x, err));
    LSA_TRY(lsa_theory_random_gradient(random, 0.5, U0, &x, dU, err));
    LSA_TRY(lsa_theory_random_bound(random, 0.5, U0, &bounds, err));
    LSA_TRY(lsa_theory_random_unseen(random, U0, dU, err));
    LSA_TRY(lsa_theory_random_settled(random, 0.5, U0, &x, dU, err));
    LSA_TRY(lsa_theory_random_ranks(law->covariance, &least, &most, err));
    LSA_TRY(lsa_theory_random_judge(random, &shift, &error, err));
    shift.query = &query;
    shift.query_is_same = false;
    LSA_TRY(lsa_theory_random_judge_product(&shift, U0, &error, err));
done:
    lsa_theory_random_destroy(random);
    return status;
}

static void test_random(void **state)
{
    (void)state;
    const lsa_law entries[D] = {
        {LSA_LAW_EXPONENTIAL, {1.0}}, {LSA_LAW_UNIFORM, {0.5, 1.5}}, {LSA_LAW_TWO_POINT, {0.5, 2.0, 0.3}}};
    const double weights[2] = {0.4, 0.6};
    const lsa_covariance matrices[2] = {*THEORY_MATRIX(D, Lambda), *THEORY_MATRIX(D, Other)};
    const lsa_covariance laws[4] = {*THEORY_LAWS(D, entries), *THEORY_MIXTURE(D, 2, weights, matrices),
                                    *THEORY_WISHART(D, 4.0, THEORY_MATRIX(D, Lambda)), *THEORY_MATRIX(D, Lambda)};
    for (int k = 0; k < 4; k++) {
        lsa_setting law = {.context = 10.0, .covariance = &laws[k]};
        check_at_least((double)lsa_fault_each(random_law, &law), 20.0);
        law.task_covariance = THEORY_MATRIX(D, Omega);
        check_at_least((double)lsa_fault_each(random_law, &law), 20.0);
    }
}

static lsa_status shifts(void *context)
{
    lsa_status status = LSA_OK;
    lsa_error story, *err = &story;
    lsa_theory *theory = NULL;
    const lsa_setting law = {.context = 10.0, .covariance = THEORY_MATRIX(D, Lambda)};
    const lsa_setting shift = {.context = 5.0,
                               .covariance = THEORY_MATRIX(D, Other),
                               .query = law.covariance,
                               THEORY_FIXED_TASK(w),
                               .student = 9.0,
                               .mean = w};
    const lsa_setting orthogonal = {.context = 1.0,
                                    .covariance = law.covariance,
                                    .query_is_same = true,
                                    .query_orthogonal = true,
                                    THEORY_FIXED_TASK(w)};
    const lsa_setting teacher = {.context = 5.0,
                                 .covariance = law.covariance,
                                 .query_is_same = true,
                                 .mean = w,
                                 .task = LSA_TASK_TEACHER,
                                 .task_vector = w,
                                 .teacher = {.kind = LSA_TEACHER_RELU},
                                 .label_noise = 0.1,
                                 .query_noise = true};
    const lsa_setting moments = {.context = 5.0,
                                 .covariance = law.covariance,
                                 .query_is_same = true,
                                 .task = LSA_TASK_MOMENTS,
                                 .task_vector = w,
                                 .moment_covariance = Omega};
    const bool kept[D] = {true, false, true};
    lsa_theory_split split;
    lsa_theory_error error;
    double a[D], k[D], S[D * D], moment[D * D], x;
    (void)context;
    LSA_TRY(lsa_theory_create(&law, &theory, err));
    LSA_TRY(lsa_theory_judge(theory, &shift, NULL, &error, err));
    LSA_TRY(lsa_theory_judge_split(theory, &shift, &split, err));
    LSA_TRY(lsa_theory_judge_split_product(&shift, U0, &split, err));
    LSA_TRY(lsa_theory_judge_split(theory, &moments, &split, err));
    LSA_TRY(lsa_theory_orthogonal_query_error(&orthogonal, &x, err));
    LSA_TRY(lsa_theory_judge(theory, &teacher, NULL, &error, err));
    LSA_TRY(lsa_theory_row_labels(D, D, Lambda, w, moment, a, S, &x, err));
    LSA_TRY(lsa_theory_fixed_point(theory, kept, S, &x, err));
    lsa_theory_rank_one_point(theory, a, k, &x);
done:
    lsa_theory_destroy(theory);
    return status;
}

static void test_shifts(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(shifts, NULL), 100.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_shifts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
