/* extended.c - see extended.h. Loops run down columns; the factor forms are told apart once per operation. */
#include "theory/extended.h"
#include "base/matrix.h"
#include "base/try.h"
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

long double *ext_vec_create(ptrdiff_t count)
{
    if (count < 0 || (size_t)count > SIZE_MAX / sizeof(long double))
        return NULL;
    return calloc(count > 0 ? (size_t)count : 1, sizeof(long double));
}

static ptrdiff_t storage(const ext_matrix *m)
{
    return m->kind == EXT_DENSE ? m->d * m->d : m->d;
}

lsa_status ext_init(ext_matrix *m, ptrdiff_t d, ext_kind kind, lsa_error *err)
{
    assert(d >= 1);
    *m = (ext_matrix){.d = d, .kind = kind, .a = NULL};
    if (kind != EXT_DENSE || d <= PTRDIFF_MAX / d)
        m->a = ext_vec_create(storage(m));
    if (m->a != NULL)
        return LSA_OK;
    lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a %td-by-%td matrix of the theory", d, d);
    return LSA_ERR_MEMORY;
}

void ext_clear(ext_matrix *m)
{
    free(m->a);
    *m = (ext_matrix){.d = 0};
}

/* ---- Doubles in and out ---- */

static bool all_finite(ptrdiff_t count, const double *x)
{
    for (ptrdiff_t i = 0; i < count; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static bool is_diagonal(ptrdiff_t d, const double *a)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (i != j && a[i + j * d] != 0.0)
                return false;
    return true;
}

static void copy_symmetric(ext_matrix *out, const double *a)
{
    const ptrdiff_t d = out->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out->a[i + j * d] = 0.5L * ((long double)a[i + j * d] + (long double)a[j + i * d]);
}

static lsa_status check_diagonal(const ext_matrix *m, const char *what, lsa_error *err)
{
    const ptrdiff_t stride = m->kind == EXT_DENSE ? m->d + 1 : 1;
    for (ptrdiff_t i = 0; i < m->d; i++)
        if (m->a[i * stride] < 0.0L)
            return lsa_error_set(err, LSA_ERR_DOMAIN, "%s is not positive semidefinite: diagonal entry %td is %.17g",
                                 what, i + 1, (double)m->a[i * stride]);
    return LSA_OK;
}

lsa_status ext_from_matrix(ext_matrix *out, ptrdiff_t d, const double *a, const char *what, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (!all_finite(d * d, a))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "%s has an entry that is not finite", what);
    const bool diagonal = is_diagonal(d, a);
    LSA_TRY(ext_init(out, d, diagonal ? EXT_DIAGONAL : EXT_DENSE, err));
    for (ptrdiff_t i = 0; diagonal && i < d; i++)
        out->a[i] = (long double)a[i + i * d];
    if (!diagonal)
        copy_symmetric(out, a);
    LSA_TRY(check_diagonal(out, what, err));
done:
    if (status != LSA_OK)
        ext_clear(out);
    return status;
}

lsa_status ext_from_vector(ext_matrix *out, ptrdiff_t d, ext_kind kind, const double *x, const char *what,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (!all_finite(d, x))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "%s has an entry that is not finite", what);
    LSA_TRY(ext_init(out, d, kind, err));
    for (ptrdiff_t i = 0; i < d; i++)
        out->a[i] = (long double)x[i];
    if (kind == EXT_DIAGONAL)
        LSA_TRY(check_diagonal(out, what, err));
done:
    if (status != LSA_OK)
        ext_clear(out);
    return status;
}

lsa_status ext_from_doubles(ext_matrix *out, ptrdiff_t d, double factor, const double *a, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(ext_init(out, d, EXT_DENSE, err));
    for (ptrdiff_t k = 0; k < d * d; k++)
        out->a[k] = (long double)factor * (long double)a[k];
done:
    return status;
}

lsa_status ext_dense(ext_matrix *out, const ext_matrix *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(ext_init(out, m->d, EXT_DENSE, err));
    for (ptrdiff_t j = 0; j < m->d; j++)
        for (ptrdiff_t i = 0; i < m->d; i++)
            out->a[i + j * m->d] = ext_entry(m, i, j);
done:
    return status;
}

void ext_round(const ext_matrix *m, double *out)
{
    for (ptrdiff_t j = 0; j < m->d; j++)
        for (ptrdiff_t i = 0; i < m->d; i++)
            out[i + j * m->d] = (double)ext_entry(m, i, j);
}

long double ext_cut(ptrdiff_t d)
{
    return (long double)d * (long double)DBL_EPSILON;
}

long double ext_entry(const ext_matrix *m, ptrdiff_t i, ptrdiff_t j)
{
    switch (m->kind) {
    case EXT_DIAGONAL:
        return i == j ? m->a[i] : 0.0L;
    case EXT_RANK_ONE:
        return m->a[i] * m->a[j];
    case EXT_DENSE:
        break;
    }
    return m->a[i + j * m->d];
}

