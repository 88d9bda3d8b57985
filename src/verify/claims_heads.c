/* claims_heads.c - layers of one or more heads, whatever their blocks: what the flow conserves, and the product it ends
 * at (2501.16265 (9), (11), (14); W6).
 *
 * Heads are found in the derived loss: its form in W = sum_h u_h U_h names the blocks of each. Conserved quantities and
 * distances are the same in every orthonormal basis. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include "verify/limit_point.h"
#include <math.h>
#include <stdlib.h>

/* A trajectory and the heads whose parameters its states are. */
typedef struct head_flow {
    lsa_predictions *p;
    const lsa_program *program;
    const lsa_form *form;
    flow_path path;
} head_flow;

static lsa_status head_flow_of(const claim_context *context, head_flow *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_study_predictions(context->study, &out->p, err));
    LSA_TRY(lsa_study_program(context->study, &out->program, err));
    out->form = lsa_program_product_form(out->program);
    if (out->form == NULL || out->form->partial) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the claim speaks of a loss in sum_h u_h U_h alone");
        goto done;
    }
    LSA_TRY(lsa_study_path(context->study, &out->path, err));
done:
    return status;
}

/* ---------------------------------------------------------------- what is conserved */

/* How many numbers head_invariants fills. */
static ptrdiff_t invariant_count(const lsa_form *form)
{
    const ptrdiff_t r = form->rank;
    return r == 0 ? form->n_heads * form->n_heads : form->n_heads * (1 + r * r);
}

/* U a parameter: u_g u_h - <U_g, U_h> for all g, h. */
static void merged_invariants(const lsa_form *form, double weight, const double *state, double *out)
{
    const ptrdiff_t H = form->n_heads, square = form->d * form->d;
    for (ptrdiff_t g = 0; g < H; g++)
        for (ptrdiff_t h = 0; h < H; h++) {
            const lsa_form_head *a = &form->heads[g], *b = &form->heads[h];
            out[g + h * H] = state[a->u] * state[b->u] - weight * lsa_vec_dot(square, state + a->U, state + b->U);
        }
}

/* U = K'Q: u^2 - |K|_F^2 and K K' - Q Q' of each head. */
static void separate_invariants(const lsa_form *form, double weight, const double *state, double *out)
{
    const ptrdiff_t r = form->rank, d = form->d;
    for (ptrdiff_t h = 0; h < form->n_heads; h++, out += 1 + r * r) {
        const lsa_form_head *head = &form->heads[h];
        const double *K = state + head->K, *Q = state + head->Q;
        out[0] = state[head->u] * state[head->u] - weight * lsa_vec_dot(r * d, K, K);
        lsa_mat_product(false, true, r, r, d, 1.0, K, K, 0.0, out + 1);
        lsa_mat_product(false, true, r, r, d, -weight, Q, Q, 1.0, out + 1);
    }
}

static void head_invariants(const lsa_form *form, double weight, const double *state, double *out)
{
    if (form->rank == 0)
        merged_invariants(form, weight, state, out);
    else
        separate_invariants(form, weight, state, out);
}

/* The largest |change of an invariant| along the flow, beyond what the path may be off: differences of squares, whose
 * rounding is that of the largest that the path has passed, *size in the end. */
static lsa_status largest_drift(const head_flow *flow, path_number *drift, double *size, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = invariant_count(flow->form), numbers = lsa_program_size(flow->program);
    double *start = lsa_vec_create(n), *now = lsa_vec_create(n);
    *size = 0.0;
    LSA_TRY_MEMORY(start ? now : NULL, "the conserved quantities of the heads");
    head_invariants(flow->form, flow->p->balance_weight, path_sample(&flow->path, 0).state, start);
    for (ptrdiff_t i = 0; i < flow->path.count; i++) {
        const double *state = path_sample(&flow->path, i).state, norm = lsa_vec_norm(numbers, state);
        *size = fmax(*size, norm * norm);
        head_invariants(flow->form, flow->p->balance_weight, state, now);
        lsa_vec_axpy(n, -1.0, start, now);
        path_take_worst(
            drift, (path_number){lsa_vec_norm_max(n, now), 2.0 * norm * path_error(&flow->path, i) + 1e-14 * *size});
    }
done:
    free(now);
    free(start);
    return status;
}

