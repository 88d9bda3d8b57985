/* text_test.c - what a formula asks of a test: its error at a place, the best linear predictor of its labels, its law. */
#include "verify/text_test.h"
#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/theory_labels.h"
#include <math.h>
#include <stdlib.h>

static const double theory_rounding = 1e-13;

/* The test that a call names; with M, a copy of the context M. */
static lsa_status setting_of(text_world *w, const formula_node *call, lsa_setting *own, const lsa_setting **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *name = call->children[0];
    const formula_value *M;
    long count = 0;
    const lsa_experiment *e = w->experiment;
    *out = (name->needs & FORMULA_IN_TEST) != 0 ? w->test
           : name->integer == FORMULA_TRAINING  ? &e->training
                                                : &e->tests[name->integer];
    if (call->n_children == 1)
        return LSA_OK;
    *own = **out;
    if (name->integer == FORMULA_TRAINING)
        own->name = name->text;
    own->number = LSA_OWN_SETTING;
    own->context = INFINITY;
    if (call->children[1]->kind != FORMULA_INFINITE) {
        LSA_TRY(formula_evaluate(&w->run, call->children[1], &M, err));
        LSA_TRY(formula_value_long(M, &count, err));
        if (count < 0)
            return lsa_error_set(err, LSA_ERR_DOMAIN, "a test's context of %ld examples", count);
        own->context = (double)count;
    }
    *out = own;
done:
    return status;
}

/* sum_h u_h U_h at a state; LSA_ERR_UNABLE where the layer has other blocks. */
static lsa_status product_of(text_world *w, const double *state, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const ptrdiff_t d = w->experiment->data.d;
    double *A = lsa_arena_alloc(w->arena, (size_t)(d * d), sizeof *A);
    LSA_TRY_MEMORY(A, "a product");
    LSA_TRY(lsa_study_program(w->study, &program, err));
    for (ptrdiff_t head = 0; head < w->experiment->data.heads; head++) {
        const lsa_head_blocks b = lsa_program_head(program, head);
        if (b.u == NULL || (b.U == NULL && (b.K == NULL || b.Q == NULL)))
            return lsa_error_set(err, LSA_ERR_UNABLE, "theory judges such labels where the layer is u and U");
        if ((b.px != NULL && lsa_vec_norm(d, state + b.px->offset) > 0.0) ||
            (b.k != NULL && lsa_vec_norm(d, state + b.k->offset) > 0.0))
            return lsa_error_set(err, LSA_ERR_UNABLE, "theory judges such labels where px = k = 0");
        const double u = state[b.u->offset];
        if (b.U != NULL)
            lsa_vec_axpy(d * d, u, state + b.U->offset, A);
        else
            lsa_mat_product(true, false, d, d, b.K->rows, u, state + b.K->offset, state + b.Q->offset, 1.0, A);
    }
    *out = A;
done:
    return status;
}

static bool knows_by_theory(const lsa_setting *test)
{
    return test->task == LSA_TASK_MOMENTS || test->task == LSA_TASK_TEACHER || test->task == LSA_TASK_DATA;
}

/* Terms of the size of E y^2 cancel in an error. */
static double rounding_of(text_world *w, const lsa_setting *test, const double *state, double error)
{
    double labels = NAN, *A = NULL;
    lsa_error ignored = {0};
    if (claim_label_square(test, &labels, &ignored) != LSA_OK || !isfinite(labels))
        labels = fabs(error);
    if (!knows_by_theory(test) && lsa_study_has_theory(w->study) && product_of(w, state, &A, &ignored) == LSA_OK)
        return claim_witness_rounding(test, A, labels);
    return theory_rounding * (fabs(error) + labels);
}

