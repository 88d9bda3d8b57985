/* random_bounds.c - the hypothesis (4.11) of Theorem 4.5 and its constants (C.12), (C.13).  (W18)
 *
 * |Gamma|_op = (1 + 1/N) max l + (sum l + s2/psi2)/N, so E[|Gamma|_op |Lambda|_F^2] needs, beside moments, the largest
 * entry: for independent entries
 *     E[max(l) l_i^2] = int_0^inf E[l_i^2; max(l) > x] dx,
 *     E[l_i^2; max(l) > x] = E[l_i^2; l_i > x] + E[l_i^2; l_i <= x] (1 - prod_{j != i} P(l_j <= x)),
 * integrated between the points where some law has a jump or a kink. */
#include "base/special.h"
#include "base/try.h"
#include "theory/random_law.h"
#include <math.h>
#include <stdlib.h>

/* ---- The largest of independent entries ---- */

typedef struct largest {
    ptrdiff_t d;
    const lsa_law *entries;
    double *tail; /* P(l_i > x) at the point being evaluated */
} largest;

/* ln prod_j P(l_j <= x) over the factors that are not zero, and the number of those that are. */
static double log_below(const largest *m, double x, ptrdiff_t *zeros)
{
    double sum = 0.0;
    *zeros = 0;
    for (ptrdiff_t j = 0; j < m->d; j++) {
        m->tail[j] = lsa_theory_law_tail(&m->entries[j], x);
        if (m->tail[j] < 1.0)
            sum += log1p(-m->tail[j]);
        else
            (*zeros)++;
    }
    return sum;
}

/* sum_i E[l_i^2; max(l) > x]; 1 - prod_{j != i} P(l_j <= x) without cancellation where the tails are small. */
static double squares_above(double x, void *context)
{
    const largest *m = context;
    double sum = 0.0;
    ptrdiff_t zeros;
    const double all = log_below(m, x, &zeros);
    for (ptrdiff_t i = 0; i < m->d; i++) {
        const double own = m->tail[i] < 1.0 ? log1p(-m->tail[i]) : 0.0;
        const bool certain = zeros - (m->tail[i] < 1.0 ? 0 : 1) > 0;
        const double others = certain ? 1.0 : -expm1(all - own);
        const double above = lsa_theory_law_tail_square(&m->entries[i], x);
        sum += above + (lsa_theory_law_moment(&m->entries[i], 2) - above) * others;
    }
    return sum;
}

