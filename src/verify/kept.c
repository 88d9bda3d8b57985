/* kept.c - what the start keeps where the training loss does not see, and whether a test sees it; see kept.h. */
#include "verify/kept.h"

#include "base/matrix.h"
#include "base/try.h"
#include "verify/limit_point.h"
#include "verify/probe.h"
#include "verify/study_state.h"
#include "verify/training_law.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a matrix up to this share of its norm are rounding: starts and covariances are given in double. */
static const double rounding = 1e-13;

void study_kept_clear(study_kept *kept)
{
    free(kept->U);
    free(kept->product);
    free(kept->generic);
    *kept = (study_kept){.made = false};
}

/* ---------------------------------------------------------------- the start */

/* A start in work: `part` is d x d of scratch. */
typedef struct start_view {
    const lsa_experiment *experiment;
    const lsa_program *program;
    const double *start;
    ptrdiff_t d;
    double *part;
} start_view;

static const double *at(const start_view *v, const lsa_block *block)
{
    return v->start + block->offset;
}

/* Whether X (d x d) has an unseen part. */
static lsa_status has_unseen(const start_view *v, const training_law *law, const double *X, bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(training_law_unseen(law, X, v->part, err));
    *any = *any || lsa_vec_norm(v->d * v->d, v->part) > rounding * lsa_vec_norm(v->d * v->d, X);
done:
    return status;
}

/* Of U = K'Q the unseen part holds that of K or of Q: seen in K'K, Q'Q, K'Q. */
static lsa_status keys_have_unseen(const start_view *v, const training_law *law, const lsa_head_blocks *blocks,
                                   bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = v->d, r = blocks->K->rows;
    const double *K = at(v, blocks->K), *Q = at(v, blocks->Q);
    const double *const pairs[3][2] = {{K, K}, {Q, Q}, {K, Q}};
    double *X = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(X, "what the start holds unseen");
    for (int k = 0; k < 3; k++) {
        lsa_mat_product(true, false, d, d, r, 1.0, pairs[k][0], pairs[k][1], 0.0, X);
        LSA_TRY(has_unseen(v, law, X, any, err));
    }
done:
    free(X);
    return status;
}

static lsa_status head_has_unseen(const start_view *v, const training_law *law, ptrdiff_t head, bool *any,
                                  lsa_error *err)
{
    const lsa_head_blocks blocks = lsa_program_head(v->program, head);
    if (blocks.u != NULL && blocks.U != NULL)
        return has_unseen(v, law, at(v, blocks.U), any, err);
    if (blocks.u != NULL && blocks.K != NULL && blocks.Q != NULL)
        return keys_have_unseen(v, law, &blocks, any, err);
    *any = true;
    return LSA_OK;
}

/* ---------------------------------------------------------------- its limit */

/* Every block but u and U of the heads is 0 at the start, and stays so (Lemma 5.2). */
static bool others_are_zero(const start_view *v)
{
    const lsa_layer_parameters *p = &v->experiment->statement->layer_parameters;
    for (ptrdiff_t k = 0; k < lsa_program_block_count(v->program); k++) {
        const lsa_block *block = lsa_program_block(v->program, k);
        if (block->symbol == p->u || block->symbol == p->U)
            continue;
        if (lsa_vec_norm_max(block->rows * block->cols, at(v, block)) > 0.0)
            return false;
    }
    return true;
}

/* All heads have the same start: then they stay equal. */
static bool heads_are_equal(const start_view *v)
{
    const lsa_head_blocks first = lsa_program_head(v->program, 0);
    for (ptrdiff_t head = 1; head < v->experiment->data.heads; head++) {
        const lsa_head_blocks other = lsa_program_head(v->program, head);
        if (other.u == NULL || other.U == NULL || *at(v, first.u) != *at(v, other.u) ||
            memcmp(at(v, first.U), at(v, other.U), (size_t)(v->d * v->d) * sizeof(double)) != 0)
            return false;
    }
    return true;
}

static const char *structure_unknown(const start_view *v)
{
    const lsa_head_blocks first = lsa_program_head(v->program, 0);
    if (first.u == NULL || first.U == NULL)
        return "u and U are not the parameters";
    if (!others_are_zero(v))
        return "other blocks than u and U start away from 0";
    return heads_are_equal(v) ? NULL : "its heads differ";
}

/* H equal heads (u, U) are one head (H^{1/2} u, H^{1/2} U) of the same product and the same flow. */
static lsa_status fill_limit(const start_view *v, const training_law *law, study_kept *kept, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_head_blocks blocks = lsa_program_head(v->program, 0);
    const ptrdiff_t square = v->d * v->d;
    const double share = sqrt((double)v->experiment->data.heads), u0 = share * *at(v, blocks.u);
    int sign;
    double *U0 = lsa_vec_create(square);
    kept->U = lsa_vec_create(square);
    kept->product = lsa_vec_create(square);
    LSA_TRY_MEMORY(U0 && kept->U ? kept->product : NULL, "the limit from the start");
    lsa_vec_axpy(square, share, at(v, blocks.U), U0);
    LSA_TRY(training_law_unseen(law, U0, kept->product, err));
    LSA_TRY(training_law_limit_sign(law, u0, U0, &sign, err));
    const double begin = (sign < 0 ? -1.0 : 1.0) * fmax(fabs(u0), DBL_MIN); /* the limit from there has this sign */
    if (sign == 0)
        kept->why = "it leaves the sign of u at the limit open";
    LSA_TRY(training_law_limit(law, begin, U0, &kept->u, kept->U, err));
    lsa_vec_scale(square, kept->u, kept->product);
    kept->u /= share;
    lsa_vec_scale(square, 1.0 / share, kept->U);
done:
    free(U0);
    return status;
}

