/* product.c - all entries of the gradient from one residual. */
#include "flow/product.h"
#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>
#include <string.h>

static bool is_of(const lsa_form_part *part, ptrdiff_t offset)
{
    return offset == part->u || offset == part->U || offset == part->K || offset == part->Q;
}

static bool covers(const lsa_form *form, const lsa_program *program)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        bool found = false;
        for (ptrdiff_t p = 0; p < form->n_parts && !found; p++)
            found = is_of(&form->parts[p], lsa_program_block(program, k)->offset);
        if (!found)
            return false;
    }
    return true;
}

static ptrdiff_t largest_rank(const lsa_form *form)
{
    ptrdiff_t most = 0;
    for (ptrdiff_t p = 0; p < form->n_parts; p++)
        most = form->parts[p].rank > most ? form->parts[p].rank : most;
    return most;
}

bool flow_product_applies(const lsa_program *program)
{
    const lsa_form *form = lsa_program_quadratic(program);
    return form != NULL && largest_rank(form) > 0 && covers(form, program);
}

lsa_status flow_product_create(const lsa_program *program, bool extended, flow_product **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_product *product = calloc(1, sizeof *product);
    LSA_TRY_MEMORY(product, "the product of keys and queries");
    product->n = lsa_program_size(program);
    product->form = lsa_program_quadratic(program);
    LSA_TRY(flow_form_create(product->form, &product->table, err));
    const ptrdiff_t d = product->form->d, rank = largest_rank(product->form);
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

/* ---- in extended precision ---- */

/* Where entry (r, i) of a rank x d matrix lies: at r row + i col. */
typedef struct stride {
    ptrdiff_t row, col;
} stride;

static stride stride_of(ptrdiff_t d, ptrdiff_t rank, bool tall)
{
    return tall ? (stride){.row = d, .col = 1} : (stride){.row = 1, .col = rank};
}

/* Entry (i, j) of K'Q, or of U. */
static long double exact_entry(const lsa_form_part *part, ptrdiff_t d, const double *y, ptrdiff_t i, ptrdiff_t j)
{
    if (part->U >= 0)
        return (long double)y[part->U + (part->U_turned ? j + i * d : i + j * d)];
    const stride k = stride_of(d, part->rank, part->K_tall), q = stride_of(d, part->rank, part->Q_tall);
    const double *K = y + part->K + i * k.col, *Q = y + part->Q + j * q.col;
    long double sum = 0.0L;
    for (ptrdiff_t r = 0; r < part->rank; r++)
        sum += (long double)K[r * k.row] * (long double)Q[r * q.row];
    return sum;
}

/* weight u, or the weight. */
static long double scalar_of(const lsa_form_part *part, const double *y)
{
    return part->u >= 0 ? (long double)part->weight * (long double)y[part->u] : (long double)part->weight;
}

static void exact_residual(const flow_product *product, const double *y)
{
    const flow_form *table = product->table;
    const ptrdiff_t d = product->form->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            long double W = 0.0L;
            for (ptrdiff_t p = 0; p < product->form->n_parts; p++) {
                const lsa_form_part *part = &product->form->parts[p];
                W += scalar_of(part, y) * exact_entry(part, d, y, i, j);
            }
            const ptrdiff_t k = i + j * d;
            product->exact[k] = (long double)table->H[k] * (W - (long double)table->V[k]);
        }
}

/* What a part of keys and queries adds to f; returns <K'Q, R>. */
static long double exact_keys(const flow_product *product, const lsa_form_part *part, const double *y, double *f)
{
    const ptrdiff_t d = product->form->d;
    const stride k = stride_of(d, part->rank, part->K_tall), q = stride_of(d, part->rank, part->Q_tall);
    const long double u = scalar_of(part, y), *R = product->exact;
    const double *K = y + part->K, *Q = y + part->Q;
    long double whole = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t r = 0; r < part->rank; r++) {
            long double along_key = 0.0L, along_query = 0.0L;
            for (ptrdiff_t j = 0; j < d; j++) {
                along_key += (long double)Q[r * q.row + j * q.col] * R[i + j * d];
                along_query += (long double)K[r * k.row + j * k.col] * R[j + i * d];
            }
            whole += (long double)K[r * k.row + i * k.col] * along_key;
            f[part->K + r * k.row + i * k.col] += (double)(-u * along_key);
            f[part->Q + r * q.row + i * q.col] += (double)(-u * along_query);
        }
    return whole;
}