lsa_status claim_heads_conserved(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    head_flow flow;
    path_number drift = PATH_NONE;
    double size;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(head_flow_of(context, &flow, err));
    LSA_TRY(largest_drift(&flow, &drift, &size, err));
    claim_equal(result, 0.0, drift.value, drift.error);
    claim_scale(result, size);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest drift of %td conserved numbers of %td heads", invariant_count(flow.form),
                  flow.form->n_heads);
done:
    return status;
}

/* ---------------------------------------------------------------- where the heads end together */

/* W = sum_h u_h U_h at parameters in the user's basis, in the program's. */
static lsa_status product_at(const head_flow *flow, const double *user, double *W, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *state = lsa_vec_create(lsa_program_size(flow->program));
    LSA_TRY_MEMORY(state, "the product of the heads");
    LSA_TRY(lsa_program_from_user(flow->program, user, state, err));
    lsa_program_product(flow->program, state, W);
done:
    free(state);
    return status;
}

static lsa_status distance_to_product(const head_flow *flow, const double *limit, double *distance, double *norm,
                                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = flow->form->d * flow->form->d;
    double *end = lsa_vec_create(square), *want = lsa_vec_create(square);
    LSA_TRY_MEMORY(end ? want : NULL, "the product of the heads");
    LSA_TRY(product_at(flow, path_sample(&flow->path, flow->path.count).state, end, err));
    LSA_TRY(product_at(flow, limit, want, err));
    *norm = lsa_vec_norm(square, want);
    lsa_vec_axpy(square, -1.0, want, end);
    *distance = lsa_vec_norm(square, end);
done:
    free(want);
    free(end);
    return status;
}

/* |W - A|_F at the raw end, bounded through the gap and what that may be off: gap >= h_min |W - A|^2 / 2; both products
 * are rounded. */
static double product_tolerance(const head_flow *flow, double norm)
{
    const path_number gap = path_gap_of_state(&flow->path, flow->path.count);
    return sqrt(2.0 * (fmax(gap.value, 0.0) + gap.error) * flow->path.depth / flow->p->least_rate) + 1e-12 * norm;
}

/* Where Lambda, or Omega at N = infinity, is singular, the loss does not see all of W: that part keeps its start. */
static double least_form_rate(const lsa_form *form)
{
    double least = INFINITY;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++)
            least = fmin(least, lsa_form_rate(form, i, j));
    return least;
}

static void suppose_product(const head_flow *flow, lsa_claim_result *result)
{
    const lsa_predictions *p = flow->p;
    const bool ends = lsa_trajectory_classification(flow->path.run).kind == LSA_KIND_GLOBAL_MINIMUM ||
                      lsa_trajectory_reason(flow->path.run) == LSA_STOPPED_GAP;
    const double least = least_form_rate(flow->form),
                 rank = p->theory != NULL ? (double)lsa_theory_rank(p->theory) : (double)p->d;
    claim_suppose(result, "a product of full rank", (double)p->rank, (double)p->d, p->rank == p->d);
    claim_suppose(result, "the flow ends at the minimum, or at the asked gap to it", ends, 1.0, ends);
    claim_suppose(result, "Lambda is positive definite (rank)", rank, (double)p->d, rank == (double)p->d);
    claim_suppose(result, "the loss sees every entry of uU (least rate)", least, 0.0,
                  least > 0.0 && p->least_rate > 0.0);
}

lsa_status claim_limit_product(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    head_flow flow;
    double *limit = NULL, distance = 0.0, norm = 0.0;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(head_flow_of(context, &flow, err));
    suppose_product(&flow, result);
    if (!claim_applies(result))
        goto done;
    limit = lsa_vec_create(lsa_program_size(flow.program));
    LSA_TRY_MEMORY(limit, "the predicted product");
    LSA_TRY(limit_fill(context->experiment, flow.program, flow.p->A, limit, err));
    LSA_TRY(distance_to_product(&flow, limit, &distance, &norm, err));
    claim_equal(result, 0.0, distance, product_tolerance(&flow, norm));
    claim_require_fine(result, norm);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "|sum_h u_h U_h - A|_F, with |A|_F = %.6g", norm);
done:
    free(limit);
    return status;
}