static lsa_status error_of(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting own;
    const lsa_setting *test;
    const text_place *place;
    double *state, *A, error;
    lsa_theory_error judged;
    LSA_TRY(text_here(w, &place, err));
    LSA_TRY(setting_of(w, call, &own, &test, err));
    LSA_TRY(text_state_of(w, place, &state, err));
    if (knows_by_theory(test)) {
        LSA_TRY(product_of(w, state, &A, err));
        LSA_TRY(lsa_theory_judge(NULL, test, A, &judged, err));
        error = judged.error;
    } else {
        LSA_TRY(lsa_study_test_error(w->study, test, state, &error, err));
    }
    if (!isfinite(error))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the error of test %s is infinite", test->name);
    *out = formula_value_near(w->run.pool, 1, 1, &error, rounding_of(w, test, state, error));
done:
    return status;
}

static lsa_status best_linear(text_world *w, const lsa_setting *test, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = w->experiment->data.d;
    lsa_theory_error judged;
    double *zero = lsa_arena_alloc(w->arena, (size_t)(d * d), sizeof *zero);
    LSA_TRY_MEMORY(zero, "a test");
    LSA_TRY(lsa_theory_judge(NULL, test, zero, &judged, err));
    *out = text_computed(w, 1, 1, &judged.best_linear, theory_rounding);
done:
    return status;
}

/* a = Lambda^-1 E[x y] and S = Cov(x y). */
static lsa_status label_moments(text_world *w, const lsa_setting *test, bool covariance, const formula_value **out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = w->experiment->data.d;
    const double *a = test->task_vector, *S = test->moment_covariance; /* of labels given by moments */
    if (test->task == LSA_TASK_TEACHER) {
        double best, *made = lsa_arena_alloc(w->arena, (size_t)(d + d * d), sizeof *made);
        LSA_TRY_MEMORY(made, "the labels of a test");
        LSA_TRY(lsa_theory_teacher_labels(test, made, made + d, &best, err));
        a = made;
        S = made + d;
    } else if (test->task != LSA_TASK_MOMENTS) {
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "a and S are known of a teacher's labels, and of labels given by moments");
    }
    *out = covariance ? text_computed(w, d, d, S, theory_rounding) : text_computed(w, d, 1, a, theory_rounding);
done:
    return status;
}

lsa_status text_test_call(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting own;
    const lsa_setting *test;
    if (call->function->id == FORMULA_error)
        return error_of(w, call, out, err);
    LSA_TRY(setting_of(w, call, &own, &test, err));
    if (call->function->id == FORMULA_best_linear)
        return best_linear(w, test, out, err);
    LSA_TRY(label_moments(w, test, call->function->id == FORMULA_S, out, err));
done:
    return status;
}

/* w w' of the one task. */
static lsa_status fixed_task(text_world *w, const lsa_setting *test, const formula_value **out)
{
    formula_pool *pool = w->run.pool;
    const formula_value *task = formula_value_written(pool, w->experiment->data.d, 1, test->task_vector);
    *out = formula_multiply(pool, task, formula_transpose(pool, task));
    return LSA_OK;
}

lsa_status text_test_name(text_world *w, const formula_node *name, const formula_value **out, lsa_error *err)
{
    const lsa_setting *test = w->test;
    switch (name->name->id) {
    case FORMULA_NAME_M:
        if (isinf(test->context))
            return lsa_error_set(err, LSA_ERR_UNABLE, "the test's context is infinite");
        *out = formula_value_written(w->run.pool, 1, 1, &test->context);
        return LSA_OK;
    case FORMULA_NAME_as_trained:
        *out = formula_value_integer(w->run.pool, lsa_setting_covariates_as_trained(test));
        return LSA_OK;
    case FORMULA_NAME_Lambda_c:
        return text_covariance(w, test->covariance, out, err);
    case FORMULA_NAME_Lambda_q:
        return text_covariance(w, test->query, out, err);
    case FORMULA_NAME_Omega_t:
        if (test->task == LSA_TASK_FIXED)
            return fixed_task(w, test, out);
        if (test->task != LSA_TASK_GAUSSIAN && test->task != LSA_TASK_SPHERE)
            return lsa_error_set(err, LSA_ERR_UNABLE, "the test's labels are no linear tasks");
        return text_covariance(w, test->task_covariance, out, err);
    default:
        *out = formula_value_written(w->run.pool, 1, 1, &test->label_noise);
        return LSA_OK;
    }
}
