/* keys.c - the products J and J', S^-1 in its eigenbases, and the borders. */
#include "flow/keys.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/form.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A bound on the largest eigenvalue of J'DJ, by diagonals, from which on a solve is worth its products: below, iterations
 * without it are few, and cost a third. */
static const double STIFF = 30.0;
/* s and t stop at this multiple of the diagonal of J J': what is damped by that is not stiff. */
static const double ENOUGH = 10.0;

struct flow_keys {
    const lsa_form *form;
    ptrdiff_t n;             /* parameters                                                  */
    double *memory;          /* of all that follows                                         */
    double *y;               /* n: the state                                                */
    double *X, *Y;           /* d x d: eigenvectors of M + diag s and N + diag t            */
    double *m, *l;           /* d: their eigenvalues                                        */
    double *s, *t;           /* d                                                           */
    double *inverse;         /* d x d: S^-1, in those eigenvectors                          */
    double *G;               /* d x d                                                       */
    double *W, *V, *product; /* d x d: scratch of a solve                                   */
    double *FW;              /* d x d x heads: F W_h, W_h = K_h'Q_h                         */
    double *L, *xu;          /* heads x heads: 1 + <W_g, F W_h> factored; heads: of a solve */
    bool stiff;              /* P is known, and not 1                                       */
};

bool flow_keys_apply(const lsa_form *form)
{
    for (ptrdiff_t g = 0; form != NULL && g < form->n_heads; g++) {
        const lsa_form_head *a = &form->heads[g];
        if (a->U >= 0 || a->K == a->Q)
            return false;
        for (ptrdiff_t h = 0; h < g; h++) {
            const lsa_form_head *b = &form->heads[h];
            if (a->u == b->u || a->K == b->K || a->Q == b->Q || a->K == b->Q || a->Q == b->K)
                return false;
        }
    }
    return form != NULL;
}

/* Hands out `count` of the numbers at *memory. */
static double *take(double **memory, ptrdiff_t count)
{
    double *part = *memory;
    *memory += count;
    return part;
}

lsa_status flow_keys_create(const lsa_form *form, ptrdiff_t n, flow_keys **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = form->d, heads = form->n_heads;
    double *memory;
    flow_keys *keys = calloc(1, sizeof *keys);
    LSA_TRY_MEMORY(keys, "the preconditioner of keys and queries");
    keys->form = form;
    keys->n = n;
    keys->memory = memory = lsa_vec_create(n + d * (d * (7 + heads) + 4) + heads * (heads + 1));
    LSA_TRY_MEMORY(memory, "the preconditioner of keys and queries");
    keys->y = take(&memory, n);
    keys->X = take(&memory, d * d);
    keys->Y = take(&memory, d * d);
    keys->inverse = take(&memory, d * d);
    keys->G = take(&memory, d * d);
    keys->W = take(&memory, d * d);
    keys->V = take(&memory, d * d);
    keys->product = take(&memory, d * d);
    keys->FW = take(&memory, d * d * heads);
    keys->m = take(&memory, d);
    keys->l = take(&memory, d);
    keys->s = take(&memory, d);
    keys->t = take(&memory, d);
    keys->L = take(&memory, heads * heads);
    keys->xu = take(&memory, heads);
    *out = keys;
    keys = NULL;
done:
    flow_keys_destroy(keys);
    return status;
}

void flow_keys_destroy(flow_keys *keys)
{
    if (keys == NULL)
        return;
    free(keys->memory);
    free(keys);
}

/* ---- a solve ---- */

/* W = J v. */
static void apply_J(const flow_keys *keys, const double *v, double *W)
{
    const lsa_form *form = keys->form;
    const ptrdiff_t d = form->d, rank = form->rank;
    memset(W, 0, (size_t)(d * d) * sizeof *W);
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        const double u = keys->y[head->u];
        lsa_mat_product(true, false, d, d, rank, u, v + head->K, keys->y + head->Q, 1.0, W);
        lsa_mat_product(true, false, d, d, rank, u, keys->y + head->K, v + head->Q, 1.0, W);
    }
}

