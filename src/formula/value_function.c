/* value_function.c - the functions of values, by their id. */
#include "base/try.h"
#include "formula/functions.h"
#include "formula/value_data.h"
#include <math.h>

/* ---------------------------------------------------------------- scalars */

static formula_value *entry_of(formula_pool *pool, const formula_value *x, ptrdiff_t i, ptrdiff_t j)
{
    return formula_value_part(pool, x, i + j * x->rows, 1, 1);
}

static lsa_status of_scalar(formula_pool *pool, int function, const formula_value *x, formula_value **out,
                            lsa_error *err)
{
    if (x->form == VALUE_EXACT) {
        const fmpq *q = fmpq_mat_entry(x->exact, 0, 0);
        if ((function == FORMULA_exp && fmpq_is_zero(q)) || (function == FORMULA_log && fmpq_is_one(q))) {
            *out = formula_value_integer(pool, function == FORMULA_exp);
            return LSA_OK;
        }
    }
    const formula_value *ball = value_as_ball(pool, x);
    arb_srcptr at = arb_mat_entry(ball->ball, 0, 0);
    if (function == FORMULA_log && arb_is_nonpositive(at))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the logarithm of %.6g", formula_value_double(x, 0, 0));
    *out = value_ball(pool, 1, 1);
    value_mark(*out, x, NULL);
    if (function == FORMULA_exp)
        arb_exp(arb_mat_entry((*out)->ball, 0, 0), at, pool->bits);
    else
        arb_log(arb_mat_entry((*out)->ball, 0, 0), at, pool->bits);
    return value_check(*out, function == FORMULA_exp ? "an exponential" : "a logarithm", err);
}

static formula_value *absolute(formula_pool *pool, const formula_value *x)
{
    formula_value *out = x->form == VALUE_EXACT ? value_exact(pool, 1, 1) : value_ball(pool, 1, 1);
    if (x->form == VALUE_EXACT)
        fmpq_abs(fmpq_mat_entry(out->exact, 0, 0), fmpq_mat_entry(x->exact, 0, 0));
    else
        arb_abs(arb_mat_entry(out->ball, 0, 0), arb_mat_entry(x->ball, 0, 0));
    value_mark(out, x, NULL);
    return out;
}

static lsa_status to_integer(formula_pool *pool, bool up, const formula_value *x, formula_value **out, lsa_error *err)
{
    *out = value_exact(pool, 1, 1);
    value_mark(*out, x, NULL);
    fmpz *n = fmpq_numref(fmpq_mat_entry((*out)->exact, 0, 0));
    if (x->form == VALUE_EXACT) {
        const fmpq *q = fmpq_mat_entry(x->exact, 0, 0);
        if (up)
            fmpz_cdiv_q(n, fmpq_numref(q), fmpq_denref(q));
        else
            fmpz_fdiv_q(n, fmpq_numref(q), fmpq_denref(q));
        return LSA_OK;
    }
    arb_t whole;
    arb_init(whole);
    if (up)
        arb_ceil(whole, arb_mat_entry(x->ball, 0, 0), pool->bits);
    else
        arb_floor(whole, arb_mat_entry(x->ball, 0, 0), pool->bits);
    const bool known = arb_get_unique_fmpz(n, whole) != 0;
    arb_clear(whole);
    return known ? LSA_OK
                 : lsa_error_set(err, LSA_ERR_UNABLE, "%s of %.17g, which is known to %.2g", up ? "ceil" : "floor",
                                 formula_value_double(x, 0, 0), formula_value_radius(x, 0, 0));
}

/* ---------------------------------------------------------------- entries */

static formula_value *sum_of(formula_pool *pool, const formula_value *x, bool diagonal, bool squares)
{
    formula_value *out = x->form == VALUE_EXACT ? value_exact(pool, 1, 1) : value_ball(pool, 1, 1);
    for (ptrdiff_t i = 0; i < x->rows; i++) {
        for (ptrdiff_t j = 0; j < x->cols; j++) {
            if (diagonal && i != j)
                continue;
            if (x->form == VALUE_EXACT) {
                const fmpq *e = fmpq_mat_entry(x->exact, i, j);
                if (squares)
                    fmpq_addmul(fmpq_mat_entry(out->exact, 0, 0), e, e);
                else
                    fmpq_add(fmpq_mat_entry(out->exact, 0, 0), fmpq_mat_entry(out->exact, 0, 0), e);
            } else {
                arb_srcptr e = arb_mat_entry(x->ball, i, j);
                arb_ptr total = arb_mat_entry(out->ball, 0, 0);
                if (squares)
                    arb_addmul(total, e, e, pool->bits);
                else
                    arb_add(total, total, e, pool->bits);
            }
        }
    }
    value_mark(out, x, NULL);
    return value_kept_short(pool, out);
}

formula_value *formula_norm_square(formula_pool *pool, const formula_value *x)
{
    return sum_of(pool, x, false, true);
}

