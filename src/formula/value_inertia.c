/* value_inertia.c - signs of eigenvalues: of an exact matrix by Sylvester's law with rational pivots, else by their balls. */
#include "base/try.h"
#include "formula/value_data.h"

/* Larger exact matrices are as balls here. */
enum { EXACT_INERTIA = 60 };

/* Row and column k eliminated by the pivot a_kk. */
static void eliminate(fmpq_mat_t A, slong k, const bool *gone)
{
    const slong n = fmpq_mat_nrows(A);
    fmpq_t factor;
    fmpq_init(factor);
    for (slong i = 0; i < n; i++) {
        if (gone[i] || i == k || fmpq_is_zero(fmpq_mat_entry(A, i, k)))
            continue;
        fmpq_div(factor, fmpq_mat_entry(A, i, k), fmpq_mat_entry(A, k, k));
        for (slong j = 0; j < n; j++)
            if (!gone[j] && j != k)
                fmpq_submul(fmpq_mat_entry(A, i, j), factor, fmpq_mat_entry(A, k, j));
    }
    fmpq_clear(factor);
}

/* Where all diagonal entries that are left vanish, row and column j are added to i: a_ii becomes 2 a_ij. */
static bool make_pivot(fmpq_mat_t A, const bool *gone, slong *pivot)
{
    const slong n = fmpq_mat_nrows(A);
    for (slong i = 0; i < n; i++)
        if (!gone[i] && !fmpq_is_zero(fmpq_mat_entry(A, i, i)))
            return *pivot = i, true;
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++) {
            if (gone[i] || gone[j] || i == j || fmpq_is_zero(fmpq_mat_entry(A, i, j)))
                continue;
            for (slong k = 0; k < n; k++)
                fmpq_add(fmpq_mat_entry(A, i, k), fmpq_mat_entry(A, i, k), fmpq_mat_entry(A, j, k));
            for (slong k = 0; k < n; k++)
                fmpq_add(fmpq_mat_entry(A, k, i), fmpq_mat_entry(A, k, i), fmpq_mat_entry(A, k, j));
            return *pivot = i, true;
        }
    }
    return false;
}

static void exact_inertia(const formula_value *x, ptrdiff_t counts[3])
{
    fmpq_mat_t A;
    slong pivot = 0;
    bool *gone = flint_calloc((size_t)x->rows, sizeof *gone);
    fmpq_mat_init(A, x->rows, x->cols);
    fmpq_mat_set(A, x->exact);
    counts[0] = counts[1] = 0;
    while (make_pivot(A, gone, &pivot)) {
        counts[fmpq_sgn(fmpq_mat_entry(A, pivot, pivot)) > 0 ? 0 : 1]++;
        eliminate(A, pivot, gone);
        gone[pivot] = true;
    }
    counts[2] = x->rows - counts[0] - counts[1];
    fmpq_mat_clear(A);
    flint_free(gone);
}

lsa_status value_inertia(formula_pool *pool, const formula_value *x, ptrdiff_t counts[3], lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *found;
    LSA_TRY(value_require_symmetric(pool, &x, err));
    if (x->form == VALUE_EXACT && x->rows <= EXACT_INERTIA) {
        exact_inertia(x, counts);
        return LSA_OK;
    }
    counts[0] = counts[1] = counts[2] = 0;
    LSA_TRY(value_eigenvalues(pool, x, &found, err));
    const formula_value *values = value_as_ball(pool, found);
    for (slong i = 0; i < values->rows; i++) {
        arb_srcptr e = arb_mat_entry(values->ball, i, 0);
        if (arb_contains_zero(e) && !arb_is_zero(e))
            return lsa_error_set(err, LSA_ERR_UNABLE,
                                 "an eigenvalue is %.3g to within %.2g: balls alone do not tell its sign, "
                                 "nor that it is 0",
                                 formula_value_double(values, i, 0), formula_value_radius(values, i, 0));
        counts[arb_is_zero(e) ? 2 : arb_is_positive(e) ? 0 : 1]++;
    }
done:
    return status;
}
