/* rounding.c - bounds on what rounding hides where products cancel. */
#include "flow/rounding.h"
#include "base/matrix.h"
#include "base/try.h"
#include <float.h>
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

/* Adds u U and its size. */
static void add_merged(const flow_rounding *rounding, const double *y, const lsa_form_head *head)
{
    const double u = y[head->u], *U = y + head->U;
    for (ptrdiff_t k = 0; k < rounding->table->count; k++) {
        rounding->W[k] += u * U[k];
        rounding->sizes[k] += fabs(u * U[k]);
    }
}

/* The same for u K'Q. */
static void add_keys(const flow_rounding *rounding, const double *y, const lsa_form_head *head)
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
}

flow_unknown flow_rounding_eval(const flow_rounding *rounding, const double *y)
{
    const flow_form *table = rounding->table;
    flow_unknown out = {.loss = 0.0};
    double square = 0.0;
    memset(rounding->W, 0, 2 * (size_t)table->count * sizeof *rounding->W);
    for (ptrdiff_t h = 0; h < rounding->form->n_heads; h++) {
        const lsa_form_head *head = &rounding->form->heads[h];
        if (head->U >= 0)
            add_merged(rounding, y, head);
        else
            add_keys(rounding, y, head);
    }
    for (ptrdiff_t k = 0; k < table->count; k++) {
        const double e = fabs(rounding->W[k] - table->V[k]), delta = DBL_EPSILON * rounding->sizes[k];
        const double moved = table->H[k] * (delta + DBL_EPSILON * e);
        out.size = fmax(out.size, rounding->sizes[k]);
        out.sum = fmax(out.sum, fabs(rounding->W[k]));
        out.known = fmax(out.known, delta);
        out.loss += table->H[k] * (e + 0.5 * delta) * delta;
        square += moved * moved;
    }
    out.rate = sqrt(square);
    return out;
}

bool flow_rounding_hides_gradient(const flow_rounding *rounding, const double *y, const double *f)
{
    const lsa_form *form = rounding->form;
    const double rate = flow_rounding_eval(rounding, y).rate;
    const ptrdiff_t size = form->U >= 0 ? rounding->table->count : form->rank * form->d;
    bool hidden = true;
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        const double u = fabs(y[head->u]);
        if (head->U >= 0) {
            hidden = hidden && fabs(f[head->u]) <= rate * lsa_vec_norm(size, y + head->U) &&
                     lsa_vec_norm(size, f + head->U) <= rate * u;
            continue;
        }
        const double K = lsa_vec_norm(size, y + head->K), Q = lsa_vec_norm(size, y + head->Q);
        hidden = hidden && fabs(f[head->u]) <= rate * K * Q && lsa_vec_norm(size, f + head->K) <= rate * u * Q &&
                 lsa_vec_norm(size, f + head->Q) <= rate * u * K;
    }
    return hidden;
}
