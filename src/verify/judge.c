/* judge.c - theory's judgement of a test setting: which closed form speaks of it. */
#include "verify/kept.h"
#include "verify/laws.h"
#include "verify/study.h"

#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/theory_labels.h"
#include <math.h>
#include <stdlib.h>

/* A judgement in progress. A is the product uU that is judged; NULL: the trained limit of `theory`. */
typedef struct hearing {
    const lsa_theory *theory;
    const lsa_experiment *experiment;
    const lsa_setting *test;
    const double *A;
    ptrdiff_t d;
} hearing;

static lsa_status refuse(lsa_error *err, const char *reason)
{
    return lsa_error_set(err, LSA_ERR_UNABLE, "no closed form of the test error: %s", reason);
}

/* ---------------------------------------------------------------- labels known by their moments */

static lsa_status judge_moments(const hearing *h, lsa_second_moment covariance, const double *a, const double *S,
                                double best_linear, lsa_theory_error *out, lsa_error *err)
{
    const lsa_theory_moments moments = {.context = h->test->context,
                                        .normalise_plus_one = h->test->normalise_plus_one,
                                        .covariance = covariance,
                                        .a = a,
                                        .S = S,
                                        .best_linear = best_linear};
    return h->A == NULL ? lsa_theory_judge_moments(h->theory, &moments, out, err)
                        : lsa_theory_judge_moments_product(h->d, &moments, h->A, out, err);
}

/* covariance + mean mean', d x d. */
static void second_moment(const lsa_setting *test, double *out)
{
    const ptrdiff_t d = test->covariance->d;
    lsa_covariance_matrix(test->covariance, out);
    for (ptrdiff_t j = 0; test->mean != NULL && j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out[i + j * d] += test->mean[i] * test->mean[j];
}

static lsa_theory_teacher teacher_of(const lsa_teacher *teacher)
{
    static const lsa_theory_teacher_kind kinds[] = {
        [LSA_TEACHER_RELU] = LSA_THEORY_RELU,   [LSA_TEACHER_SIGN] = LSA_THEORY_SIGN,
        [LSA_TEACHER_CUBIC] = LSA_THEORY_CUBIC, [LSA_TEACHER_QUADRATIC] = LSA_THEORY_QUADRATIC,
        [LSA_TEACHER_SINE] = LSA_THEORY_SINE,   [LSA_TEACHER_POLYNOMIAL] = LSA_THEORY_POLYNOMIAL};
    return (lsa_theory_teacher){kinds[teacher->kind], teacher->frequency, teacher->n_coefficients,
                                teacher->coefficients};
}

/* Teachers and rows of data: their moments first, then the formula for moments. */
static lsa_status judge_labels(const hearing *h, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *test = h->test;
    const ptrdiff_t square = h->d * h->d;
    double *Lambda = lsa_vec_create(square), *S = lsa_vec_create(square), *a = lsa_vec_create(h->d), best = 0.0;
    LSA_TRY_MEMORY(Lambda && S ? a : NULL, "the moments of the labels");
    if (test->task == LSA_TASK_DATA) {
        LSA_TRY(lsa_theory_row_labels(test->n_rows, h->d, test->rows, test->labels, Lambda, a, S, &best, err));
    } else {
        const lsa_theory_teacher teacher = teacher_of(&test->teacher);
        LSA_TRY(lsa_theory_teacher_labels(h->d, laws_moment(test->covariance), test->mean, &teacher, test->task_vector,
                                          test->label_noise, test->query_noise, a, S, &best, err));
        second_moment(test, Lambda);
    }
    /* rows whose X'X/n is Lambda up to rounding have Lambda itself, so that the theorem's terms exist */
    const bool in_law = test->task == LSA_TASK_DATA && test->covariance_is_train;
    const lsa_second_moment moment = in_law ? laws_moment(test->covariance) : (lsa_second_moment){.matrix = Lambda};
    LSA_TRY(judge_moments(h, moment, a, S, best, out, err));
done:
    free(a);
    free(S);
    free(Lambda);
    return status;
}

/* ---------------------------------------------------------------- linear tasks */

static lsa_theory_shift shift_of(const hearing *h)
{
    const lsa_setting *test = h->test;
    return (lsa_theory_shift){.context = test->context,
                              .normalise_plus_one = h->test->normalise_plus_one,
                              .covariance = laws_moment(test->covariance),
                              .query = laws_moment(test->query),
                              .task = laws_task(test),
                              .label_noise = test->label_noise,
                              .query_noise = test->query_noise,
                              .excess = test->student > 0.0 ? lsa_theory_student_excess(test->student) : 0.0,
                              .mean = test->mean};
}

/* One covariance a prompt. */
static lsa_status judge_random(const hearing *h, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *test = h->test;
    const lsa_second_moment query = laws_moment(test->query);
    double *limit = NULL;
    lsa_arena *arena = lsa_arena_create();
    LSA_TRY_MEMORY(arena, "the law of a test");
    lsa_theory_random_shift shift = {.context = test->context,
                                     .normalise_plus_one = h->test->normalise_plus_one,
                                     .query = test->query_is_same ? NULL : &query,
                                     .task = laws_task(test),
                                     .label_noise = test->label_noise,
                                     .query_noise = test->query_noise};
    LSA_TRY(laws_covariance(test->covariance, arena, &shift.covariance, err));
    if (h->A == NULL) {
        limit = lsa_vec_create(h->d * h->d);
        LSA_TRY_MEMORY(limit, "the trained limit");
        LSA_TRY(lsa_theory_minimum(h->theory, h->d, limit, err));
    }
    LSA_TRY(lsa_theory_random_judge_product(h->d, &shift, h->A != NULL ? h->A : limit, out, err));
done:
    free(limit);
    lsa_arena_destroy(arena);
    return status;
}

static bool is_multiple_of_identity(ptrdiff_t d, const double *A)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (i != j ? A[i + j * d] != 0.0 : A[i + i * d] != A[0])
                return false;
    return true;
}