bool ext_equal(const ext_matrix *x, const ext_matrix *y)
{
    if (x->d != y->d)
        return false;
    const bool diagonal = x->kind == EXT_DIAGONAL && y->kind == EXT_DIAGONAL;
    for (ptrdiff_t j = 0; j < x->d; j++)
        for (ptrdiff_t i = diagonal ? j : 0; i < (diagonal ? j + 1 : x->d); i++)
            if (ext_entry(x, i, j) != ext_entry(y, i, j))
                return false;
    return true;
}

/* ---- Products ---- */

/* out = diag(a) B */
static void scale_rows(ext_matrix *out, const long double *a, const ext_matrix *B)
{
    for (ptrdiff_t j = 0; j < B->d; j++)
        for (ptrdiff_t i = 0; i < B->d; i++)
            out->a[i + j * B->d] = a[i] * ext_entry(B, i, j);
}

/* out = A B, out zero before; one column of A at a time: the inner loop is contiguous in both. */
static lsa_status exact_product(ext_matrix *out, const ext_matrix *A, const ext_matrix *B)
{
    const ptrdiff_t d = A->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t k = 0; k < d; k++) {
            const long double b = B->a[k + j * d];
            for (ptrdiff_t i = 0; i < d; i++)
                out->a[i + j * d] += A->a[i + k * d] * b;
        }
    return LSA_OK;
}

/* The same by BLAS, rounded to double on the way. */
static lsa_status round_product(ext_matrix *out, const ext_matrix *A, const ext_matrix *B, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = A->d;
    double *a = lsa_vec_create(d * d), *b = lsa_vec_create(d * d), *c = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(a, "a product");
    LSA_TRY_MEMORY(b, "a product");
    LSA_TRY_MEMORY(c, "a product");
    ext_round(A, a);
    ext_round(B, b);
    lsa_mat_product(false, false, d, d, d, 1.0, a, b, 0.0, c);
    for (ptrdiff_t k = 0; k < d * d; k++)
        out->a[k] = (long double)c[k];
done:
    free(a);
    free(b);
    free(c);
    return status;
}

lsa_status ext_product(ext_matrix *out, const ext_matrix *A, const ext_matrix *B, lsa_error *err)
{
    lsa_status status = LSA_OK;
    assert(A->d == B->d && A->kind != EXT_RANK_ONE && B->kind != EXT_RANK_ONE);
    const bool diagonal = A->kind == EXT_DIAGONAL && B->kind == EXT_DIAGONAL;
    LSA_TRY(ext_init(out, A->d, diagonal ? EXT_DIAGONAL : EXT_DENSE, err));
    if (diagonal) {
        for (ptrdiff_t i = 0; i < A->d; i++)
            out->a[i] = A->a[i] * B->a[i];
    } else if (A->kind == EXT_DIAGONAL) {
        scale_rows(out, A->a, B);
    } else if (B->kind == EXT_DIAGONAL) {
        memcpy(out->a, A->a, (size_t)(A->d * A->d) * sizeof *out->a);
        ext_scale_columns(out, B->a);
    } else {
        LSA_TRY(A->d <= EXT_SMALL ? exact_product(out, A, B) : round_product(out, A, B, err));
    }
done:
    return status;
}

lsa_status ext_transpose(ext_matrix *out, const ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    assert(A->kind != EXT_RANK_ONE);
    LSA_TRY(ext_init(out, A->d, A->kind, err));
    if (A->kind == EXT_DIAGONAL)
        memcpy(out->a, A->a, (size_t)A->d * sizeof *out->a);
    else
        for (ptrdiff_t j = 0; j < A->d; j++)
            for (ptrdiff_t i = 0; i < A->d; i++)
                out->a[j + i * A->d] = A->a[i + j * A->d];
done:
    return status;
}

lsa_status ext_product_transposed(ext_matrix *out, const ext_matrix *A, const ext_matrix *B, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix At = {.d = 0};
    LSA_TRY(ext_transpose(&At, A, err));
    LSA_TRY(ext_product(out, &At, B, err));
done:
    ext_clear(&At);
    return status;
}

lsa_status ext_rotate(ext_matrix *out, const ext_matrix *P, const ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix AP = {.d = 0};
    LSA_TRY(ext_product(&AP, A, P, err));
    LSA_TRY(ext_product_transposed(out, P, &AP, err));
done:
    ext_clear(&AP);
    return status;
}

lsa_status ext_rotate_back(ext_matrix *out, const ext_matrix *P, const ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Pt = {.d = 0};
    LSA_TRY(ext_transpose(&Pt, P, err));
    LSA_TRY(ext_rotate(out, &Pt, A, err));
done:
    ext_clear(&Pt);
    return status;
}

