/* value_symmetric.c - eigenvalues, inertia and root of a symmetric matrix.
 *
 * Eigenvalues: Jacobi's rotations on midpoints give V; whatever V is, B = V'X V and G = V'V in balls enclose. By Ostrowski the
 * eigenvalues of B are those of X times factors between the extreme eigenvalues of G, which are within |G - I|_F of 1; by
 * Weyl those of B are, in order, within |B - diag B|_F of its diagonal. So every eigenvalue is enclosed, multiple ones too.
 * Inertia of an exact matrix: Sylvester's law with rational pivots. */
#include "base/try.h"
#include "formula/value_data.h"

/* Larger exact matrices are as balls here. */
enum { EXACT_INERTIA = 60, SWEEPS = 60 };

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
static lsa_status require_symmetric(formula_pool *pool, const formula_value **given, lsa_error *err)
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

/* ---------------------------------------------------------------- Jacobi's rotations */

static void drop_radii(arb_mat_t A)
{
    for (slong i = 0; i < arb_mat_nrows(A); i++)
        for (slong j = 0; j < arb_mat_ncols(A); j++)
            mag_zero(arb_radref(arb_mat_entry(A, i, j)));
}

/* c, s of the rotation that makes entry (p, q) vanish: t = sign(h)/(|h| + sqrt(1 + h^2)), h = (a_qq - a_pp)/(2 a_pq). */
static void rotation(arb_t c, arb_t s, const arb_mat_t A, slong p, slong q, slong bits)
{
    arb_t h, t;
    arb_init(h);
    arb_init(t);
    arb_sub(h, arb_mat_entry(A, q, q), arb_mat_entry(A, p, p), bits);
    arb_div(h, h, arb_mat_entry(A, p, q), bits);
    arb_mul_2exp_si(h, h, -1);
    mag_zero(arb_radref(h));
    const bool negative = arf_sgn(arb_midref(h)) < 0;
    arb_abs(h, h);
    arb_sqr(t, h, bits);
    arb_add_ui(t, t, 1, bits);
    arb_sqrt(t, t, bits);
    arb_add(t, t, h, bits);
    arb_inv(t, t, bits);
    if (negative)
        arb_neg(t, t);
    arb_sqr(c, t, bits);
    arb_add_ui(c, c, 1, bits);
    arb_rsqrt(c, c, bits);
    arb_mul(s, t, c, bits);
    mag_zero(arb_radref(c));
    mag_zero(arb_radref(s));
    arb_clear(h);
    arb_clear(t);
}

/* (x, y) <- (c x - s y, s x + c y), midpoints. */
static void turn(arb_t x, arb_t y, const arb_t c, const arb_t s, arb_t scratch, slong bits)
{
    arb_mul(scratch, c, x, bits);
    arb_submul(scratch, s, y, bits);
    arb_mul(y, c, y, bits);
    arb_addmul(y, s, x, bits);
    arb_swap(x, scratch);
    mag_zero(arb_radref(x));
    mag_zero(arb_radref(y));
}

/* Entry (p, q) against its diagonal: below 2^-bits it is rounding. */
static bool is_rounding(const arb_mat_t A, slong p, slong q, slong bits)
{
    arf_t bound;
    arf_init(bound);
    const arf_struct *a = arb_midref(arb_mat_entry(A, p, p)), *b = arb_midref(arb_mat_entry(A, q, q));
    arf_mul_2exp_si(bound, arf_cmpabs(a, b) > 0 ? a : b, -bits - 10);
    const bool small =
        arf_is_zero(arb_midref(arb_mat_entry(A, p, q))) || arf_cmpabs(arb_midref(arb_mat_entry(A, p, q)), bound) <= 0;
    arf_clear(bound);
    return small;
}

