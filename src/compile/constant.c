/* constant.c - sums and products of constants, each in its narrowest kind. */
#include "compile/constant.h"

#include "base/matrix.h"
#include "base/try.h"

#include <string.h>

lsa_value lsa_value_scalar(ptrdiff_t n, double c)
{
    return (lsa_value){.kind = LSA_VALUE_SCALAR, .rows = n, .cols = n, .scalar = c};
}

lsa_value lsa_value_dense(ptrdiff_t rows, ptrdiff_t cols, const double *data)
{
    return (lsa_value){.kind = LSA_VALUE_DENSE, .rows = rows, .cols = cols, .data = data};
}

lsa_value lsa_value_diagonal(ptrdiff_t n, const double *data)
{
    bool equal = true;
    for (ptrdiff_t i = 1; i < n && equal; i++)
        equal = data[i] == data[0];
    if (equal)
        return lsa_value_scalar(n, data[0]);
    return (lsa_value){.kind = LSA_VALUE_DIAGONAL, .rows = n, .cols = n, .data = data};
}

static bool is_diagonal(ptrdiff_t n, const double *A)
{
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t i = 0; i < n; i++)
            if (i != j && A[i + j * n] != 0.0)
                return false;
    return true;
}

lsa_status lsa_value_narrow(lsa_arena *arena, ptrdiff_t rows, ptrdiff_t cols, const double *data, lsa_value *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_value_dense(rows, cols, data);
    if (rows != cols || rows < 1 || !is_diagonal(rows, data))
        goto done;
    double *diagonal = lsa_arena_alloc(arena, (size_t)rows, sizeof *diagonal);
    LSA_TRY_MEMORY(diagonal, "a constant");
    for (ptrdiff_t i = 0; i < rows; i++)
        diagonal[i] = data[i + i * rows];
    *out = lsa_value_diagonal(rows, diagonal);
done:
    return status;
}

double lsa_value_entry(const lsa_value *a, ptrdiff_t i, ptrdiff_t j)
{
    if (a->kind == LSA_VALUE_DENSE)
        return a->data[i + j * a->rows];
    if (i != j)
        return 0.0;
    return a->kind == LSA_VALUE_SCALAR ? a->scalar : a->data[i];
}

double lsa_value_trace(const lsa_value *a)
{
    if (a->kind == LSA_VALUE_SCALAR)
        return (double)a->rows * a->scalar;
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < a->rows; i++)
        sum += lsa_value_entry(a, i, i);
    return sum;
}

/* Fresh room for the numbers of a value of this kind and shape, zeroed. */
static double *numbers(lsa_arena *arena, lsa_value_kind kind, ptrdiff_t rows, ptrdiff_t cols)
{
    const size_t each = kind == LSA_VALUE_DENSE ? (size_t)cols : 1;
    return lsa_arena_alloc(arena, (size_t)rows, each * sizeof(double));
}

/* One operand is dense, the other scales its rows (left) or its columns. */
static void scale_dense(const lsa_value *a, const lsa_value *b, double *out)
{
    const lsa_value *dense = a->kind == LSA_VALUE_DENSE ? a : b;
    for (ptrdiff_t j = 0; j < dense->cols; j++)
        for (ptrdiff_t i = 0; i < dense->rows; i++) {
            const double factor = dense == b ? lsa_value_entry(a, i, i) : lsa_value_entry(b, j, j);
            out[i + j * dense->rows] = factor * dense->data[i + j * dense->rows];
        }
}

lsa_status lsa_value_product(lsa_arena *arena, const lsa_value *a, const lsa_value *b, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool dense = a->kind == LSA_VALUE_DENSE || b->kind == LSA_VALUE_DENSE;
    if (a->kind == LSA_VALUE_SCALAR && b->kind == LSA_VALUE_SCALAR) {
        *out = lsa_value_scalar(a->rows, a->scalar * b->scalar);
        goto done;
    }
    double *data = numbers(arena, dense ? LSA_VALUE_DENSE : LSA_VALUE_DIAGONAL, a->rows, b->cols);
    LSA_TRY_MEMORY(data, "a product of constants");
    if (a->kind == LSA_VALUE_DENSE && b->kind == LSA_VALUE_DENSE)
        lsa_mat_product(false, false, a->rows, b->cols, a->cols, 1.0, a->data, b->data, 0.0, data);
    else if (dense)
        scale_dense(a, b, data);
    else
        for (ptrdiff_t i = 0; i < a->rows; i++)
            data[i] = lsa_value_entry(a, i, i) * lsa_value_entry(b, i, i);
    *out = dense ? lsa_value_dense(a->rows, b->cols, data) : lsa_value_diagonal(a->rows, data);
done:
    return status;
}

