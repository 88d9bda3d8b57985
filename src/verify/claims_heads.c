/* claims_heads.c - layers of one or more heads, whatever their blocks: what the flow conserves (2501.16265 (9), (14); W6).
 *
 * Heads are found in the derived loss: its form in W = sum_h u_h U_h names the blocks of each. Conserved quantities are the same in every
 * orthonormal basis. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
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
