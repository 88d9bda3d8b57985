/* value_matrix.c - inverse, determinant, rank, exponential of a matrix. */
#include "base/try.h"
#include "formula/value_data.h"

/* Exact elimination of larger matrices takes longer than balls that know 300 digits. */
enum { EXACT_ELIMINATION = 12 };

static bool eliminates_exactly(const formula_value *x)
{
    return x->form == VALUE_EXACT && x->rows <= EXACT_ELIMINATION && x->cols <= EXACT_ELIMINATION;
}

lsa_status value_inverse(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    if (eliminates_exactly(x)) {
        *out = value_exact(pool, x->rows, x->cols);
        value_mark(*out, x, NULL);
        if (!fmpq_mat_inv((*out)->exact, x->exact))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "the inverse of a singular matrix");
        *out = value_kept_short(pool, *out);
        return LSA_OK;
    }
    const formula_value *ball = value_as_ball(pool, x);
    *out = value_ball(pool, x->rows, x->cols);
    value_mark(*out, x, NULL);
    if (!arb_mat_inv((*out)->ball, ball->ball, pool->bits))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the inverse of a matrix that may be singular");
    return value_check(*out, "an inverse", err);
}

lsa_status value_determinant(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    if (eliminates_exactly(x)) {
        *out = value_exact(pool, 1, 1);
        fmpq_mat_det(fmpq_mat_entry((*out)->exact, 0, 0), x->exact);
    } else {
        const formula_value *ball = value_as_ball(pool, x);
        *out = value_ball(pool, 1, 1);
        arb_mat_det(arb_mat_entry((*out)->ball, 0, 0), ball->ball, pool->bits);
    }
    value_mark(*out, x, NULL);
    return value_check(*out, "a determinant", err);
}

lsa_status value_exponential(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    if (x->form == VALUE_EXACT && fmpq_mat_is_zero(x->exact)) {
        *out = formula_value_identity(pool, x->rows);
        return LSA_OK;
    }
    const formula_value *ball = value_as_ball(pool, x);
    *out = value_ball(pool, x->rows, x->cols);
    arb_mat_exp((*out)->ball, ball->ball, pool->bits);
    value_mark(*out, x, NULL);
    return value_check(*out, "an exponential", err);
}

lsa_status value_rank(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    if (x->form != VALUE_EXACT)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the rank of a matrix that is known with an error");
    fmpq_mat_t reduced;
    fmpq_mat_init(reduced, x->rows, x->cols);
    *out = formula_value_integer(pool, fmpq_mat_rref(reduced, x->exact));
    fmpq_mat_clear(reduced);
    return LSA_OK;
}

/* X = C R with C the columns of the pivots and R the rows of the reduced form that are not 0. */
static void rank_factors(formula_pool *pool, const formula_value *x, formula_value **C, formula_value **R)
{
    fmpq_mat_t reduced;
    fmpq_mat_init(reduced, x->rows, x->cols);
    const slong rank = fmpq_mat_rref(reduced, x->exact);
    *C = value_exact(pool, x->rows, rank);
    *R = value_exact(pool, rank, x->cols);
    for (slong k = 0, pivot = 0; k < rank; k++, pivot++) {
        while (fmpq_is_zero(fmpq_mat_entry(reduced, k, pivot)))
            pivot++;
        for (slong i = 0; i < x->rows; i++)
            fmpq_set(fmpq_mat_entry((*C)->exact, i, k), fmpq_mat_entry(x->exact, i, pivot));
        for (slong j = 0; j < x->cols; j++)
            fmpq_set(fmpq_mat_entry((*R)->exact, k, j), fmpq_mat_entry(reduced, k, j));
    }
    fmpq_mat_clear(reduced);
}

/* X^+ = R' (R R')^-1 (C' C)^-1 C'; balls are of full rank or the inverse says that they may not be. */
lsa_status value_pseudo_inverse(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *C, *R, *inner_R, *inner_C;
    if (x->form == VALUE_EXACT && fmpq_mat_is_zero(x->exact)) {
        *out = value_exact(pool, x->cols, x->rows);
        return LSA_OK;
    }
    if (x->form == VALUE_EXACT) {
        rank_factors(pool, x, &C, &R);
    } else if (x->rows >= x->cols) {
        C = formula_multiply(pool, formula_value_identity(pool, x->rows), x);
        R = formula_value_identity(pool, x->cols);
    } else {
        C = formula_value_identity(pool, x->rows);
        R = formula_multiply(pool, C, x);
    }
    const formula_value *Rt = formula_transpose(pool, R), *Ct = formula_transpose(pool, C);
    LSA_TRY(value_inverse(pool, formula_multiply(pool, R, Rt), &inner_R, err));
    LSA_TRY(value_inverse(pool, formula_multiply(pool, Ct, C), &inner_C, err));
    *out = formula_multiply(pool, formula_multiply(pool, Rt, inner_R), formula_multiply(pool, inner_C, Ct));
    value_mark(*out, x, NULL);
done:
    return status;
}