static void take(formula_pool *pool, formula_value **best, formula_value *x, bool largest)
{
    if (x->form == VALUE_EXACT && (*best)->form == VALUE_EXACT) {
        const int order = fmpq_cmp(fmpq_mat_entry(x->exact, 0, 0), fmpq_mat_entry((*best)->exact, 0, 0));
        if (largest ? order > 0 : order < 0)
            *best = x;
        return;
    }
    const formula_value *a = value_as_ball(pool, *best), *b = value_as_ball(pool, x);
    formula_value *out = value_ball(pool, 1, 1);
    if (largest)
        arb_max(arb_mat_entry(out->ball, 0, 0), arb_mat_entry(a->ball, 0, 0), arb_mat_entry(b->ball, 0, 0), pool->bits);
    else
        arb_min(arb_mat_entry(out->ball, 0, 0), arb_mat_entry(a->ball, 0, 0), arb_mat_entry(b->ball, 0, 0), pool->bits);
    value_mark(out, a, b);
    *best = out;
}

static formula_value *extreme(formula_pool *pool, int n, const formula_value *const *x, bool largest)
{
    formula_value *best = NULL;
    for (int k = 0; k < n; k++)
        for (ptrdiff_t e = 0; e < x[k]->rows * x[k]->cols; e++) {
            formula_value *one = formula_value_part(pool, x[k], e, 1, 1);
            if (best == NULL)
                best = one;
            else
                take(pool, &best, one, largest);
        }
    return best;
}

static formula_value *diagonal_of(formula_pool *pool, const formula_value *x)
{
    const bool up = x->cols == 1 && x->rows > 1;
    const ptrdiff_t n = x->rows;
    formula_value *out = x->form == VALUE_EXACT ? value_exact(pool, n, up ? n : 1) : value_ball(pool, n, up ? n : 1);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (x->form == VALUE_EXACT)
            fmpq_set(fmpq_mat_entry(out->exact, i, up ? i : 0), fmpq_mat_entry(x->exact, i, up ? 0 : i));
        else
            arb_set(arb_mat_entry(out->ball, i, up ? i : 0), arb_mat_entry(x->ball, i, up ? 0 : i));
    }
    value_mark(out, x, NULL);
    return out;
}

static formula_value *off_diagonal(formula_pool *pool, const formula_value *x)
{
    formula_value *out = formula_value_part(pool, x, 0, x->rows, x->cols);
    for (ptrdiff_t i = 0; i < x->rows; i++) {
        if (x->form == VALUE_EXACT)
            fmpq_zero(fmpq_mat_entry(out->exact, i, i));
        else
            arb_zero(arb_mat_entry(out->ball, i, i));
    }
    return out;
}

static lsa_status pick(formula_pool *pool, int n, const formula_value *const *arguments, formula_value **out,
                       lsa_error *err)
{
    lsa_status status = LSA_OK;
    long i = 1, j = 1;
    const formula_value *x = arguments[0];
    LSA_TRY(formula_value_long(arguments[1], &i, err));
    if (n > 2)
        LSA_TRY(formula_value_long(arguments[2], &j, err));
    if (i < 1 || i > x->rows || j < 1 || j > x->cols)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no entry (%ld, %ld) of a %td x %td matrix", i, j, x->rows,
                             x->cols);
    *out = entry_of(pool, x, i - 1, j - 1);
done:
    return status;
}

static lsa_status unit_vector(formula_pool *pool, const formula_value *index, ptrdiff_t d, formula_value **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    long i = 0;
    LSA_TRY(formula_value_long(index, &i, err));
    if (i < 1 || i > d)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no unit vector %ld of dimension %td", i, d);
    *out = value_exact(pool, d, 1);
    fmpq_one(fmpq_mat_entry((*out)->exact, i - 1, 0));
done:
    return status;
}

/* ---------------------------------------------------------------- conditions */

/* Whether x is 0: certainly, certainly not, or balls do not tell. */
static formula_truth vanishes(const formula_value *x)
{
    if (formula_value_is_zero(x))
        return FORMULA_TRUE;
    if (x->form == VALUE_EXACT)
        return FORMULA_FALSE;
    for (ptrdiff_t i = 0; i < x->rows; i++)
        for (ptrdiff_t j = 0; j < x->cols; j++)
            if (!arb_contains_zero(arb_mat_entry(x->ball, i, j)))
                return FORMULA_FALSE;
    return FORMULA_UNKNOWN;
}

static formula_value *minus(formula_pool *pool, const formula_value *a, const formula_value *b)
{
    return formula_add(pool, a, formula_negate(pool, b));
}

