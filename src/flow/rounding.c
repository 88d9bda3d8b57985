/* rounding.c - bounds on what rounding hides where products cancel. */
#include "flow/rounding.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool flow_rounding_applies(const lsa_form *form)
{
    return form != NULL && (form->n_heads > 1 || form->U < 0);
}

lsa_status flow_rounding_create(const lsa_program *program, flow_rounding **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_rounding *rounding = calloc(1, sizeof *rounding);
    LSA_TRY_MEMORY(rounding, "the rounding of products");
    rounding->form = lsa_program_product_form(program);
    LSA_TRY(flow_form_create(rounding->form, &rounding->table, err));
    const ptrdiff_t count = rounding->table->count;
    rounding->product = lsa_vec_norm_max(count, rounding->table->V);
    rounding->W = lsa_vec_create(2 * count);
    LSA_TRY_MEMORY(rounding->W, "the rounding of products");
    rounding->sizes = rounding->W + count;
    *out = rounding;
    rounding = NULL;
done:
    flow_rounding_destroy(rounding);
    return status;
}

void flow_rounding_destroy(flow_rounding *rounding)
{
    if (rounding == NULL)
        return;
    flow_form_destroy(rounding->table);
    free(rounding->W);
    free(rounding);
}

/* Adds u U and its size; returns the sum of the squares of its derivatives. */
static double add_merged(const flow_rounding *rounding, const double *y, const lsa_form_head *head)
{
    const ptrdiff_t count = rounding->table->count;
    const double u = y[head->u], *U = y + head->U;
    for (ptrdiff_t k = 0; k < count; k++) {
        rounding->W[k] += u * U[k];
        rounding->sizes[k] += fabs(u * U[k]);
    }
    return u * u * (double)rounding->form->d + lsa_vec_dot(count, U, U);
}

/* The same for u K'Q. */
static double add_keys(const flow_rounding *rounding, const double *y, const lsa_form_head *head)
{
    const ptrdiff_t d = rounding->form->d, rank = rounding->form->rank;
    const double u = y[head->u], *K = y + head->K, *Q = y + head->Q;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            for (ptrdiff_t r = 0; r < rank; r++) {
                const double product = u * K[r + i * rank] * Q[r + j * rank];
                rounding->W[i + j * d] += product;
                rounding->sizes[i + j * d] += fabs(product);
            }
    const double K2 = lsa_vec_dot(rank * d, K, K), Q2 = lsa_vec_dot(rank * d, Q, Q);
    return u * u * (K2 + Q2) + K2 * Q2;
}

flow_unknown flow_rounding_eval(const flow_rounding *rounding, const double *y)
{
    const flow_form *table = rounding->table;
    flow_unknown out = {.loss = 0.0};
    double square = 0.0, derivatives = 0.0;
    memset(rounding->W, 0, 2 * (size_t)table->count * sizeof *rounding->W);
    for (ptrdiff_t h = 0; h < rounding->form->n_heads; h++) {
        const lsa_form_head *head = &rounding->form->heads[h];
        derivatives += head->U >= 0 ? add_merged(rounding, y, head) : add_keys(rounding, y, head);
    }
    for (ptrdiff_t k = 0; k < table->count; k++) {
        const double e = fabs(rounding->W[k] - table->V[k]), delta = FLOW_LEAST_RTOL * rounding->sizes[k];
        const double moved = table->H[k] * (delta + FLOW_LEAST_RTOL * e);
        out.size = fmax(out.size, rounding->sizes[k]);
        out.sum = fmax(out.sum, fabs(rounding->W[k]));
        out.known = fmax(out.known, delta);
        out.loss += table->H[k] * (e + 0.5 * delta) * delta;
        square += moved * moved;
    }
    out.gradient = sqrt(square) * sqrt(derivatives);
    return out;
}
