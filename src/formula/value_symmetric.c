/* value_symmetric.c - eigenvalues of a symmetric matrix, and singular values.
 *
 * value_axes.c gives V; whatever V is, B = V'X V and G = V'V in balls enclose. By Ostrowski the
 * eigenvalues of B are those of X times factors between the extreme eigenvalues of G, which are within |G - I|_F of 1; by
 * Weyl those of B are, in order, within |B - diag B|_F of its diagonal. So every eigenvalue is enclosed, multiple ones too. */
#include "base/try.h"
#include "formula/value_data.h"

bool value_is_symmetric(const formula_value *x)
{
    if (x->rows != x->cols)
        return false;
    for (ptrdiff_t i = 0; i < x->rows; i++)
        for (ptrdiff_t j = 0; j < i; j++)
            if (x->form == VALUE_EXACT ? !fmpq_equal(fmpq_mat_entry(x->exact, i, j), fmpq_mat_entry(x->exact, j, i))
                                       : !arb_overlaps(arb_mat_entry(x->ball, i, j), arb_mat_entry(x->ball, j, i)))
                return false;
    return true;
}

/* A computed matrix counts as symmetric where its halves differ by no more than this share of its largest entry: the mean of
 * the two, with their distance as radius, is then taken for it. */
static const double symmetric_share = 1e-9;

static formula_value *symmetrised(formula_pool *pool, const formula_value *x)
{
    formula_value *out = value_ball(pool, x->rows, x->cols);
    arb_mat_t turned;
    arb_mat_init(turned, x->cols, x->rows);
    arb_mat_transpose(turned, x->ball);
    for (ptrdiff_t i = 0; i < x->rows; i++)
        for (ptrdiff_t j = 0; j < x->cols; j++)
            arb_union(arb_mat_entry(out->ball, i, j), arb_mat_entry(x->ball, i, j), arb_mat_entry(turned, i, j),
                      pool->bits);
    arb_mat_clear(turned);
    value_mark(out, x, NULL);
    return out;
}

/* x as a symmetric matrix. */
lsa_status value_require_symmetric(formula_pool *pool, const formula_value **given, lsa_error *err)
{
    const formula_value *x = *given;
    double worst = 0.0;
    ptrdiff_t a = 0, b = 0;
    if (value_is_symmetric(x))
        return LSA_OK;
    for (ptrdiff_t i = 0; i < x->rows; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            double apart = formula_value_double(x, i, j) - formula_value_double(x, j, i);
            apart = apart < 0.0 ? -apart : apart;
            if (apart >= worst) {
                worst = apart;
                a = i;
                b = j;
            }
        }
    }
    if (x->estimated && worst <= symmetric_share * formula_value_scale(x)) {
        *given = symmetrised(pool, x);
        return LSA_OK;
    }
    return lsa_error_set(err, LSA_ERR_DOMAIN,
                         "eigenvalues of a matrix that is not symmetric: entries (%td, %td) and (%td, %td) "
                         "differ by %.3g; svdvals takes any matrix",
                         a + 1, b + 1, b + 1, a + 1, worst);
}

/* ---------------------------------------------------------------- enclosures */

/* |B - diag B|_F and the radii of the diagonal, as an upper bound. */
static void distance_to_diagonal(mag_t out, const arb_mat_t B, slong bits)
{
    arb_mat_t off;
    arb_t norm;
    arb_mat_init(off, arb_mat_nrows(B), arb_mat_ncols(B));
    arb_init(norm);
    arb_mat_set(off, B);
    for (slong i = 0; i < arb_mat_nrows(B); i++) {
        arb_ptr e = arb_mat_entry(off, i, i);
        arf_zero(arb_midref(e)); /* the midpoint is what the eigenvalue is compared with */
    }
    arb_mat_frobenius_norm(norm, off, bits);
    arb_get_mag(out, norm);
    arb_clear(norm);
    arb_mat_clear(off);
}

/* theta in [1 - g, 1 + g], g = |V'V - I|_F; false unless g < 1/2. */
static bool stretch_of(arb_t theta, const arb_mat_t V, slong bits)
{
    arb_mat_t G, turned;
    arb_t norm;
    mag_t g;
    const slong n = arb_mat_nrows(V);
    arb_mat_init(G, n, n);
    arb_mat_init(turned, n, n);
    arb_init(norm);
    mag_init(g);
    arb_mat_transpose(turned, V);
    arb_mat_mul(G, turned, V, bits);
    for (slong i = 0; i < n; i++)
        arb_sub_ui(arb_mat_entry(G, i, i), arb_mat_entry(G, i, i), 1, bits);
    arb_mat_frobenius_norm(norm, G, bits);
    arb_get_mag(g, norm);
    arb_one(theta);
    arb_add_error_mag(theta, g);
    const bool good = mag_cmp_2exp_si(g, -1) < 0;
    mag_clear(g);
    arb_clear(norm);
    arb_mat_clear(turned);
    arb_mat_clear(G);
    return good;
}

