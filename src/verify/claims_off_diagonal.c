/* claims_off_diagonal.c - how the entries beside the diagonal decay (docs/theory.md, W3). */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <math.h>
#include <stdlib.h>

/* offdiag(U0) o exp(-h_ij s): (W3) in Lambda's eigenbasis, (C.4) for random diagonal covariances. */
static lsa_status off_diagonal(const lsa_predictions *p, const double *U0, double s, double *out, lsa_error *err)
{
    return p->random != NULL ? lsa_theory_random_off_diagonal(p->random, U0, s, out, err)
                             : lsa_theory_off_diagonal(p->theory, U0, s, out, err);
}

/* Scratch of the comparison: d x d each. */
typedef struct off_diagonal_work {
    double *measured, *predicted, *slower;
} off_diagonal_work;

/* |offdiag(U) - predicted|_F at sample i, in Lambda's eigenbasis, and how far both may be off. */
static lsa_status off_diagonal_at(const flow_view *view, ptrdiff_t i, const off_diagonal_work *w, path_number *out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = view->d * view->d;
    const double *U0 = flow_view_U(view, path_sample(&view->path, 0));
    const path_number action = path_action(&view->path, i);
    LSA_TRY(off_diagonal(view->p, flow_view_U(view, path_sample(&view->path, i)), 0.0, w->measured, err));
    LSA_TRY(off_diagonal(view->p, U0, action.value, w->predicted, err));
    LSA_TRY(off_diagonal(view->p, U0, fmax(action.value - action.error, 0.0), w->slower, err));
    lsa_vec_axpy(square, -1.0, w->predicted, w->slower);
    lsa_vec_axpy(square, -1.0, w->predicted, w->measured);
    *out =
        (path_number){lsa_vec_norm(square, w->measured), flow_view_U_error(view, i) + lsa_vec_norm(square, w->slower)};
done:
    return status;
}

/* The worst over all samples; *start is |offdiag(U(0))|_F. */
static lsa_status off_diagonal_error(const flow_view *view, path_number *worst, double *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = view->d * view->d;
    double *numbers = lsa_vec_create(3 * square);
    const off_diagonal_work w = {numbers, numbers + square, numbers + 2 * square};
    LSA_TRY_MEMORY(numbers, "off-diagonal entries");
    LSA_TRY(off_diagonal(view->p, flow_view_U(view, path_sample(&view->path, 0)), 0.0, w.measured, err));
    *start = lsa_vec_norm(square, w.measured);
    for (ptrdiff_t i = 0; i < view->path.count; i++) {
        path_number now;
        LSA_TRY(off_diagonal_at(view, i, &w, &now, err));
        path_take_worst(worst, now);
    }
done:
    free(numbers);
    return status;
}

static lsa_status check_off_diagonal_decay(const claim_context *context, const flow_view *view,
                                           lsa_claim_result *result, lsa_error *err)
{
    (void)context;
    lsa_status status = LSA_OK;
    path_number worst = PATH_NONE;
    double start = 0.0;
    if (view->p->random != NULL)
        result->source = "(C.4)";
    suppose_reduced(result, view);
    if (isnan(path_action(&view->path, 0).value)) {
        claim_why(result, "the derived loss has not the form of (W4), so int u^2 is not followed");
        goto done;
    }
    LSA_TRY(off_diagonal_error(view, &worst, &start, err));
    const double size = fmax(lsa_vec_norm_max(view->d * view->d, view->p->U),
                             lsa_vec_norm_max(view->d * view->d, flow_view_U(view, path_sample(&view->path, 0))));
    if (start <= 1e-12 * size) {
        result->measured = start;
        claim_why(result, "the start has no off-diagonal entries in Lambda's eigenbasis");
        goto done;
    }
    claim_equal(result, 0.0, worst.value, worst.error);
    claim_require_fine(result, start);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest distance to U_ij(0) exp(-h_ij int u^2), entries up to %.3g", start);
done:
    return status;
}

lsa_status claim_off_diagonal_decay(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_off_diagonal_decay, err);
}
