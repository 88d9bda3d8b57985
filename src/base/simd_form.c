/* simd_form.c - plain loops, compiled for each vector width. */
#include "base/simd_form.h"

#include "base/simd_width.h"

/* Sixteen partial results are two of the widest registers: one waits for its last operation while the other works. */
enum { LANES = 16 };

/* One entry's r = H e, with which f = -u r and f_u = -sum U r. */
static inline double residual(const lsa_entries *x, ptrdiff_t k)
{
    return x->H[k] * (x->u * x->U[k] - x->V[k]);
}

static inline void rhs(const lsa_entries *x, ptrdiff_t from, ptrdiff_t lanes, double *restrict f, double drive[LANES],
                       double square[LANES])
{
    for (ptrdiff_t l = 0; l < lanes; l++) {
        const double r = residual(x, from + l), g = -x->u * r;
        f[from + l] = g;
        drive[l] -= x->U[from + l] * r;
        square[l] += g * g;
    }
}

EVERY_WIDTH double lsa_simd_form_rhs(const lsa_entries *entries, double *restrict f, double *square)
{
    const lsa_entries x = *entries;
    double drive[LANES] = {0.0}, squares[LANES] = {0.0};
    ptrdiff_t k = 0;
    for (; k + LANES <= x.n; k += LANES)
        rhs(&x, k, LANES, f, drive, squares);
    rhs(&x, k, x.n - k, f, drive, squares);
    *square = lanes_sum(LANES, squares);
    return lanes_sum(LANES, drive);
}

static inline void level(const lsa_entries *x, ptrdiff_t from, ptrdiff_t lanes, double excess[LANES],
                         double square[LANES], double drive[LANES])
{
    for (ptrdiff_t l = 0; l < lanes; l++) {
        const ptrdiff_t k = from + l;
        const double e = x->u * x->U[k] - x->V[k], r = x->H[k] * e, g = x->u * r;
        excess[l] += r * e;
        square[l] += g * g;
        drive[l] -= x->U[k] * r;
    }
}

EVERY_WIDTH lsa_form_level lsa_simd_form_level(const lsa_entries *entries)
{
    const lsa_entries x = *entries;
    double excess[LANES] = {0.0}, square[LANES] = {0.0}, drive[LANES] = {0.0};
    ptrdiff_t k = 0;
    for (; k + LANES <= x.n; k += LANES)
        level(&x, k, LANES, excess, square, drive);
    level(&x, k, x.n - k, excess, square, drive);
    return (lsa_form_level){lanes_sum(LANES, excess), lanes_sum(LANES, square), lanes_sum(LANES, drive)};
}

static inline void schur(const lsa_entries *x, ptrdiff_t from, ptrdiff_t lanes, double gamma, const double *r,
                         double schur[LANES], double eliminated[LANES])
{
    for (ptrdiff_t l = 0; l < lanes; l++) {
        const ptrdiff_t k = from + l;
        const double uU = x->u * x->U[k], e = uU - x->V[k], gH = gamma * x->H[k];
        const double share = gH / (1.0 + gH * x->u * x->u), b = uU + e;
        eliminated[l] += b * r[k] * share;
        schur[l] += (x->U[k] * x->U[k] - gH * e * (uU + b)) * share;
    }
}

EVERY_WIDTH lsa_form_schur lsa_simd_form_schur(const lsa_entries *entries, double gamma, const double *r)
{
    const lsa_entries x = *entries;
    double schurs[LANES] = {0.0}, eliminated[LANES] = {0.0};
    ptrdiff_t k = 0;
    for (; k + LANES <= x.n; k += LANES)
        schur(&x, k, LANES, gamma, r, schurs, eliminated);
    schur(&x, k, x.n - k, gamma, r, schurs, eliminated);
    return (lsa_form_schur){lanes_sum(LANES, schurs), lanes_sum(LANES, eliminated)};
}

EVERY_WIDTH void lsa_simd_form_substitute(const lsa_entries *entries, double gamma, double xu, const double *r,
                                          double *x)
{
    const double *H = entries->H, *V = entries->V, *U = entries->U, u = entries->u;
    for (ptrdiff_t k = 0; k < entries->n; k++) {
        const double gH = gamma * H[k];
        x[k] = (r[k] - gH * (2.0 * u * U[k] - V[k]) * xu) / (1.0 + gH * u * u);
    }
}
