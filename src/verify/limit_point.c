/* limit_point.c - a balanced point of the minimum for every shipped way to write the layer. */
#include "verify/limit_point.h"

#include "base/matrix.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool limit_has_keys(const lsa_statement *statement)
{
    return statement->layer_parameters.K >= 0;
}

/* A numbers, with its singular triplets where they are needed. */
typedef struct product {
    ptrdiff_t d, heads;
    const double *A;
    double *sigma, *X, *Yt;
} product;

static void product_clear(product *p)
{
    free(p->sigma);
    free(p->X);
    free(p->Yt);
}

/* Keys and queries need A's singular triplets. */
static lsa_status product_make(const lsa_experiment *experiment, const double *A, product *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = experiment->data.d;
    *p = (product){.d = d, .heads = experiment->data.heads, .A = A};
    if (!limit_has_keys(experiment->statement))
        goto done;
    p->sigma = lsa_vec_create(d);
    p->X = lsa_vec_create(d * d);
    p->Yt = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(p->sigma && p->X ? p->Yt : NULL, "the predicted product uU");
    LSA_TRY(lsa_mat_svd(d, A, p->sigma, p->X, p->Yt, err));
done:
    return status;
}

static void fill_direct(const product *p, double *u, double *U)
{
    const double norm = lsa_vec_norm(p->d * p->d, p->A), heads = (double)p->heads;
    *u = sqrt(norm / heads);
    memset(U, 0, (size_t)(p->d * p->d) * sizeof *U);
    if (*u > 0.0)
        lsa_vec_axpy(p->d * p->d, 1.0 / (heads * *u), p->A, U);
}

/* K and Q are r x d; the head's triplets are number first .. first + r - 1, as far as there are. */
static void fill_key_query(const product *p, ptrdiff_t first, ptrdiff_t r, double *u, double *K, double *Q)
{
    const double zero = (double)p->d * DBL_EPSILON * p->sigma[0];
    ptrdiff_t last = first;
    double sum = 0.0;
    while (last < first + r && last < p->d && p->sigma[last] > zero)
        last++;
    for (ptrdiff_t k = first; k < last; k++)
        sum += p->sigma[k];
    *u = cbrt(sum);
    memset(K, 0, (size_t)(r * p->d) * sizeof *K);
    memset(Q, 0, (size_t)(r * p->d) * sizeof *Q);
    for (ptrdiff_t k = first; k < last; k++) {
        const double scale = sqrt(p->sigma[k] / *u);
        for (ptrdiff_t j = 0; j < p->d; j++) {
            K[(k - first) + j * r] = scale * p->X[j + k * p->d];
            Q[(k - first) + j * r] = scale * p->Yt[k + j * p->d];
        }
    }
}

static lsa_status fill_head(const lsa_experiment *experiment, const lsa_program *program, const product *p,
                            ptrdiff_t head, double *out, lsa_error *err)
{
    const lsa_head_blocks blocks = lsa_program_head(program, head);
    const lsa_block *u = blocks.u, *K = blocks.K, *Q = blocks.Q;
    if (u != NULL && blocks.U != NULL) {
        fill_direct(p, out + u->offset, out + blocks.U->offset);
        return LSA_OK;
    }
    if (u == NULL || K == NULL || Q == NULL || p->sigma == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "statement %s: its minimum is known as a product uU, not by its parameters",
                             experiment->statement->name);
    fill_key_query(p, head * K->rows, K->rows, out + u->offset, out + K->offset, out + Q->offset);
    return LSA_OK;
}

lsa_status limit_fill(const lsa_experiment *experiment, const lsa_program *program, const double *A, double *out,
                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    product p = {0};
    memset(out, 0, (size_t)lsa_program_size(program) * sizeof *out);
    LSA_TRY(product_make(experiment, A, &p, err));
    for (ptrdiff_t head = 0; head < p.heads; head++)
        LSA_TRY(fill_head(experiment, program, &p, head, out, err));
done:
    product_clear(&p);
    return status;
}

bool limit_product(const lsa_experiment *experiment, const lsa_program *program, const double *state, double *out)
{
    const ptrdiff_t d = experiment->data.d;
    memset(out, 0, (size_t)(d * d) * sizeof *out);
    for (ptrdiff_t head = 0; head < experiment->data.heads; head++) {
        const lsa_head_blocks blocks = lsa_program_head(program, head);
        const lsa_block *u = blocks.u, *K = blocks.K, *Q = blocks.Q;
        if (u != NULL && blocks.U != NULL)
            lsa_vec_axpy(d * d, state[u->offset], state + blocks.U->offset, out);
        else if (u != NULL && K != NULL && Q != NULL)
            lsa_mat_product(true, false, d, d, K->rows, state[u->offset], state + K->offset, state + Q->offset, 1.0,
                            out);
        else
            return false;
    }
    return true;
}