lsa_status lsa_value_transpose(lsa_arena *arena, const lsa_value *a, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (a->kind != LSA_VALUE_DENSE) {
        *out = *a;
        goto done;
    }
    double *data = numbers(arena, LSA_VALUE_DENSE, a->cols, a->rows);
    LSA_TRY_MEMORY(data, "a transposed constant");
    lsa_mat_transpose(a->rows, a->cols, a->data, data);
    *out = lsa_value_dense(a->cols, a->rows, data);
done:
    return status;
}

lsa_status lsa_value_add(lsa_arena *arena, double wa, const lsa_value *a, double wb, const lsa_value *b, lsa_value *out,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool dense = a->kind == LSA_VALUE_DENSE || b->kind == LSA_VALUE_DENSE;
    if (a->kind == LSA_VALUE_SCALAR && b->kind == LSA_VALUE_SCALAR) {
        *out = lsa_value_scalar(a->rows, wa * a->scalar + wb * b->scalar);
        goto done;
    }
    double *data = numbers(arena, dense ? LSA_VALUE_DENSE : LSA_VALUE_DIAGONAL, a->rows, a->cols);
    LSA_TRY_MEMORY(data, "a sum of constants");
    if (dense) {
        for (ptrdiff_t j = 0; j < a->cols; j++)
            for (ptrdiff_t i = 0; i < a->rows; i++)
                data[i + j * a->rows] = wa * lsa_value_entry(a, i, j) + wb * lsa_value_entry(b, i, j);
        *out = lsa_value_dense(a->rows, a->cols, data);
        goto done;
    }
    for (ptrdiff_t i = 0; i < a->rows; i++)
        data[i] = wa * lsa_value_entry(a, i, i) + wb * lsa_value_entry(b, i, i);
    *out = lsa_value_diagonal(a->rows, data);
done:
    return status;
}

lsa_status lsa_value_symmetrise(lsa_arena *arena, const lsa_value *a, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value transposed;
    LSA_TRY(lsa_value_transpose(arena, a, &transposed, err));
    LSA_TRY(lsa_value_add(arena, 0.5, a, 0.5, &transposed, out, err));
done:
    return status;
}

/* The value as a full array. */
static lsa_status spread(lsa_arena *arena, const lsa_value *a, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (a->kind == LSA_VALUE_DENSE) {
        *out = a->data;
        goto done;
    }
    double *data = numbers(arena, LSA_VALUE_DENSE, a->rows, a->cols);
    LSA_TRY_MEMORY(data, "a constant");
    for (ptrdiff_t i = 0; i < a->rows; i++)
        data[i + i * a->rows] = lsa_value_entry(a, i, i);
    *out = data;
done:
    return status;
}

lsa_status lsa_value_rotate(lsa_arena *arena, const double *P, const lsa_value *a, const double *Q, lsa_value *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *full = NULL;
    if ((P == NULL && Q == NULL) || (P == Q && a->kind == LSA_VALUE_SCALAR)) {
        *out = *a;
        goto done;
    }
    LSA_TRY(spread(arena, a, &full, err));
    double *data = numbers(arena, LSA_VALUE_DENSE, a->rows, a->cols);
    double *work = numbers(arena, LSA_VALUE_DENSE, a->rows, a->cols);
    LSA_TRY_MEMORY(data, "a rotated constant");
    LSA_TRY_MEMORY(work, "a rotated constant");
    lsa_mat_rotate(a->rows, a->cols, P, full, Q, data, work);
    *out = lsa_value_dense(a->rows, a->cols, data);
done:
    return status;
}
