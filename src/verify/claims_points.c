/* claims_points.c - points of the landscape that theory knows in closed form, put into the derived loss: the minimum
 * (Corollary A.2, W12, W15), the fixed points of heads with keys and queries (2501.16265 (18), (19)), the full layer's
 * rank-one point (W27). No flow is run: a stationary point is one where the derived gradient vanishes. */
#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/theory_heads.h"
#include "verify/limit_point.h"
#include "verify/probe.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Theory gives a point to 1e-13 of its size (docs/theory.md, Accuracy), and the derived loss is a sum of terms no larger
 * than the loss at zero. */
static double point_tolerance(const lsa_predictions *p)
{
    return 1e-12 + claim_constants_rounding(p);
}

/* The derived gradient at one point: `residual` is |grad L| / (|Hessian| |point|), the least relative error of the point that
 * would explain the gradient; a point that is too long by its own length would show `along`, which is NAN
 * at the origin, and at second order a loss that is larger by half of `bend`. */
typedef struct look {
    double loss, gradient, residual, along, bend;
} look;

/* The largest |eigenvalue| of the Hessian from below, by power iteration from a generic direction. */
static double hessian_norm(const claim_context *context, const lsa_program *program, lsa_workspace *work,
                           const double *state, double *direction, double *image)
{
    enum { STEPS = 12 };
    const ptrdiff_t size = lsa_program_size(program);
    double norm = 0.0;
    probe_fill(context->experiment, PROBE_HESSIAN, 1.0, size, direction);
    for (int step = 0; step < STEPS; step++) {
        const double length = lsa_vec_norm(size, direction);
        if (!(length > 0.0))
            break;
        lsa_vec_scale(size, 1.0 / length, direction);
        lsa_program_hessian(program, work, state, direction, image);
        norm = fmax(norm, lsa_vec_norm(size, image));
        for (ptrdiff_t i = 0; i < size; i++)
            direction[i] = image[i];
    }
    return norm;
}

static lsa_status look_at(const claim_context *context, const lsa_program *program, const double *user, look *out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_workspace *work = NULL;
    const ptrdiff_t size = lsa_program_size(program);
    double *state = lsa_vec_create(size), *gradient = lsa_vec_create(size), *direction = lsa_vec_create(size);
    LSA_TRY_MEMORY(state && gradient ? direction : NULL, "the derived gradient at a point");
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    lsa_program_gradient(program, work, state, gradient);
    out->loss = lsa_program_loss(program, work, state);
    out->gradient = lsa_vec_norm(size, gradient);
    const double scale = hessian_norm(context, program, work, state, direction, gradient) * lsa_vec_norm(size, state);
    out->residual = out->gradient > 0.0 ? out->gradient / scale : 0.0;
    lsa_program_hessian(program, work, state, state, direction);
    out->along = lsa_vec_norm(size, direction) / scale;
    out->bend = lsa_vec_dot(size, state, direction);
done:
    lsa_workspace_destroy(work);
    free(direction);
    free(gradient);
    free(state);
    return status;
}

/* The gradient vanishes, and the loss is the predicted one. */
static void judge_point(const lsa_predictions *p, const look *at, double loss, lsa_claim_result *result)
{
    const double tolerance = point_tolerance(p);
    claim_equal(result, 0.0, at->residual, tolerance);
    claim_scale(result, at->along);
    claim_also(result, fabs(at->loss - loss), tolerance * p->loss_at_zero,
               "the derived loss there is %.17g, predicted %.17g", at->loss, loss);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "|grad L| = %.2g as a relative error of the point; the loss there is %.12g", at->gradient,
                  at->loss);
}

/* A point off by this share of itself must not satisfy the claim. */
static const double known_error = 0.01;

/* The least relative error of the point that its loss would tell, which is of second order in it. */
static double loss_resolution(const lsa_predictions *p, const look *at)
{
    return sqrt(2.0 * 10.0 * point_tolerance(p) * p->loss_at_zero / fabs(at->bend));
}

/* Beside blocks of far larger curvature (px and k at a label noise of 1e13) a residual says nothing of the product, and a loss
 * little. */