/* The query that the context does not see; only for a layer and a context that are isotropic (section 4.2). */
static lsa_status judge_orthogonal(const hearing *h, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *test = h->test;
    double *limit = lsa_vec_create(h->d * h->d);
    LSA_TRY_MEMORY(limit, "the trained limit");
    if (h->A == NULL)
        LSA_TRY(lsa_theory_minimum(h->theory, h->d, limit, err));
    if (test->covariance->kind != LSA_COVARIANCE_SCALAR ||
        !is_multiple_of_identity(h->d, h->A != NULL ? h->A : limit)) {
        status = refuse(err, "the query depends on the context, and the layer is not a multiple of I");
        goto done;
    }
    *out = (lsa_theory_error){.best_linear = test->query_noise ? test->label_noise : 0.0,
                              .context_term = NAN,
                              .training_term = NAN,
                              .why = "Theorem 4.2 asks for a query independent of the context"};
    LSA_TRY(lsa_theory_orthogonal_query_error(h->d, (ptrdiff_t)test->context, laws_moment(test->query), laws_task(test),
                                              &out->error, err));
    out->error += out->best_linear;
done:
    free(limit);
    return status;
}

/* ---------------------------------------------------------------- the choice */

static lsa_status judge_linear(const hearing *h, lsa_theory_error *out, lsa_error *err)
{
    const lsa_setting *test = h->test;
    const bool random = lsa_covariance_is_random(test->covariance) || lsa_covariance_is_random(test->query);
    if (test->query_orthogonal)
        return judge_orthogonal(h, out, err);
    if (random && (test->student > 0.0 || test->mean != NULL))
        return refuse(err, "random covariances with a mean or Student contexts");
    if (random)
        return judge_random(h, out, err);
    const lsa_theory_shift shift = shift_of(h);
    return h->A == NULL ? lsa_theory_judge(h->theory, &shift, out, err)
                        : lsa_theory_judge_product(h->d, &shift, h->A, out, err);
}

