/* value_axes.c - nearly orthonormal columns that make a symmetric matrix nearly diagonal.
 *
 * They only have to be good, nothing is proved here: LAPACK's vectors, refined to the precision of the balls by Ogita and Aishima's
 * step (Japan J. Indust. Appl. Math. 35, 2018), which doubles their digits with four products of matrices,
 *     R = I - V'V,  S = V'A V,  V <- V (I + E),   E_ij = (S_ij + l_j R_ij)/(l_j - l_i),  R_ij/2 within a cluster,
 * and by Jacobi's rotations what clusters leave. */
#include "base/matrix.h"
#include "formula/value_data.h"
#include <math.h>
#include <stdlib.h>

enum { SWEEPS = 60, GUARD = 20, MOST_STEPS = 12 };

void value_drop_radii(arb_mat_t A)
{
    for (slong i = 0; i < arb_mat_nrows(A); i++)
        for (slong j = 0; j < arb_mat_ncols(A); j++)
            mag_zero(arb_radref(arb_mat_entry(A, i, j)));
}

/* In the place of an exponent where all is 0: below any, and far from where sums of exponents overflow. */
static const slong none = -((slong)1 << 40);

/* log2 of the largest entry beside the diagonal; where `diagonal`, of all. */
static slong largest(const arb_mat_t A, bool diagonal)
{
    slong top = none;
    for (slong i = 0; i < arb_mat_nrows(A); i++) {
        for (slong j = 0; j < arb_mat_ncols(A); j++) {
            const arf_struct *e = arb_midref(arb_mat_entry(A, i, j));
            if ((i == j && !diagonal) || arf_is_special(e))
                continue;
            const slong exponent = arf_abs_bound_lt_2exp_si(e);
            top = exponent > top ? exponent : top;
        }
    }
    return top < -none ? top : -none; /* sums of such do not overflow */
}

/* ---------------------------------------------------------------- LAPACK's vectors */

/* Midpoints as doubles, scaled by a power of two so that the largest is about 1. */
static void to_doubles(const arb_mat_t A, double *out)
{
    const slong n = arb_mat_nrows(A);
    const slong top = largest(A, true);
    arf_t scaled;
    arf_init(scaled);
    for (slong k = 0; k < n * n; k++) {
        const arf_struct *e = arb_midref(arb_mat_entry(A, k % n, k / n));
        arf_zero(scaled);
        if (!arf_is_special(e))
            arf_mul_2exp_si(scaled, e, -top);
        out[k] = arf_get_d(scaled, ARF_RND_NEAR);
    }
    arf_clear(scaled);
}

/* The identity where LAPACK fails: the rotations do it all then. */
static void start(const arb_mat_t A, arb_mat_t V)
{
    const slong n = arb_mat_nrows(A);
    double *a = flint_malloc((size_t)(n * n + n) * sizeof *a);
    to_doubles(A, a);
    arb_mat_one(V);
    if (lsa_mat_eigen(n, a, a + n * n, a, NULL) == LSA_OK)
        for (slong k = 0; k < n * n; k++)
            arb_set_d(arb_mat_entry(V, k % n, k / n), a[k]);
    flint_free(a);
}

/* ---------------------------------------------------------------- refinement */

/* S = V'A V and R = I - V'V, midpoints. */
static void residuals(const arb_mat_t A, const arb_mat_t V, arb_mat_t S, arb_mat_t R, slong bits)
{
    const slong n = arb_mat_nrows(A);
    arb_mat_t turned, half;
    arb_mat_init(turned, n, n);
    arb_mat_init(half, n, n);
    arb_mat_transpose(turned, V);
    arb_mat_approx_mul(half, A, V, bits);
    arb_mat_approx_mul(S, turned, half, bits);
    arb_mat_approx_mul(R, turned, V, bits);
    arb_mat_neg(R, R);
    for (slong i = 0; i < n; i++)
        arb_add_ui(arb_mat_entry(R, i, i), arb_mat_entry(R, i, i), 1, bits);
    value_drop_radii(R);
    arb_mat_clear(half);
    arb_mat_clear(turned);
}