/* v -= J' W. */
static void subtract_Jt(const flow_keys *keys, const double *W, double *v)
{
    const lsa_form *form = keys->form;
    const ptrdiff_t d = form->d, rank = form->rank;
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        const double u = keys->y[head->u];
        lsa_mat_product(false, true, rank, d, d, -u, keys->y + head->Q, W, 1.0, v + head->K);
        lsa_mat_product(false, false, rank, d, d, -u, keys->y + head->K, W, 1.0, v + head->Q);
    }
}

/* out = S^-1 W; may be W. */
static void divide_by_S(const flow_keys *keys, const double *W, double *out)
{
    const ptrdiff_t d = keys->form->d;
    lsa_mat_rotate(d, d, keys->X, W, keys->Y, out, keys->product);
    for (ptrdiff_t k = 0; k < d * d; k++)
        out[k] *= keys->inverse[k];
    lsa_mat_product(false, false, d, d, d, 1.0, keys->X, out, 0.0, keys->product);
    lsa_mat_product(false, true, d, d, d, 1.0, keys->product, keys->Y, 0.0, out);
}

/* W = (D^-1 + J J')^-1 W = S^-1 (W - G S^-1 W). */
static void apply_F(const flow_keys *keys, double *W)
{
    const ptrdiff_t count = keys->form->d * keys->form->d;
    divide_by_S(keys, W, keys->V);
    for (ptrdiff_t k = 0; k < count; k++)
        W[k] -= keys->G[k] * keys->V[k];
    divide_by_S(keys, W, W);
}

/* x_u = (1 + <W_g, F W_h>)^-1 (r_u - <W_h, F J r>), and W = F (J r + sum W_h x_u), of W = J r. */
static void eliminate(const flow_keys *keys, const double *r, double *x, double *W)
{
    const lsa_form *form = keys->form;
    const ptrdiff_t count = form->d * form->d;
    for (ptrdiff_t h = 0; h < form->n_heads; h++)
        keys->xu[h] = r[form->heads[h].u] - lsa_vec_dot(count, keys->FW + h * count, W);
    lsa_mat_cholesky_solve(form->n_heads, keys->L, keys->xu);
    apply_F(keys, W);
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        lsa_vec_axpy(count, keys->xu[h], keys->FW + h * count, W);
        x[form->heads[h].u] = keys->xu[h];
    }
}

void flow_keys_solve(const flow_keys *keys, const double *r, double *x)
{
    const lsa_form *form = keys->form;
    const size_t size = (size_t)(form->rank * form->d) * sizeof *x;
    if (!keys->stiff)
        return;
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        memcpy(x + form->heads[h].K, r + form->heads[h].K, size);
        memcpy(x + form->heads[h].Q, r + form->heads[h].Q, size);
    }
    apply_J(keys, r, keys->W);
    eliminate(keys, r, x, keys->W);
    subtract_Jt(keys, keys->W, x);
}

/* ---- the matrix at a state ---- */

/* M in X, N in Y; returns the largest entry of the diagonal of J J'. */
static double add_squares(flow_keys *keys)
{
    const lsa_form *form = keys->form;
    const ptrdiff_t d = form->d;
    double largest_M = 0.0, largest_N = 0.0;
    memset(keys->X, 0, (size_t)(d * d) * sizeof *keys->X);
    memset(keys->Y, 0, (size_t)(d * d) * sizeof *keys->Y);
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        const double *K = keys->y + head->K, *Q = keys->y + head->Q, square = keys->y[head->u] * keys->y[head->u];
        lsa_mat_product(true, false, d, d, form->rank, square, K, K, 1.0, keys->X);
        lsa_mat_product(true, false, d, d, form->rank, square, Q, Q, 1.0, keys->Y);
    }
    for (ptrdiff_t i = 0; i < d; i++) {
        largest_M = fmax(largest_M, keys->X[i + i * d]);
        largest_N = fmax(largest_N, keys->Y[i + i * d]);
    }
    return largest_M + largest_N;
}

