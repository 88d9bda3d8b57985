/* formula_values.c - values of formulas, node by node, on a preallocated stack. */
#include "base/matrix.h"
#include "empirical/fast_product.h"
#include "empirical/formula.h"
#include <math.h>
#include <string.h>

static const double *symbol_value(const lsa_formula *f, const lsa_run *run)
{
    const lsa_slot *slot = f->slot;
    const ptrdiff_t i = slot->family ? run->index[f->index] : 0;
    const ptrdiff_t size = slot->rows * slot->cols;
    switch (slot->origin) {
    case LSA_ORIGIN_PARAMETER:
        return run->parameters + slot->offset + i * size;
    case LSA_ORIGIN_CONTEXT:
        return run->prompt->E + i * (run->prompt->d + 1);
    case LSA_ORIGIN_QUERY:
        return lsa_prompt_query(run->prompt);
    case LSA_ORIGIN_TASK:
        return run->prompt->w;
    case LSA_ORIGIN_NOISE:
        return run->prompt->noise + i;
    case LSA_ORIGIN_COVARIANCE:
        return run->covariance;
    case LSA_ORIGIN_FURTHER:
        return run->further + slot->offset + i * size;
    default:
        return slot->value;
    }
}

/* out += sum of the children, or of the child over the index. */
static void add_children(const lsa_formula *f, lsa_run *run, double *out)
{
    const ptrdiff_t mark = run->top;
    for (int c = 0; c < f->n_children; c++) {
        lsa_vec_axpy(f->rows * f->cols, 1.0, lsa_formula_value(f->child[c], run), out);
        run->top = mark;
    }
}

static void add_over_index(const lsa_formula *f, lsa_run *run, double *out)
{
    for (ptrdiff_t i = 0; i < f->range; i++) {
        run->index[f->index] = i;
        add_children(f, run, out);
    }
}

static void raise_to_power(const lsa_formula *f, lsa_run *run, double *out)
{
    const ptrdiff_t n = f->rows, size = n * n;
    const double *base = lsa_formula_value(f->child[0], run);
    if (n == 1) {
        out[0] = pow(base[0], f->exponent);
        return;
    }
    double *previous = lsa_run_push(run, size);
    lsa_mat_identity(n, out);
    for (int e = 0; e < f->exponent; e++) {
        memcpy(previous, out, (size_t)size * sizeof(double));
        lsa_mat_product(false, false, n, n, n, 1.0, previous, base, 0.0, out);
    }
}

static void fill(const lsa_formula *f, lsa_run *run, double *out)
{
    const ptrdiff_t size = f->rows * f->cols;
    const lsa_formula *a = f->child[0];
    memset(out, 0, (size_t)size * sizeof(double));
    switch (f->kind) {
    case LSA_EXPR_SUM:
        add_children(f, run, out);
        break;
    case LSA_EXPR_INDEX_SUM:
        add_over_index(f, run, out);
        break;
    case LSA_EXPR_PRODUCT: {
        const double *A = lsa_formula_value(a, run);
        lsa_product(a, A, f->child[1], lsa_formula_value(f->child[1], run), out);
        break;
    }
    case LSA_EXPR_NEGATE:
        lsa_vec_axpy(size, -1.0, lsa_formula_value(a, run), out);
        break;
    case LSA_EXPR_DIVIDE: {
        const double *numerator = lsa_formula_value(a, run);
        lsa_vec_axpy(size, 1.0 / lsa_formula_value(f->child[1], run)[0], numerator, out);
        break;
    }
    case LSA_EXPR_TRANSPOSE:
        lsa_mat_transpose(a->rows, a->cols, lsa_formula_value(a, run), out);
        break;
    case LSA_EXPR_POWER:
        raise_to_power(f, run, out);
        break;
    case LSA_EXPR_TRACE:
        out[0] = lsa_mat_trace(a->rows, lsa_formula_value(a, run));
        break;
    case LSA_EXPR_NUMBER:
    case LSA_EXPR_SYMBOL:
        break; /* borrowed: never filled */
    }
}

const double *lsa_formula_value(const lsa_formula *f, lsa_run *run)
{
    if (f->kind == LSA_EXPR_NUMBER)
        return &f->number;
    if (f->kind == LSA_EXPR_SYMBOL)
        return symbol_value(f, run);
    if (f->kind == LSA_EXPR_TRANSPOSE && (f->rows == 1 || f->cols == 1))
        return lsa_formula_value(f->child[0], run); /* a vector's numbers lie in the same order */
    double *out = lsa_run_push(run, f->rows * f->cols);
    const ptrdiff_t mark = run->top;
    fill(f, run, out);
    run->top = mark;
    return out;
}