static int ascending(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Where the pieces end: every jump and kink, for unbounded laws the mean (the scale of the tail), then the top. */
static ptrdiff_t pieces(const largest *m, double *ends, double *top)
{
    ptrdiff_t count = 0;
    *top = 0.0;
    for (ptrdiff_t i = 0; i < m->d; i++) {
        const int breaks = theory_scalar_breaks(&m->entries[i], ends + count);
        if (breaks == 0)
            ends[count] = lsa_theory_law_moment(&m->entries[i], 1);
        count += breaks > 0 ? breaks : 1;
        *top = fmax(*top, theory_scalar_top(&m->entries[i]));
    }
    qsort(ends, (size_t)count, sizeof *ends, ascending);
    return count;
}

/* E[max(l) sum_i l_i^2] */
static lsa_status largest_times_squares(const lsa_theory_random *t, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *ends = calloc((size_t)t->d, 3 * sizeof *ends), from = 0.0, top, piece;
    LSA_TRY_MEMORY(ends, "the largest of random eigenvalues");
    largest m = {.d = t->d, .entries = t->entries, .tail = ends + 2 * t->d};
    const ptrdiff_t count = pieces(&m, ends, &top);
    *out = 0.0;
    for (ptrdiff_t k = 0; k <= count; k++) {
        const double to = k < count ? ends[k] : top;
        if (!(to > from))
            continue;
        LSA_TRY(lsa_quadrature(squares_above, &m, from, to, 1e-10, &piece, err));
        *out += piece;
        from = to;
    }
done:
    free(ends);
    return status;
}

/* ---- E[|Gamma|_op |Lambda|_F^2] ---- */

/* E[|Lambda|_F^2 (sum l + load)] for diagonal laws. */
static long double squares_times_trace(const lsa_theory_random *t, long double load)
{
    long double trace = 0.0L, sum = 0.0L;
    for (ptrdiff_t i = 0; i < t->d; i++)
        trace += t->moment[1][i];
    for (ptrdiff_t i = 0; i < t->d; i++)
        sum += t->moment[2][i] * (trace - t->moment[1][i] + load) + t->moment[3][i];
    return sum;
}

static lsa_status diagonal_product(const lsa_theory_random *t, long double load, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double top = 0.0;
    LSA_TRY(largest_times_squares(t, &top, err));
    *out = (double)((1.0L + t->inverse_n) * (long double)top + t->inverse_n * squares_times_trace(t, load));
done:
    return status;
}

static lsa_status mixture_product(const lsa_theory_random *t, long double load, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Q = {.d = 0};
    long double *lambda = ext_vec_create(t->d), sum = 0.0L;
    LSA_TRY_MEMORY(lambda, "the spectra of a mixture");
    for (ptrdiff_t c = 0; c < t->components; c++) {
        long double largest_one = 0.0L;
        LSA_TRY(ext_eigen(&t->Lambda[c], lambda, &Q, err));
        for (ptrdiff_t i = 0; i < t->d; i++)
            largest_one = fmaxl(largest_one, lambda[i]);
        const long double gamma =
            (1.0L + t->inverse_n) * largest_one + t->inverse_n * (ext_trace(&t->Lambda[c]) + load);
        sum += t->weights[c] * gamma * ext_inner(&t->Lambda[c], &t->Lambda[c]);
        ext_clear(&Q);
    }
    *out = (double)sum;
done:
    ext_clear(&Q);
    free(lambda);
    return status;
}

/* ---- The bounds ---- */

/* Omega = psi2 I; psi2, or 0. */
static long double isotropic(const lsa_theory_random *t)
{
    const long double psi2 = ext_entry(&t->Omega, 0, 0);
    for (ptrdiff_t i = 1; i < t->d; i++)
        if (t->Omega.kind != EXT_DIAGONAL || t->Omega.a[i] != psi2)
            return 0.0L;
    return t->Omega.kind == EXT_DIAGONAL ? psi2 : 0.0L;
}

/* tr(E[Lambda] U0 E[Lambda]) / u0 */
static lsa_status excitation(const lsa_theory_random *t, double u0, const double *U0, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix T = {.d = 0}, LTL = {.d = 0};
    LSA_TRY(ext_from_doubles(&T, t->d, 1.0, U0, err));
    LSA_TRY(ext_rotate(&LTL, &t->mean, &T, err));
    *out = (double)(ext_trace(&LTL) / (long double)u0);
done:
    ext_clear(&T);
    ext_clear(&LTL);
    return status;
}

/* The largest eigenvalue of B, and |B|_F. */
static lsa_status signal_norms(const lsa_theory_random *t, double *top, double *norm, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Q = {.d = 0};
    long double *b = ext_vec_create(t->d), largest_one = 0.0L;
    LSA_TRY_MEMORY(b, "a spectrum");
    LSA_TRY(ext_eigen(&t->signal, b, &Q, err));
    for (ptrdiff_t i = 0; i < t->d; i++)
        largest_one = fmaxl(largest_one, b[i]);
    *top = (double)largest_one;
    *norm = (double)ext_norm(&t->signal);
done:
    ext_clear(&Q);
    free(b);
    return status;
}

static double least_rate(const lsa_theory_random *t)
{
    long double least = (long double)INFINITY;
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            least = fminl(least, t->kind == LSA_COVARIANCE_MIXTURE ? theory_mixture_rate(t, i, j)
                                                                   : theory_diagonal_rate(t, i, j));
    return (double)(t->r * t->r * least);
}

/* norm_product, or why there is none. */
static lsa_status product(const lsa_theory_random *t, lsa_theory_random_bounds *out, lsa_error *err)
{
    const long double psi2 = isotropic(t);
    out->norm_product = (double)NAN;
    if (!(psi2 > 0.0L))
        out->why = "the task covariance is not a multiple of the identity";
    else if (t->kind == LSA_COVARIANCE_WISHART)
        out->why = "the largest eigenvalue of a Wishart matrix has no expectation in closed form here";
    else if (t->kind == LSA_COVARIANCE_LAWS)
        return diagonal_product(t, t->s2 / psi2, &out->norm_product, err);
    else
        return mixture_product(t, t->s2 / psi2, &out->norm_product, err);
    return LSA_OK;
}

lsa_status lsa_theory_random_bound(const lsa_theory_random *t, double u0, const double *U0,
                                   lsa_theory_random_bounds *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double root_d = sqrt((double)t->d), r = (double)t->r, psi2 = (double)isotropic(t);
    double loss = 0.0, top = 0.0, norm = 0.0;
    *out = (lsa_theory_random_bounds){.pl = (double)NAN};
    LSA_TRY(excitation(t, u0, U0, &out->excitation, err));
    LSA_TRY(product(t, out, err));
    LSA_TRY(signal_norms(t, &top, &norm, err));
    LSA_TRY(lsa_theory_random_loss(t, u0, U0, &loss, err));
    out->sigma_max = sqrt(2.0 * out->excitation / (r * root_d * out->norm_product));
    out->margin = 2.0 * out->excitation - r * root_d * u0 * u0 * out->norm_product;
    /* (C.12) has |E Lambda^2|_op = |B|_op / psi2. */
    out->u_lower = u0 * sqrt(fmax(out->margin, 0.0) * psi2 / (2.0 * root_d * top));
    if (isnan(out->margin))
        out->u_lower = (double)NAN; /* fmax would have hidden it */
    out->u_lower_loss = sqrt(fmax(lsa_theory_random_loss_at_zero(t) - loss, 0.0) / (r * norm));
    if (lsa_theory_random_is_diagonal(t))
        out->pl = 2.0 * out->u_lower * out->u_lower * least_rate(t);
done:
    return status;
}
