/* reverse.c - reverse mode over a formula: cotangents go down the tree, values are computed again where needed.
 *
 * Nothing is taped: a node's children are evaluated when the cotangent reaches it. Trees are shallow, so the repetition
 * costs a small factor, and memory stays that of one path. */
#include "base/matrix.h"
#include "empirical/fast_product.h"
#include "empirical/formula.h"
#include <math.h>
#include <string.h>

static void reverse_symbol(const lsa_formula *f, lsa_run *run, const double *cotangent)
{
    const ptrdiff_t size = f->rows * f->cols;
    const ptrdiff_t i = f->slot->family ? run->index[f->index] : 0;
    lsa_vec_axpy(size, 1.0, cotangent, run->gradient + f->slot->offset + i * size);
}

static void reverse_product(const lsa_formula *f, lsa_run *run, const double *cotangent)
{
    const lsa_formula *a = f->child[0], *b = f->child[1];
    double *left = lsa_run_push(run, a->rows * a->cols), *right = lsa_run_push(run, b->rows * b->cols);
    const ptrdiff_t mark = run->top;
    if (a->has_parameter)
        lsa_product_left(a, b, lsa_formula_value(b, run), cotangent, left);
    run->top = mark;
    if (b->has_parameter)
        lsa_product_right(a, lsa_formula_value(a, run), b, cotangent, right);
    run->top = mark;
    lsa_formula_reverse(a, run, left);
    lsa_formula_reverse(b, run, right);
}

/* d(A^e) = sum_k A^k dA A^(e-1-k), so the cotangent of A is sum_k (A^k)' C (A^(e-1-k))' by Horner's rule twice: with
 * G_0 = C, the sum S obeys S_(k+1) = A' S_k + C (A^k)'. */
static void power_cotangent(const lsa_formula *f, lsa_run *run, const double *C, double *S)
{
    const ptrdiff_t n = f->rows, size = n * n;
    const double *A = lsa_formula_value(f->child[0], run);
    if (n == 1) {
        S[0] = f->exponent == 0 ? 0.0 : f->exponent * pow(A[0], f->exponent - 1) * C[0];
        return;
    }
    double *G = lsa_run_push(run, size), *T = lsa_run_push(run, size);
    memcpy(G, C, (size_t)size * sizeof(double));
    memset(S, 0, (size_t)size * sizeof(double));
    for (int k = 0; k < f->exponent; k++) {
        lsa_mat_product(true, false, n, n, n, 1.0, A, S, 0.0, T);
        memcpy(S, T, (size_t)size * sizeof(double));
        lsa_vec_axpy(size, 1.0, G, S);
        lsa_mat_product(false, true, n, n, n, 1.0, G, A, 0.0, T);
        memcpy(G, T, (size_t)size * sizeof(double));
    }
}

/* The cotangent of the only child that can hold parameters. */
static void child_cotangent(const lsa_formula *f, lsa_run *run, const double *cotangent, double *out)
{
    const lsa_formula *a = f->child[0];
    const ptrdiff_t size = a->rows * a->cols;
    memset(out, 0, (size_t)size * sizeof(double));
    switch (f->kind) {
    case LSA_EXPR_NEGATE:
        lsa_vec_axpy(size, -1.0, cotangent, out);
        break;
    case LSA_EXPR_DIVIDE:
        lsa_vec_axpy(size, 1.0 / lsa_formula_value(f->child[1], run)[0], cotangent, out);
        break;
    case LSA_EXPR_TRANSPOSE:
        lsa_mat_transpose(f->rows, f->cols, cotangent, out);
        break;
    case LSA_EXPR_POWER:
        power_cotangent(f, run, cotangent, out);
        break;
    default: /* LSA_EXPR_TRACE */
        for (ptrdiff_t i = 0; i < a->rows; i++)
            out[i + i * a->rows] = cotangent[0];
        break;
    }
}

static void reverse_unary(const lsa_formula *f, lsa_run *run, const double *cotangent)
{
    double *out = lsa_run_push(run, f->child[0]->rows * f->child[0]->cols);
    const ptrdiff_t mark = run->top;
    child_cotangent(f, run, cotangent, out);
    run->top = mark;
    lsa_formula_reverse(f->child[0], run, out);
}

static void reverse_index_sum(const lsa_formula *f, lsa_run *run, const double *cotangent)
{
    for (ptrdiff_t i = 0; i < f->range; i++) {
        run->index[f->index] = i;
        lsa_formula_reverse(f->child[0], run, cotangent);
    }
}

void lsa_formula_reverse(const lsa_formula *f, lsa_run *run, const double *cotangent)
{
    const ptrdiff_t mark = run->top;
    if (!f->has_parameter)
        return;
    switch (f->kind) {
    case LSA_EXPR_SYMBOL:
        reverse_symbol(f, run, cotangent);
        break;
    case LSA_EXPR_SUM:
        for (int c = 0; c < f->n_children; c++)
            lsa_formula_reverse(f->child[c], run, cotangent);
        break;
    case LSA_EXPR_INDEX_SUM:
        reverse_index_sum(f, run, cotangent);
        break;
    case LSA_EXPR_PRODUCT:
        reverse_product(f, run, cotangent);
        break;
    default:
        reverse_unary(f, run, cotangent);
        break;
    }
    run->top = mark;
}