lsa_status lsa_study_judge(const lsa_theory *theory, const lsa_experiment *experiment, const lsa_setting *test,
                           const double *A, lsa_theory_error *out, lsa_error *err)
{
    const hearing h = {theory, experiment, test, A, experiment->data.d};
    switch (test->task) {
    case LSA_TASK_MOMENTS:
        return judge_moments(&h, laws_moment(test->covariance), test->task_vector, test->moment_covariance,
                             test->best_linear, out, err);
    case LSA_TASK_TEACHER:
    case LSA_TASK_DATA:
        if (lsa_covariance_is_random(test->covariance) || test->student > 0.0 || !test->query_is_same ||
            test->query_orthogonal)
            return refuse(err, "nonlinear labels with a random, Student or shifted law");
        return judge_labels(&h, out, err);
    default:
        return judge_linear(&h, out, err);
    }
}

lsa_status lsa_study_error_variance(const lsa_experiment *experiment, const lsa_setting *test, const double *A,
                                    double *variance, lsa_error *err)
{
    const hearing h = {NULL, experiment, test, A, experiment->data.d};
    const bool linear =
        test->task == LSA_TASK_GAUSSIAN || test->task == LSA_TASK_FIXED || test->task == LSA_TASK_SPHERE;
    if (!linear || test->query_orthogonal || lsa_covariance_is_random(test->covariance) ||
        lsa_covariance_is_random(test->query))
        return lsa_error_set(err, LSA_ERR_UNABLE, "no closed form of the variance of the squared error");
    const lsa_theory_shift shift = shift_of(&h);
    const lsa_theory_tasks tasks = test->task == LSA_TASK_FIXED    ? LSA_THEORY_TASKS_FIXED
                                   : test->task == LSA_TASK_SPHERE ? LSA_THEORY_TASKS_SPHERE
                                                                   : LSA_THEORY_TASKS_GAUSSIAN;
    return lsa_theory_error_variance(h.d, &shift, tasks, A, variance, err);
}

lsa_status lsa_study_judge_trained(lsa_study *study, const lsa_theory *theory, const lsa_setting *test, const double *A,
                                   lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    const ptrdiff_t d = experiment->data.d;
    const double *kept;
    double *product = NULL;
    LSA_TRY(study_kept_seen_by(study, test, &kept, err));
    if (kept == NULL) {
        LSA_TRY(lsa_study_judge(theory, experiment, test, A, out, err));
        goto done;
    }
    product = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(product, "the trained product uU");
    if (A != NULL)
        lsa_vec_axpy(d * d, 1.0, A, product);
    else
        LSA_TRY(lsa_theory_minimum(theory, d, product, err));
    lsa_vec_axpy(d * d, 1.0, kept, product);
    LSA_TRY(lsa_study_judge(theory, experiment, test, product, out, err));
    out->why = "Theorem 4.2 asks for a test that stays where the training loss sees uU";
done:
    free(product);
    return status;
}

lsa_status lsa_study_judge_limit(lsa_study *study, const lsa_setting *test, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    const lsa_theory *theory = NULL;
    double *A = NULL;
    const bool restricted = lsa_study_rank(study) < experiment->data.d;
    if (!lsa_study_is_random(study))
        LSA_TRY(lsa_study_theory(study, &theory, err));
    if (restricted || theory == NULL) {
        A = lsa_vec_create(experiment->data.d * experiment->data.d);
        LSA_TRY_MEMORY(A, "the predicted product uU");
        LSA_TRY(lsa_study_product(study, A, err));
    }
    LSA_TRY(lsa_study_judge_trained(study, theory, test, A, out, err));
    if (restricted || theory == NULL)
        out->why = "Theorem 4.2 asks for one training covariance and a product uU of full rank";
done:
    free(A);
    return status;
}