/* The upper triangle follows from the lower one, so that the result is symmetric to the last bit. */
static void mirror(ext_matrix *m)
{
    for (ptrdiff_t j = 0; j < m->d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            m->a[i + j * m->d] = m->a[j + i * m->d];
}

lsa_status ext_congruence(ext_matrix *out, const ext_matrix *P, const long double *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix F = {.d = P->d, .kind = EXT_DIAGONAL, .a = NULL};
    LSA_TRY(ext_init(&F, P->d, EXT_DIAGONAL, err));
    memcpy(F.a, f, (size_t)P->d * sizeof *f);
    LSA_TRY(ext_rotate_back(out, P, &F, err));
    if (out->kind == EXT_DENSE)
        mirror(out);
done:
    ext_clear(&F);
    return status;
}

void ext_scale_columns(ext_matrix *A, const long double *f)
{
    assert(A->kind != EXT_RANK_ONE);
    const ptrdiff_t rows = A->kind == EXT_DENSE ? A->d : 1;
    for (ptrdiff_t j = 0; j < A->d; j++)
        for (ptrdiff_t i = 0; i < rows; i++)
            A->a[i + j * rows] *= f[j];
}

void ext_scale(ext_matrix *A, long double a)
{
    assert(A->kind != EXT_RANK_ONE);
    for (ptrdiff_t k = 0; k < storage(A); k++)
        A->a[k] *= a;
}

/* ---- Numbers of matrices ---- */

long double ext_trace(const ext_matrix *A)
{
    long double sum = 0.0L;
    for (ptrdiff_t i = 0; i < A->d; i++)
        sum += ext_entry(A, i, i);
    return sum;
}

/* x' A x */
static long double form_of(const ext_matrix *A, const long double *x)
{
    long double sum = 0.0L;
    if (A->kind == EXT_DIAGONAL) {
        for (ptrdiff_t i = 0; i < A->d; i++)
            sum += x[i] * A->a[i] * x[i];
        return sum;
    }
    for (ptrdiff_t j = 0; j < A->d; j++)
        for (ptrdiff_t i = 0; i < A->d; i++)
            sum += x[i] * A->a[i + j * A->d] * x[j];
    return sum;
}

long double ext_trace_product(const ext_matrix *A, const ext_matrix *B)
{
    assert(A->d == B->d && (A->kind != EXT_RANK_ONE || B->kind != EXT_RANK_ONE));
    long double sum = 0.0L;
    if (A->kind == EXT_RANK_ONE)
        return form_of(B, A->a);
    if (B->kind == EXT_RANK_ONE)
        return form_of(A, B->a);
    if (A->kind == EXT_DIAGONAL || B->kind == EXT_DIAGONAL) {
        for (ptrdiff_t i = 0; i < A->d; i++)
            sum += ext_entry(A, i, i) * ext_entry(B, i, i);
        return sum;
    }
    for (ptrdiff_t j = 0; j < A->d; j++)
        for (ptrdiff_t i = 0; i < A->d; i++)
            sum += A->a[j + i * A->d] * B->a[i + j * A->d];
    return sum;
}

long double ext_inner(const ext_matrix *A, const ext_matrix *B)
{
    assert(A->d == B->d && A->kind != EXT_RANK_ONE && B->kind != EXT_RANK_ONE);
    const bool dense = A->kind == EXT_DENSE && B->kind == EXT_DENSE;
    long double sum = 0.0L;
    for (ptrdiff_t k = 0; k < (dense ? A->d * A->d : A->d); k++)
        sum += dense ? A->a[k] * B->a[k] : ext_entry(A, k, k) * ext_entry(B, k, k);
    return sum;
}

long double ext_norm(const ext_matrix *A)
{
    return sqrtl(ext_inner(A, A)); /* long double's exponent range holds the squares of all doubles */
}

void ext_vector_transposed(const ext_matrix *A, const long double *x, long double *out)
{
    assert(A->kind != EXT_RANK_ONE);
    for (ptrdiff_t j = 0; j < A->d; j++) {
        out[j] = A->kind == EXT_DIAGONAL ? A->a[j] * x[j] : 0.0L;
        for (ptrdiff_t i = 0; A->kind == EXT_DENSE && i < A->d; i++)
            out[j] += A->a[i + j * A->d] * x[i];
    }
}

lsa_status ext_weighted_inner(const ext_matrix *Omega, const ext_matrix *Y, const ext_matrix *X, long double *out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = Omega->d;
    ext_matrix OY = {.d = 0};
    long double *y = NULL;
    if (Omega->kind == EXT_RANK_ONE) {
        y = ext_vec_create(2 * d);
        LSA_TRY_MEMORY(y, "a test error");
        ext_vector_transposed(Y, Omega->a, y);
        ext_vector_transposed(X, Omega->a, y + d);
        for (ptrdiff_t i = 0; i < d; i++)
            *out += y[i] * y[i + d];
    } else {
        LSA_TRY(ext_product(&OY, Omega, Y, err));
        *out = ext_inner(&OY, X);
    }
done:
    ext_clear(&OY);
    free(y);
    return status;
}
