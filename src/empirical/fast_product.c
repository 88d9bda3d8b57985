/* fast_product.c - products of two values and their cotangents, by the cheapest kernel that the shapes allow. */
#include "empirical/fast_product.h"
#include "base/matrix.h"
#include <string.h>

static void scale(ptrdiff_t n, double factor, const double *x, double *out)
{
    for (ptrdiff_t i = 0; i < n; i++)
        out[i] = factor * x[i];
}

void lsa_product(const lsa_formula *a, const double *A, const lsa_formula *b, const double *B, double *out)
{
    if (lsa_formula_is_scalar(a))
        scale(b->rows * b->cols, A[0], B, out);
    else if (lsa_formula_is_scalar(b))
        scale(a->rows * a->cols, B[0], A, out);
    else if (a->rows == 1 && b->cols == 1)
        out[0] = lsa_vec_dot(a->cols, A, B);
    else if (b->cols == 1)
        lsa_mat_vector(false, a->rows, a->cols, 1.0, A, B, 0.0, out);
    else if (a->rows == 1)
        lsa_mat_vector(true, b->rows, b->cols, 1.0, B, A, 0.0, out);
    else
        lsa_mat_product(false, false, a->rows, b->cols, a->cols, 1.0, A, B, 0.0, out);
}

void lsa_product_left(const lsa_formula *a, const lsa_formula *b, const double *B, const double *C, double *out)
{
    if (lsa_formula_is_scalar(a))
        out[0] = lsa_vec_dot(b->rows * b->cols, B, C);
    else if (lsa_formula_is_scalar(b))
        scale(a->rows * a->cols, B[0], C, out);
    else
        lsa_mat_product(false, true, a->rows, a->cols, b->cols, 1.0, C, B, 0.0, out);
}

void lsa_product_right(const lsa_formula *a, const double *A, const lsa_formula *b, const double *C, double *out)
{
    if (lsa_formula_is_scalar(a))
        scale(b->rows * b->cols, A[0], C, out);
    else if (lsa_formula_is_scalar(b))
        out[0] = lsa_vec_dot(a->rows * a->cols, A, C);
    else
        lsa_mat_product(true, false, b->rows, b->cols, a->rows, 1.0, A, C, 0.0, out);
}