/* E_ij; entries closer than 2^cluster are a cluster. */
static void correction(arb_t e, const arb_mat_t S, const arb_mat_t R, slong i, slong j, slong cluster, slong bits)
{
    arb_t gap;
    arb_init(gap);
    arb_sub(gap, arb_mat_entry(S, j, j), arb_mat_entry(S, i, i), bits);
    mag_zero(arb_radref(gap));
    if (i == j || arf_is_zero(arb_midref(gap)) || arf_abs_bound_lt_2exp_si(arb_midref(gap)) <= cluster) {
        arb_mul_2exp_si(e, arb_mat_entry(R, i, j), -1);
    } else {
        arb_mul(e, arb_mat_entry(S, j, j), arb_mat_entry(R, i, j), bits);
        arb_add(e, e, arb_mat_entry(S, i, j), bits);
        arb_div(e, e, gap, bits);
    }
    mag_zero(arb_radref(e));
    arb_clear(gap);
}

static void improve(arb_mat_t V, const arb_mat_t S, const arb_mat_t R, slong cluster, slong bits)
{
    const slong n = arb_mat_nrows(V);
    arb_mat_t E, moved;
    arb_mat_init(E, n, n);
    arb_mat_init(moved, n, n);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            correction(arb_mat_entry(E, i, j), S, R, i, j, cluster, bits);
    arb_mat_approx_mul(moved, V, E, bits);
    arb_mat_add(V, V, moved, bits);
    value_drop_radii(V);
    arb_mat_clear(moved);
    arb_mat_clear(E);
}

/* Steps until both residuals are rounding, or grow no smaller: within a cluster whose own size is below what the vectors resolve
 * the entries of S stay, and a step that makes it worse is taken back. */
static void separate(const arb_mat_t A, arb_mat_t V, arb_mat_t S, arb_mat_t R, slong bits)
{
    const slong n = arb_mat_nrows(A);
    arb_mat_t last;
    slong before = -none;
    arb_mat_init(last, n, n);
    for (int step = 0; step <= MOST_STEPS; step++) {
        residuals(A, V, S, R, bits);
        const slong size = largest(S, true), off = largest(S, false) - size, skew = largest(R, true);
        const slong worst = off > skew ? off : skew;
        if (worst >= before)
            arb_mat_set(V, last);
        if (worst <= GUARD / 2 - bits || worst >= before || step == MOST_STEPS || worst >= 0)
            break;
        before = worst;
        arb_mat_set(last, V);
        improve(V, S, R, size + worst + 2, bits);
    }
    arb_mat_clear(last);
}

/* Then V is made orthonormal whatever it is of A, V <- V (I + R/2), which squares R: rotations keep it so. S is left as V'A V. */
static void refine(const arb_mat_t A, arb_mat_t V, arb_mat_t S, slong bits)
{
    arb_mat_t R;
    arb_mat_init(R, arb_mat_nrows(A), arb_mat_nrows(A));
    separate(A, V, S, R, bits);
    residuals(A, V, S, R, bits);
    for (int step = 0; step < MOST_STEPS && largest(R, true) > GUARD / 2 - bits; step++) {
        improve(V, S, R, -none, bits);
        residuals(A, V, S, R, bits);
    }
    arb_mat_clear(R);
}

/* ---------------------------------------------------------------- Jacobi's rotations */

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

/* Entry (p, q) below 2^-bits of the whole matrix: the balls' own rounding is as large. */
static bool is_rounding(const arb_mat_t A, slong p, slong q, slong floor)
{
    const arf_struct *e = arb_midref(arb_mat_entry(A, p, q));
    return arf_is_zero(e) || arf_abs_bound_lt_2exp_si(e) <= floor;
}

/* Turns V until A, which is spoilt, is diagonal. */
static void rotate(arb_mat_t A, arb_mat_t V, slong bits)
{
    const slong n = arb_mat_nrows(A), floor = largest(A, true) - bits + GUARD / 2;
    arb_t c, s, scratch;
    bool moved = true;
    arb_init(c);
    arb_init(s);
    arb_init(scratch);
    for (int sweep = 0; sweep < SWEEPS && moved; sweep++) {
        moved = false;
        for (slong p = 0; p < n; p++) {
            for (slong q = p + 1; q < n; q++) {
                if (is_rounding(A, p, q, floor))
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

void value_axes(const arb_mat_t A, arb_mat_t V, slong bits)
{
    const slong n = arb_mat_nrows(A), work = bits + GUARD;
    arb_mat_t middle, S;
    arb_mat_init(middle, n, n);
    arb_mat_init(S, n, n);
    arb_mat_set(middle, A);
    value_drop_radii(middle);
    start(middle, V);
    refine(middle, V, S, work);
    value_drop_radii(S);
    rotate(S, V, work);
    arb_mat_clear(S);
    arb_mat_clear(middle);
}