static int by_midpoint(const void *a, const void *b)
{
    return arf_cmp(arb_midref((const arb_struct *)a), arb_midref((const arb_struct *)b));
}

static int by_size(const void *a, const void *b)
{
    return fmpq_cmp((const fmpq *)a, (const fmpq *)b);
}

bool value_is_diagonal(const formula_value *x)
{
    for (ptrdiff_t i = 0; i < x->rows; i++)
        for (ptrdiff_t j = 0; j < x->cols; j++)
            if (i != j && !fmpq_is_zero(fmpq_mat_entry(x->exact, i, j)))
                return false;
    return true;
}

static formula_value *sorted_diagonal(formula_pool *pool, const formula_value *x)
{
    formula_value *out = value_exact(pool, x->rows, 1);
    for (ptrdiff_t i = 0; i < x->rows; i++)
        fmpq_set(fmpq_mat_entry(out->exact, i, 0), fmpq_mat_entry(x->exact, i, i));
    qsort(fmpq_mat_entry(out->exact, 0, 0), (size_t)x->rows, sizeof(fmpq), by_size);
    value_mark(out, x, NULL);
    return out;
}

/* V, and B = V'X V. */
void value_turn_to_axes(formula_pool *pool, const formula_value *ball, arb_mat_t V, arb_mat_t B)
{
    arb_mat_t half, turned;
    const slong n = ball->rows;
    arb_mat_init(half, n, n);
    arb_mat_init(turned, n, n);
    value_axes(ball->ball, V, pool->bits);
    arb_mat_mul(half, ball->ball, V, pool->bits);
    arb_mat_transpose(turned, V);
    arb_mat_mul(B, turned, half, pool->bits);
    arb_mat_clear(turned);
    arb_mat_clear(half);
}

lsa_status value_enclose(formula_pool *pool, const formula_value *x, const arb_mat_t V, const arb_mat_t B,
                         formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const slong n = x->rows;
    arb_t theta;
    mag_t off;
    arb_init(theta);
    mag_init(off);
    const bool good = stretch_of(theta, V, pool->bits);
    distance_to_diagonal(off, B, pool->bits);
    *out = value_ball(pool, n, 1);
    value_mark(*out, x, NULL);
    for (slong i = 0; i < n; i++)
        arb_set_arf(arb_mat_entry((*out)->ball, i, 0), arb_midref(arb_mat_entry(B, i, i)));
    qsort(arb_mat_entry((*out)->ball, 0, 0), (size_t)n, sizeof(arb_struct), by_midpoint);
    for (slong i = 0; i < n; i++) {
        arb_ptr e = arb_mat_entry((*out)->ball, i, 0);
        arb_add_error_mag(e, off);
        arb_div(e, e, theta, pool->bits);
    }
    mag_clear(off);
    arb_clear(theta);
    if (!good)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the eigenvalues of a matrix did not come out");
    LSA_TRY(value_check(*out, "an eigenvalue", err));
done:
    return status;
}

lsa_status value_eigenvalues(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    arb_mat_t V, B;
    LSA_TRY(value_require_symmetric(pool, &x, err));
    if (x->form == VALUE_EXACT && value_is_diagonal(x)) {
        *out = sorted_diagonal(pool, x);
        return LSA_OK;
    }
    arb_mat_init(V, x->rows, x->rows);
    arb_mat_init(B, x->rows, x->rows);
    value_turn_to_axes(pool, value_as_ball(pool, x), V, B);
    status = value_enclose(pool, x, V, B, out, err);
    arb_mat_clear(B);
    arb_mat_clear(V);
done:
    return status;
}

lsa_status value_singular_values(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *squares, *root;
    const formula_value *turned = formula_transpose(pool, x);
    const formula_value *square =
        x->rows <= x->cols ? formula_multiply(pool, x, turned) : formula_multiply(pool, turned, x);
    LSA_TRY(value_eigenvalues(pool, square, &squares, err));
    const formula_value **roots = flint_malloc((size_t)squares->rows * sizeof *roots);
    for (ptrdiff_t i = 0; i < squares->rows && status == LSA_OK; i++) {
        formula_value *one = formula_value_part(pool, squares, i, 1, 1);
        if (one->form == VALUE_BALL && arb_is_negative(arb_mat_entry(one->ball, 0, 0)))
            arb_zero(arb_mat_entry(one->ball, 0, 0)); /* of a square: it cannot be */
        status = formula_power(pool, one, 1, 2, &root, err);
        roots[i] = root;
    }
    if (status == LSA_OK)
        *out = formula_value_stack(pool, (int)squares->rows, roots);
    flint_free(roots);
done:
    return status;
}