static lsa_status examine(const start_view *v, const training_law *law, study_kept *kept, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t head = 0; head < v->experiment->data.heads && !kept->any; head++)
        LSA_TRY(head_has_unseen(v, law, head, &kept->any, err));
    if (!kept->any)
        goto done;
    kept->why = structure_unknown(v);
    if (kept->why == NULL)
        LSA_TRY(fill_limit(v, law, kept, err));
    if (kept->why == NULL)
        goto done;
    kept->generic = lsa_vec_create(v->d * v->d);
    LSA_TRY_MEMORY(kept->generic, "what a test reaches");
    probe_fill(v->experiment, PROBE_UNSEEN, 1.0, v->d * v->d, kept->generic);
done:
    return status;
}

lsa_status study_kept_of(lsa_study *study, const study_kept **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    training_law law;
    study_kept *kept = &study->kept;
    start_view v = {.experiment = study->experiment, .d = study->experiment->data.d};
    if (kept->made)
        goto done;
    LSA_TRY(training_law_of(study, &law, err));
    if (law.fixed == NULL || !lsa_theory_sees_all(law.fixed)) {
        LSA_TRY(lsa_study_program(study, &v.program, err));
        LSA_TRY(lsa_study_start(study, &v.start, err));
        v.part = lsa_vec_create(v.d * v.d);
        LSA_TRY_MEMORY(v.part, "what the start holds unseen");
        LSA_TRY(examine(&v, &law, kept, err));
    }
    kept->made = true;
done:
    if (status == LSA_OK)
        *out = kept;
    else
        study_kept_clear(kept);
    free(v.part);
    return status;
}

/* ---------------------------------------------------------------- what a test reaches */

/* Second moments of the contexts and of the query, d x d; their ranges are all that a prediction sees. */
static void moments_of(const lsa_setting *test, double *context, double *query)
{
    const ptrdiff_t d = test->covariance->d;
    lsa_covariance_matrix(test->covariance, context);
    lsa_covariance_matrix(test->query_is_same ? test->covariance : test->query, query);
    for (ptrdiff_t j = 0; test->mean != NULL && j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            context[i + j * d] += test->mean[i] * test->mean[j];
            query[i + j * d] += test->mean[i] * test->mean[j];
        }
}

/* out = context E query. */
static lsa_status reach(const lsa_setting *test, const double *E, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = test->covariance->d;
    double *context = lsa_vec_create(d * d), *query = lsa_vec_create(d * d), *half = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(context && query ? half : NULL, "what a test reaches");
    moments_of(test, context, query);
    lsa_vec_scale(d * d, 1.0 / lsa_vec_norm_max(d * d, context), context);
    lsa_vec_scale(d * d, 1.0 / lsa_vec_norm_max(d * d, query), query);
    lsa_mat_product(false, false, d, d, d, 1.0, context, E, 0.0, half);
    lsa_mat_product(false, false, d, d, d, 1.0, half, query, 0.0, out);
done:
    free(half);
    free(query);
    free(context);
    return status;
}

/* Whether a test reaches anything that the loss of the law does not see. */
static lsa_status reaches_unseen(const training_law *law, const lsa_setting *test, const double *generic, bool *reaches,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = test->covariance->d * test->covariance->d;
    double *reached = lsa_vec_create(square), *part = lsa_vec_create(square);
    LSA_TRY_MEMORY(reached ? part : NULL, "what a test reaches");
    LSA_TRY(reach(test, generic, reached, err));
    LSA_TRY(training_law_unseen(law, reached, part, err));
    *reaches = lsa_vec_norm(square, part) > rounding * (double)test->covariance->d * lsa_vec_norm(square, reached);
done:
    free(part);
    free(reached);
    return status;
}

/* Whether it reaches the matrix E. */
static lsa_status reaches_matrix(const lsa_setting *test, const double *E, bool *reaches, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = test->covariance->d * test->covariance->d;
    double *reached = lsa_vec_create(square);
    LSA_TRY_MEMORY(reached, "what a test reaches");
    LSA_TRY(reach(test, E, reached, err));
    *reaches = lsa_vec_norm(square, reached) > rounding * (double)test->covariance->d * lsa_vec_norm(square, E);
done:
    free(reached);
    return status;
}

/* A test in law, of any length and task, reaches what training with Omega > 0 at a finite N sees: where every G_c has the
 * range of its Lambda_c. (The context and query of a test share their draw of a random covariance.) */
static bool is_in_law(const lsa_study *study, const lsa_setting *test)
{
    const lsa_setting *training = &study->experiment->training;
    bool definite = isfinite(training->context) && lsa_setting_covariates_as_trained(test);
    for (ptrdiff_t i = 0; i < study->experiment->data.d; i++)
        definite = definite && training->task_covariance->spectrum[i] > 0.0;
    return definite;
}

lsa_status study_kept_seen_by(lsa_study *study, const lsa_setting *test, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const study_kept *kept;
    training_law law;
    bool reaches = false;
    *out = NULL;
    LSA_TRY(study_kept_of(study, &kept, err));
    if (!kept->any || is_in_law(study, test))
        goto done;
    if (kept->why == NULL) {
        LSA_TRY(reaches_matrix(test, kept->product, &reaches, err));
        *out = reaches ? kept->product : NULL;
        goto done;
    }
    LSA_TRY(training_law_of(study, &law, err));
    LSA_TRY(reaches_unseen(&law, test, kept->generic, &reaches, err));
    if (reaches)
        status =
            lsa_error_set(err, LSA_ERR_UNABLE,
                          "test %s reaches where the training loss does not see uU, and the limit there is not known "
                          "from this start: %s",
                          test->name, kept->why);
done:
    return status;
}
