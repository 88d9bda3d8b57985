/* value_root.c - the root of a symmetric semidefinite matrix. */
#include "base/try.h"
#include "formula/value_data.h"

/* Y of midpoints with Y^2 near X; then R = sqrt(X) is within |X - Y^2|_F / (least eigenvalues of R and Y, added), since
 * R (R - Y) + (R - Y) Y = X - Y^2. */
static lsa_status root_of_balls(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const slong n = x->rows;
    formula_value *values = NULL;
    arb_mat_t V, B, Y, turned;
    arb_t bottom, norm;
    mag_t error;
    arb_mat_init(V, n, n);
    arb_mat_init(B, n, n);
    arb_mat_init(Y, n, n);
    arb_mat_init(turned, n, n);
    arb_init(bottom);
    arb_init(norm);
    mag_init(error);
    value_turn_to_axes(pool, x, V, B);
    LSA_TRY(value_enclose(pool, x, V, B, &values, err));
    arb_set(bottom, arb_mat_entry(values->ball, 0, 0));
    if (!arb_is_positive(bottom)) {
        status = arb_is_negative(bottom)
                     ? lsa_error_set(err, LSA_ERR_DOMAIN, "the root of a matrix that is not semidefinite")
                     : lsa_error_set(err, LSA_ERR_UNABLE, "the root of a matrix that may be singular");
        goto done;
    }
    value_drop_radii(V);
    for (slong j = 0; j < n; j++) {
        arb_sqrtpos(norm, arb_mat_entry(B, j, j), pool->bits);
        for (slong i = 0; i < n; i++)
            arb_mul(arb_mat_entry(Y, i, j), arb_mat_entry(V, i, j), norm, pool->bits);
    }
    arb_mat_transpose(turned, V);
    arb_mat_mul(Y, Y, turned, pool->bits);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j <= i; j++) {
            arb_add(norm, arb_mat_entry(Y, i, j), arb_mat_entry(Y, j, i), pool->bits);
            arb_mul_2exp_si(norm, norm, -1);
            arb_set(arb_mat_entry(Y, i, j), norm);
            arb_set(arb_mat_entry(Y, j, i), norm);
        }
    value_drop_radii(Y);
    arb_mat_mul(B, Y, Y, pool->bits);
    arb_mat_sub(B, x->ball, B, pool->bits);
    arb_mat_frobenius_norm(norm, B, pool->bits);
    arb_sqrt(bottom, bottom, pool->bits); /* of R alone; Y is semidefinite as close as it is to R */
    arb_div(norm, norm, bottom, pool->bits);
    arb_get_mag(error, norm);
    *out = value_ball(pool, n, n);
    arb_mat_set((*out)->ball, Y);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            arb_add_error_mag(arb_mat_entry((*out)->ball, i, j), error);
    value_mark(*out, x, NULL);
done:
    mag_clear(error);
    arb_clear(norm);
    arb_clear(bottom);
    arb_mat_clear(turned);
    arb_mat_clear(Y);
    arb_mat_clear(B);
    arb_mat_clear(V);
    return status;
}

lsa_status value_root(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(value_require_symmetric(pool, &x, err));
    if (x->form != VALUE_EXACT || !value_is_diagonal(x))
        return root_of_balls(pool, value_as_ball(pool, x), out, err);
    formula_value *roots = value_exact(pool, x->rows, x->rows), *one;
    formula_value *ball = value_ball(pool, x->rows, x->rows);
    bool rational = true;
    for (ptrdiff_t i = 0; i < x->rows; i++) {
        LSA_TRY(formula_power(pool, formula_value_part(pool, x, i * (x->rows + 1), 1, 1), 1, 2, &one, err));
        rational = rational && one->form == VALUE_EXACT;
        if (one->form == VALUE_EXACT)
            fmpq_set(fmpq_mat_entry(roots->exact, i, i), fmpq_mat_entry(one->exact, 0, 0));
        arb_set(arb_mat_entry(ball->ball, i, i), arb_mat_entry(value_as_ball(pool, one)->ball, 0, 0));
    }
    *out = rational ? roots : ball;
    value_mark(*out, x, NULL);
done:
    return status;
}
