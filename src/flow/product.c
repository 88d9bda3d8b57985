/* product.c - all entries of the gradient from one residual. */
#include "flow/product.h"
#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>

bool flow_product_applies(const lsa_program *program)
{
    const lsa_form *form = lsa_program_product_form(program);
    return form != NULL && !form->partial && form->rank > 0 && lsa_program_block_count(program) == 3 * form->n_heads;
}

lsa_status flow_product_create(const lsa_program *program, bool extended, flow_product **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_product *product = calloc(1, sizeof *product);
    LSA_TRY_MEMORY(product, "the product of keys and queries");
    product->program = program;
    product->form = lsa_program_product_form(program);
    LSA_TRY(flow_form_create(product->form, &product->table, err));
    const ptrdiff_t d = product->form->d, rank = product->form->rank;
    product->R = lsa_vec_create(d * (d + rank));
    LSA_TRY_MEMORY(product->R, "the product of keys and queries");
    product->P = product->R + d * d;
    if (extended) {
        product->exact = calloc((size_t)(d * d), sizeof *product->exact);
        LSA_TRY_MEMORY(product->exact, "the product of keys and queries");
    }
    *out = product;
    product = NULL;
done:
    flow_product_destroy(product);
    return status;
}

void flow_product_destroy(flow_product *product)
{
    if (product == NULL)
        return;
    flow_form_destroy(product->table);
    free(product->R);
    free(product->exact);
    free(product);
}

/* R, in extended precision. */
static void exact_residual(const flow_product *product, const double *y)
{
    const flow_form *table = product->table;
    const ptrdiff_t d = product->form->d, rank = product->form->rank;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            long double W = 0.0L;
            for (ptrdiff_t h = 0; h < product->form->n_heads; h++) {
                const lsa_form_head *head = &product->form->heads[h];
                const double *K = y + head->K + i * rank, *Q = y + head->Q + j * rank;
                long double sum = 0.0L;
                for (ptrdiff_t r = 0; r < rank; r++)
                    sum += (long double)K[r] * (long double)Q[r];
                W += (long double)y[head->u] * sum;
            }
            const ptrdiff_t k = i + j * d;
            product->exact[k] = (long double)table->H[k] * (W - (long double)table->V[k]);
        }
}

/* A head's share of f, from R in extended precision. */
static void exact_head(const flow_product *product, const lsa_form_head *head, const double *y, double *f)
{
    const ptrdiff_t d = product->form->d, rank = product->form->rank;
    const long double u = (long double)y[head->u], *R = product->exact;
    const double *K = y + head->K, *Q = y + head->Q;
    long double whole = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t r = 0; r < rank; r++) {
            long double along_key = 0.0L, along_query = 0.0L;
            for (ptrdiff_t j = 0; j < d; j++) {
                along_key += (long double)Q[r + j * rank] * R[i + j * d];
                along_query += (long double)K[r + j * rank] * R[j + i * d];
            }
            whole += (long double)K[r + i * rank] * along_key;
            f[head->K + r + i * rank] = (double)(-u * along_key);
            f[head->Q + r + i * rank] = (double)(-u * along_query);
        }
    f[head->u] = (double)-whole;
}

static void exact_rhs(const flow_product *product, const double *y, double *f)
{
    exact_residual(product, y);
    for (ptrdiff_t h = 0; h < product->form->n_heads; h++)
        exact_head(product, &product->form->heads[h], y, f);
}

static void plain_rhs(const flow_product *product, const double *y, double *f)
{
    const flow_form *table = product->table;
    const ptrdiff_t d = product->form->d, rank = product->form->rank;
    double *R = product->R, *P = product->P;
    lsa_program_product(product->program, y, R);
    for (ptrdiff_t k = 0; k < table->count; k++)
        R[k] = table->H[k] * (R[k] - table->V[k]);
    for (ptrdiff_t h = 0; h < product->form->n_heads; h++) {
        const lsa_form_head *head = &product->form->heads[h];
        const double u = y[head->u];
        lsa_mat_product(false, true, rank, d, d, 1.0, y + head->Q, R, 0.0, P);
        f[head->u] = -lsa_vec_dot(rank * d, y + head->K, P);
        for (ptrdiff_t k = 0; k < rank * d; k++)
            f[head->K + k] = -u * P[k];
        lsa_mat_product(false, false, rank, d, d, -u, y + head->K, R, 0.0, f + head->Q);
    }
}

void flow_product_rhs(const flow_product *product, const double *y, double *f)
{
    if (product->exact != NULL)
        exact_rhs(product, y, f);
    else
        plain_rhs(product, y, f);
}