static void require_power(const lsa_predictions *p, const look *at, lsa_claim_result *result)
{
    const double told = fmin(result->resolution, loss_resolution(p, at));
    if (result->verdict != LSA_VERDICT_HOLDS || !(told > known_error))
        return;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "the gradient vanishes as well at a point that is off by %.2g of itself", told);
}

lsa_status claim_stationary_minimum(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    const lsa_program *program;
    double *point = NULL;
    look at;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    point = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(point, "the predicted minimum");
    LSA_TRY(limit_fill(context->experiment, program, p->A, point, err));
    LSA_TRY(look_at(context, program, point, &at, err));
    judge_point(p, &at, p->minimum_loss, result);
    require_power(p, &at, result);
    result->resolution = fmin(result->resolution, loss_resolution(p, &at));
done:
    free(point);
    return status;
}

/* ---------------------------------------------------------------- subsets of modes */

/* The worst of the points that were looked at. */
typedef struct survey {
    ptrdiff_t points;
    look worst;
    double loss;  /* predicted there           */
    double along; /* the largest of all points */
} survey;

static lsa_status survey_subset(const claim_context *context, const lsa_program *program, const lsa_predictions *p,
                                const bool *kept, double *A, double *point, survey *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    look at;
    double loss;
    LSA_TRY(lsa_theory_fixed_point(p->theory, kept, A, &loss, err));
    LSA_TRY(limit_fill(context->experiment, program, A, point, err));
    LSA_TRY(look_at(context, program, point, &at, err));
    const double off = fabs(at.loss - loss) / p->loss_at_zero, before = fabs(all->worst.loss - all->loss);
    const bool worse = fmax(at.residual, off) > fmax(all->worst.residual, before / p->loss_at_zero);
    all->along = fmax(all->along, at.along);
    if (all->points++ == 0 || worse) {
        all->worst = at;
        all->loss = loss;
    }
done:
    return status;
}

/* All 2^m subsets up to this many modes m; beyond, the plateaus {1..k} alone. */
enum { SUBSET_MODES = 8 };

static lsa_status survey_all(const claim_context *context, const lsa_program *program, const lsa_predictions *p,
                             survey *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t modes = lsa_theory_rank(p->theory);
    const bool every = modes <= SUBSET_MODES;
    const ptrdiff_t count = every ? (ptrdiff_t)1 << modes : p->rank + 1;
    bool *kept = calloc((size_t)p->d, sizeof *kept);
    double *A = lsa_vec_create(p->d * p->d), *point = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(kept && A ? point : NULL, "the fixed points of the heads");
    for (ptrdiff_t set = 0; set < count; set++) {
        ptrdiff_t learnt = 0;
        for (ptrdiff_t k = 0; k < modes; k++) {
            kept[k] = every ? (set >> k & 1) != 0 : k < set;
            learnt += kept[k];
        }
        if (learnt <= p->rank)
            LSA_TRY(survey_subset(context, program, p, kept, A, point, all, err));
    }
done:
    free(point);
    free(A);
    free(kept);
    return status;
}

lsa_status claim_fixed_points(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    const lsa_program *program;
    survey all = {0};
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(claim_require_fixed(context->study, err));
    if (!limit_has_keys(context->experiment->statement)) {
        claim_why(result, "statement %s has no keys and queries", context->experiment->statement->name);
        goto done;
    }
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(survey_all(context, program, p, &all, err));
    judge_point(p, &all.worst, all.loss, result);
    claim_scale(result, all.along);
    require_power(p, &all.worst, result);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "the worst of %td sets of learnt eigenvectors, at most %td at once", all.points, p->rank);
done:
    return status;
}

/* ---------------------------------------------------------------- the full layer */

lsa_status claim_rank_one_point(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    const lsa_program *program;
    lsa_reduced_view view;
    double *point = NULL, loss;
    look at;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(claim_require_fixed(context->study, err));
    LSA_TRY(lsa_study_full_program(context->study, &program, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &view, err));
    point = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(point, "the rank-one point");
    lsa_theory_rank_one_point(p->theory, point + view.px, point + view.k, &loss);
    LSA_TRY(look_at(context, program, point, &at, err));
    judge_point(p, &at, loss, result);
    require_power(p, &at, result);
done:
    free(point);
    return status;
}