static lsa_status semidefinite(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t counts[3];
    formula_value *values;
    formula_truth truth = vanishes(minus(pool, x, formula_transpose(pool, x)));
    if (truth == FORMULA_FALSE || x->form == VALUE_EXACT) {
        if (truth == FORMULA_TRUE) {
            LSA_TRY(value_inertia(pool, x, counts, err));
            truth = counts[1] == 0 ? FORMULA_TRUE : FORMULA_FALSE;
        }
        *out = formula_value_truth(pool, truth);
        return LSA_OK;
    }
    LSA_TRY(value_eigenvalues(pool, x, &values, err));
    arb_srcptr least = arb_mat_entry(value_as_ball(pool, values)->ball, 0, 0);
    *out = formula_value_truth(pool, arb_is_nonnegative(least) ? truth
                                     : arb_is_negative(least)  ? FORMULA_FALSE
                                                               : FORMULA_UNKNOWN);
done:
    return status;
}

/* ---------------------------------------------------------------- the table */

static lsa_status inertia_vector(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t counts[3];
    LSA_TRY(value_inertia(pool, x, counts, err));
    *out = value_exact(pool, 3, 1);
    for (int k = 0; k < 3; k++)
        fmpq_set_si(fmpq_mat_entry((*out)->exact, k, 0), counts[k], 1);
    value_mark(*out, x, NULL);
done:
    return status;
}

static lsa_status of_singular_values(formula_pool *pool, int function, const formula_value *x, formula_value **out,
                                     lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *values;
    LSA_TRY(value_singular_values(pool, x, &values, err));
    if (function == FORMULA_svdvals)
        *out = values;
    else if (function == FORMULA_nucnorm)
        *out = sum_of(pool, values, false, false);
    else
        *out = formula_value_part(pool, values, values->rows - 1, 1, 1);
done:
    return status;
}

static lsa_status log_determinant(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *determinant;
    LSA_TRY(value_determinant(pool, x, &determinant, err));
    LSA_TRY(of_scalar(pool, FORMULA_log, determinant, out, err));
done:
    return status;
}

lsa_status formula_apply(formula_pool *pool, int function, int n, const formula_value *const *arguments, ptrdiff_t d,
                         formula_value **out, lsa_error *err)
{
    const formula_value *x = arguments[0];
    switch ((formula_function_id)function) {
    case FORMULA_tr:
        *out = sum_of(pool, x, true, false);
        return LSA_OK;
    case FORMULA_sum:
        *out = sum_of(pool, x, false, false);
        return LSA_OK;
    case FORMULA_norm:
        return formula_power(pool, sum_of(pool, x, false, true), 1, 2, out, err);
    case FORMULA_det:
        return value_determinant(pool, x, out, err);
    case FORMULA_logdet:
        return log_determinant(pool, x, out, err);
    case FORMULA_inv:
        return value_inverse(pool, x, out, err);
    case FORMULA_pinv:
        return value_pseudo_inverse(pool, x, out, err);
    case FORMULA_sqrtm:
        return value_root(pool, x, out, err);
    case FORMULA_expm:
        return value_exponential(pool, x, out, err);
    case FORMULA_opnorm:
    case FORMULA_nucnorm:
    case FORMULA_svdvals:
        return of_singular_values(pool, function, x, out, err);
    case FORMULA_eigvals:
        return value_eigenvalues(pool, x, out, err);
    case FORMULA_min:
    case FORMULA_max:
        *out = extreme(pool, n, arguments, function == FORMULA_max);
        return LSA_OK;
    case FORMULA_diag:
        *out = diagonal_of(pool, x);
        return LSA_OK;
    case FORMULA_offdiag:
        *out = off_diagonal(pool, x);
        return LSA_OK;
    case FORMULA_entry:
        return pick(pool, n, arguments, out, err);
    case FORMULA_unit:
        return unit_vector(pool, x, d, out, err);
    case FORMULA_sqrt:
        return formula_power(pool, x, 1, 2, out, err);
    case FORMULA_exp:
    case FORMULA_log:
        return of_scalar(pool, function, x, out, err);
    case FORMULA_abs:
        *out = absolute(pool, x);
        return LSA_OK;
    case FORMULA_ceil:
    case FORMULA_floor:
        return to_integer(pool, function == FORMULA_ceil, x, out, err);
    case FORMULA_rank:
        return value_rank(pool, x, out, err);
    case FORMULA_inertia:
        return inertia_vector(pool, x, out, err);
    case FORMULA_psd:
        return semidefinite(pool, x, out, err);
    case FORMULA_symmetric:
        *out = formula_value_truth(pool, vanishes(minus(pool, x, formula_transpose(pool, x))));
        return LSA_OK;
    case FORMULA_diagonal:
        *out = formula_value_truth(pool, vanishes(off_diagonal(pool, x)));
        return LSA_OK;
    case FORMULA_commute:
        *out = formula_value_truth(pool, vanishes(minus(pool, formula_multiply(pool, x, arguments[1]),
                                                        formula_multiply(pool, arguments[1], x))));
        return LSA_OK;
    default:
        return lsa_error_set(err, LSA_ERR_UNABLE, "this function is not one of values");
    }
}