/* V of nearly orthonormal columns that make A nearly diagonal; A is spoilt. */
static void diagonalise(arb_mat_t A, arb_mat_t V, slong bits)
{
    const slong n = arb_mat_nrows(A);
    arb_t c, s, scratch;
    bool moved = true;
    arb_init(c);
    arb_init(s);
    arb_init(scratch);
    arb_mat_one(V);
    drop_radii(A);
    for (int sweep = 0; sweep < SWEEPS && moved; sweep++) {
        moved = false;
        for (slong p = 0; p < n; p++) {
            for (slong q = p + 1; q < n; q++) {
                if (is_rounding(A, p, q, bits))
                    continue;
                moved = true;
                rotation(c, s, A, p, q, bits);
                for (slong k = 0; k < n; k++)
                    turn(arb_mat_entry(A, k, p), arb_mat_entry(A, k, q), c, s, scratch, bits);
                for (slong k = 0; k < n; k++)
                    turn(arb_mat_entry(A, p, k), arb_mat_entry(A, q, k), c, s, scratch, bits);
                for (slong k = 0; k < n; k++)
                    turn(arb_mat_entry(V, k, p), arb_mat_entry(V, k, q), c, s, scratch, bits);
            }
        }
    }
    arb_clear(c);
    arb_clear(s);
    arb_clear(scratch);
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

static bool is_diagonal(const formula_value *x)
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
static void turn_to_axes(formula_pool *pool, const formula_value *ball, arb_mat_t V, arb_mat_t B)
{
    arb_mat_t half, turned;
    const slong n = ball->rows;
    arb_mat_init(half, n, n);
    arb_mat_init(turned, n, n);
    arb_mat_set(half, ball->ball);
    diagonalise(half, V, pool->bits);
    arb_mat_mul(half, ball->ball, V, pool->bits);
    arb_mat_transpose(turned, V);
    arb_mat_mul(B, turned, half, pool->bits);
    arb_mat_clear(turned);
    arb_mat_clear(half);
}

lsa_status value_eigenvalues(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const slong n = x->rows;
    LSA_TRY(require_symmetric(pool, &x, err));
    if (x->form == VALUE_EXACT && is_diagonal(x)) {
        *out = sorted_diagonal(pool, x);
        return LSA_OK;
    }
    const formula_value *ball = value_as_ball(pool, x);
    arb_mat_t V, B;
    arb_t theta;
    mag_t off;
    arb_mat_init(V, n, n);
    arb_mat_init(B, n, n);
    arb_init(theta);
    mag_init(off);
    turn_to_axes(pool, ball, V, B);
    const bool good = stretch_of(theta, V, pool->bits);
    distance_to_diagonal(off, B, pool->bits);
    *out = value_ball(pool, n, 1);
    value_mark(*out, x, NULL);
    for (slong i = 0; i < n; i++) {
        arb_ptr e = arb_mat_entry((*out)->ball, i, 0);
        arb_set_arf(e, arb_midref(arb_mat_entry(B, i, i)));
    }
    qsort(arb_mat_entry((*out)->ball, 0, 0), (size_t)n, sizeof(arb_struct), by_midpoint);
    for (slong i = 0; i < n; i++) {
        arb_ptr e = arb_mat_entry((*out)->ball, i, 0);
        arb_add_error_mag(e, off);
        arb_div(e, e, theta, pool->bits);
    }
    mag_clear(off);
    arb_clear(theta);
    arb_mat_clear(B);
    arb_mat_clear(V);
    if (!good)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the eigenvalues of a matrix did not come out");
    LSA_TRY(value_check(*out, "an eigenvalue", err));
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

/* ---------------------------------------------------------------- inertia */

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
    LSA_TRY(require_symmetric(pool, &x, err));
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

/* ---------------------------------------------------------------- root */

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
    LSA_TRY(value_eigenvalues(pool, x, &values, err));
    arb_set(bottom, arb_mat_entry(values->ball, 0, 0));
    if (!arb_is_positive(bottom)) {
        status = arb_is_negative(bottom)
                     ? lsa_error_set(err, LSA_ERR_DOMAIN, "the root of a matrix that is not semidefinite")
                     : lsa_error_set(err, LSA_ERR_UNABLE, "the root of a matrix that may be singular");
        goto done;
    }
    turn_to_axes(pool, x, V, B);
    drop_radii(V);
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
    drop_radii(Y);
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
    LSA_TRY(require_symmetric(pool, &x, err));
    if (x->form != VALUE_EXACT || !is_diagonal(x))
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
