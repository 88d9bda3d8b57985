/* value_rational.c - where a rational function goes, from its values at more points than it has coefficients.
 *
 * f = P/Q with deg P <= p, deg Q <= q: P(x) - f(x) Q(x) = 0 at p + q + 2 points has a solution, and of any two of them
 * P1 Q2 - P2 Q1 has degree p + q at most and as many zeros as points: both are f. So its degrees and leading coefficients are. */
#include "formula/value_data.h"

#include "base/try.h"

/* Row i: x^0 .. x^p, -y x^0 .. -y x^q. */
static void fill_row(fmpq_mat_t A, slong i, long x, const fmpq_t y, int p, int q)
{
    fmpz_t power;
    fmpz_init_set_ui(power, 1);
    for (int k = 0; k <= (p > q ? p : q); k++) {
        if (k <= p)
            fmpq_set_fmpz(fmpq_mat_entry(A, i, k), power);
        if (k <= q) {
            fmpq *e = fmpq_mat_entry(A, i, p + 1 + k);
            fmpq_mul_fmpz(e, y, power);
            fmpq_neg(e, e);
        }
        fmpz_mul_si(power, power, x);
    }
    fmpz_clear(power);
}

/* A vector of the null space of A, which is reduced here, from its last free column. */
static void null_vector(fmpq_mat_t A, fmpq *v)
{
    const slong n = fmpq_mat_ncols(A), rank = fmpq_mat_rref(A, A);
    slong *pivot = flint_malloc((size_t)(rank + 1) * sizeof *pivot), free_column = -1, row = 0;
    for (slong j = 0; j < n; j++) {
        if (row < rank && !fmpq_is_zero(fmpq_mat_entry(A, row, j)))
            pivot[row++] = j;
        else
            free_column = j;
    }
    fmpq_set_si(v + free_column, 1, 1);
    for (row = 0; row < rank; row++)
        fmpq_neg(v + pivot[row], fmpq_mat_entry(A, row, free_column));
    flint_free(pivot);
}

/* The first coefficient, seen from the end that x goes to, that is not 0; -1: all are. */
static int leading(const fmpq *c, int degree, bool infinite)
{
    for (int k = 0; k <= degree; k++) {
        const int at = infinite ? degree - k : k;
        if (!fmpq_is_zero(c + at))
            return at;
    }
    return -1;
}

lsa_status formula_rational_end(formula_pool *pool, int n, const long *x, const formula_value *const *y,
                                ptrdiff_t entry, int p, int q, bool infinite, formula_end *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    fmpq_mat_t A;
    fmpq *v = flint_calloc((size_t)p + (size_t)q + 2, sizeof *v);
    fmpq_mat_init(A, n, p + q + 2);
    for (int k = 0; k < p + q + 2; k++)
        fmpq_init(v + k);
    for (int i = 0; i < n; i++)
        fill_row(A, i, x[i], fmpq_mat_entry(y[i]->exact, entry % y[i]->rows, entry / y[i]->rows), p, q);
    null_vector(A, v);
    const int above = leading(v, p, infinite), below = leading(v + p + 1, q, infinite);
    if (below < 0) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "its values are no rational function of the degrees that it has");
        goto done;
    }
    *out = (formula_end){.zero = above < 0, .order = above - below, .coefficient = value_exact(pool, 1, 1)};
    if (above >= 0)
        fmpq_div(fmpq_mat_entry(out->coefficient->exact, 0, 0), v + above, v + p + 1 + below);
done:
    for (int k = 0; k < p + q + 2; k++)
        fmpq_clear(v + k);
    flint_free(v);
    fmpq_mat_clear(A);
    return status;
}