/* The same for u U: <U, R>. */
static long double exact_merged(const flow_product *product, const lsa_form_part *part, const double *y, double *f)
{
    const ptrdiff_t d = product->form->d;
    const long double u = scalar_of(part, y);
    long double whole = 0.0L;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const long double R = product->exact[i + j * d];
            whole += exact_entry(part, d, y, i, j) * R;
            f[part->U + (part->U_turned ? j + i * d : i + j * d)] += (double)(-u * R);
        }
    return whole;
}

static void exact_rhs(const flow_product *product, const double *y, double *f)
{
    exact_residual(product, y);
    for (ptrdiff_t p = 0; p < product->form->n_parts; p++) {
        const lsa_form_part *part = &product->form->parts[p];
        const long double whole = part->U >= 0 ? exact_merged(product, part, y, f) : exact_keys(product, part, y, f);
        if (part->u >= 0)
            f[part->u] += (double)(-(long double)part->weight * whole);
    }
}

/* ---- in doubles ---- */

static void add_product(const lsa_form_part *part, ptrdiff_t d, const double *y, double *W)
{
    const double u = (double)scalar_of(part, y), *U = y + part->U;
    if (part->U < 0)
        lsa_mat_product(!part->K_tall, part->Q_tall, d, d, part->rank, u, y + part->K, y + part->Q, 1.0, W);
    else if (!part->U_turned)
        lsa_vec_axpy(d * d, u, U, W);
    else
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++)
                W[i + j * d] += u * U[j + i * d];
}

/* What a part of keys and queries adds to f, by P = Q R' in K's layout; returns <K'Q, R>. */
static double plain_keys(const flow_product *product, const lsa_form_part *part, const double *y, double *f)
{
    const ptrdiff_t d = product->form->d, rank = part->rank;
    const double u = (double)scalar_of(part, y), *K = y + part->K, *Q = y + part->Q, *R = product->R;
    double *P = product->P;
    if (part->K_tall)
        lsa_mat_product(false, !part->Q_tall, d, rank, d, 1.0, R, Q, 0.0, P);
    else
        lsa_mat_product(part->Q_tall, true, rank, d, d, 1.0, Q, R, 0.0, P);
    const double whole = lsa_vec_dot(rank * d, K, P);
    lsa_vec_axpy(rank * d, -u, P, f + part->K);
    if (part->Q_tall)
        lsa_mat_product(true, !part->K_tall, d, rank, d, -u, R, K, 1.0, f + part->Q);
    else
        lsa_mat_product(part->K_tall, false, rank, d, d, -u, K, R, 1.0, f + part->Q);
    return whole;
}

/* The same for u U: <U, R>. */
static double plain_merged(const flow_product *product, const lsa_form_part *part, const double *y, double *f)
{
    const ptrdiff_t d = product->form->d;
    const double u = (double)scalar_of(part, y), *R = product->R;
    double whole = 0.0;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const ptrdiff_t k = part->U + (part->U_turned ? j + i * d : i + j * d);
            whole += y[k] * R[i + j * d];
            f[k] -= u * R[i + j * d];
        }
    return whole;
}

static void plain_rhs(const flow_product *product, const double *y, double *f)
{
    const flow_form *table = product->table;
    const ptrdiff_t d = product->form->d;
    double *R = product->R;
    memset(R, 0, (size_t)(d * d) * sizeof *R);
    for (ptrdiff_t p = 0; p < product->form->n_parts; p++)
        add_product(&product->form->parts[p], d, y, R);
    for (ptrdiff_t k = 0; k < table->count; k++)
        R[k] = table->H[k] * (R[k] - table->V[k]);
    for (ptrdiff_t p = 0; p < product->form->n_parts; p++) {
        const lsa_form_part *part = &product->form->parts[p];
        const double whole = part->U >= 0 ? plain_merged(product, part, y, f) : plain_keys(product, part, y, f);
        if (part->u >= 0)
            f[part->u] -= part->weight * whole;
    }
}

void flow_product_rhs(const flow_product *product, const double *y, double *f)
{
    memset(f, 0, (size_t)product->n * sizeof *f); /* a block may stand in several parts */
    if (product->exact != NULL)
        exact_rhs(product, y, f);
    else
        plain_rhs(product, y, f);
}