/* D in G; adds s to M and t to N, each of them at most `enough`. */
static void share_out(flow_keys *keys, double gamma, double enough)
{
    const ptrdiff_t d = keys->form->d;
    double *rows = keys->s, *columns = keys->t; /* the largest D of each, then half the inverse */
    memset(rows, 0, (size_t)d * sizeof *rows);
    memset(columns, 0, (size_t)d * sizeof *columns);
    for (ptrdiff_t j = 0; j < d; j++) {
        double *D = keys->G + j * d;
        flow_form_rates(keys->form, j, D);
        for (ptrdiff_t i = 0; i < d; i++) {
            D[i] *= gamma;
            rows[i] = fmax(rows[i], D[i]);
            columns[j] = fmax(columns[j], D[i]);
        }
    }
    for (ptrdiff_t i = 0; i < d; i++) {
        rows[i] = fmin(0.5 / rows[i], enough);
        columns[i] = fmin(0.5 / columns[i], enough);
        keys->X[i + i * d] += rows[i];
        keys->Y[i + i * d] += columns[i];
    }
}

static double least(ptrdiff_t n, const double *x)
{
    double value = x[0];
    for (ptrdiff_t k = 1; k < n; k++)
        value = fmin(value, x[k]);
    return value;
}

/* S^-1 and, in place of D, G. M and N are positive semidefinite; an eigenvalue below the least shift is rounding. */
static void tabulate(flow_keys *keys)
{
    const ptrdiff_t d = keys->form->d;
    const double least_s = least(d, keys->s), least_t = least(d, keys->t);
    double *squares = keys->W, *diagonal = keys->V; /* the diagonal of S^-1 */
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            keys->inverse[i + j * d] = 1.0 / (fmax(keys->m[i], least_s) + fmax(keys->l[j], least_t));
    for (ptrdiff_t k = 0; k < d * d; k++)
        squares[k] = keys->X[k] * keys->X[k];
    lsa_mat_product(false, false, d, d, d, 1.0, squares, keys->inverse, 0.0, keys->product);
    for (ptrdiff_t k = 0; k < d * d; k++)
        squares[k] = keys->Y[k] * keys->Y[k];
    lsa_mat_product(false, true, d, d, d, 1.0, keys->product, squares, 0.0, diagonal);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const ptrdiff_t k = i + j * d;
            const double D = keys->G[k], left = fmax(1.0 - (keys->s[i] + keys->t[j]) * D, 0.0); /* D / D' */
            keys->G[k] = left / (left * diagonal[k] + D);
        }
}

/* K_h'Q_h, the derivative of W by u_h. */
static void derivative_by_u(const flow_keys *keys, ptrdiff_t h, double *W)
{
    const lsa_form *form = keys->form;
    const lsa_form_head *head = &form->heads[h];
    lsa_mat_product(true, false, form->d, form->d, form->rank, 1.0, keys->y + head->K, keys->y + head->Q, 0.0, W);
}

/* F W_h and the factor of 1 + <W_g, F W_h>; false where that is not positive definite. */
static bool make_borders(flow_keys *keys)
{
    const ptrdiff_t heads = keys->form->n_heads, count = keys->form->d * keys->form->d;
    for (ptrdiff_t h = 0; h < heads; h++) {
        derivative_by_u(keys, h, keys->FW + h * count);
        apply_F(keys, keys->FW + h * count);
    }
    for (ptrdiff_t h = 0; h < heads; h++) {
        derivative_by_u(keys, h, keys->W);
        for (ptrdiff_t g = h; g < heads; g++)
            keys->L[g + h * heads] = lsa_vec_dot(count, keys->W, keys->FW + g * count) + (g == h ? 1.0 : 0.0);
    }
    return lsa_mat_cholesky(heads, keys->L, keys->L, NULL) == LSA_OK;
}

void flow_keys_update(flow_keys *keys, const double *y, double gamma)
{
    const ptrdiff_t d = keys->form->d;
    memcpy(keys->y, y, (size_t)keys->n * sizeof *y);
    const double diagonal = add_squares(keys);
    keys->stiff = gamma * flow_form_largest(keys->form) * diagonal > STIFF;
    if (!keys->stiff)
        return;
    share_out(keys, gamma, ENOUGH * diagonal);
    keys->stiff = lsa_mat_eigen(d, keys->X, keys->m, keys->X, NULL) == LSA_OK &&
                  lsa_mat_eigen(d, keys->Y, keys->l, keys->Y, NULL) == LSA_OK;
    if (!keys->stiff)
        return;
    tabulate(keys);
    keys->stiff = make_borders(keys);
}
