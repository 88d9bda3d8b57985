/* piece.c - evaluation of the polynomials of a piece. */
#include "spectral/piece.h"
#include "base/simd_width.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

/* The time of a segment is monotone and smooth: from anywhere Newton's method needs some six steps. */
enum { LOCATE_STEPS = 60 };
static const double LOCATED = 1e-15;

lsa_status spectral_piece_create(ptrdiff_t padded, spectral_piece **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_piece *piece = calloc(1, sizeof *piece);
    LSA_TRY_MEMORY(piece, "a piece of the path");
    piece->padded = padded;
    piece->U = malloc((size_t)(SPECTRAL_TERMS * padded) * sizeof *piece->U); /* a segment touches half of it */
    LSA_TRY_MEMORY(piece->U, "a piece of the path");
    *out = piece;
    piece = NULL;
done:
    spectral_piece_destroy(piece);
    return status;
}

void spectral_piece_destroy(spectral_piece *piece)
{
    if (piece == NULL)
        return;
    free(piece->U);
    free(piece);
}

/* The functions of x that the series are sums of. */
static void basis(const spectral_piece *piece, ptrdiff_t terms, double x, double *f)
{
    f[0] = 1.0;
    f[1] = x;
    for (ptrdiff_t j = 1; j + 1 < terms; j++)
        f[j + 1] = piece->segment ? 2.0 * x * f[j] - f[j - 1] : x * f[j];
}

/* Their derivatives, from themselves. */
static void differentiate(const spectral_piece *piece, ptrdiff_t terms, double x, const double *f, double *df)
{
    df[0] = 0.0;
    df[1] = 1.0;
    for (ptrdiff_t j = 1; j + 1 < terms; j++)
        df[j + 1] = piece->segment ? 2.0 * (f[j] + x * df[j]) - df[j - 1] : (double)(j + 1) * f[j];
}

static ptrdiff_t clock_terms(const spectral_piece *piece)
{
    return piece->segment ? SPECTRAL_NODES + 1 : SPECTRAL_TERMS;
}

/* From the smallest term on. */
static double sum(ptrdiff_t terms, const double *c, const double *f)
{
    double total = 0.0;
    for (ptrdiff_t j = terms; j-- > 0;)
        total += c[j] * f[j];
    return total;
}

EVERY_WIDTH static void combine(ptrdiff_t terms, ptrdiff_t n, const double *f, const double *restrict c,
                                double *restrict out)
{
    for (ptrdiff_t k = 0; k < n; k += SPECTRAL_LANES) {
        double lane[SPECTRAL_LANES] = {0.0};
        for (ptrdiff_t j = terms; j-- > 0;)
            for (ptrdiff_t l = 0; l < SPECTRAL_LANES; l++)
                lane[l] += f[j] * c[j * n + k + l];
        for (ptrdiff_t l = 0; l < SPECTRAL_LANES; l++)
            out[k + l] = lane[l];
    }
}

double spectral_piece_locate(const spectral_piece *piece, double time)
{
    const ptrdiff_t terms = clock_terms(piece);
    double f[SPECTRAL_TERMS], df[SPECTRAL_TERMS], low = -1.0, high = 1.0, x;
    if (!piece->segment)
        return fmin(fmax((time - piece->start_time) / piece->length, 0.0), 1.0);
    const double target = time - piece->start_time, span = piece->end_time - piece->start_time;
    x = fmin(fmax(2.0 * target / span - 1.0, -1.0), 1.0);
    for (int step = 0; step < LOCATE_STEPS && low < high; step++) {
        basis(piece, terms, x, f);
        differentiate(piece, terms, x, f, df);
        const double above = sum(terms, piece->clock, f) - target;
        if (above > 0.0)
            high = x;
        else
            low = x;
        const double next = x - above / sum(terms, piece->clock, df);
        const double kept = next >= low && next <= high ? next : 0.5 * (low + high);
        const double moved = fabs(kept - x);
        x = kept;
        if (moved <= LOCATED)
            break;
    }
    return x;
}

double spectral_piece_time(const spectral_piece *piece, double share)
{
    double f[SPECTRAL_TERMS];
    if (share >= 1.0)
        return piece->end_time;
    if (!piece->segment)
        return piece->start_time + share * piece->length;
    basis(piece, clock_terms(piece), 2.0 * share - 1.0, f);
    return piece->start_time + sum(clock_terms(piece), piece->clock, f);
}

void spectral_piece_at(const spectral_piece *piece, const spectral_equation *equation, double x, spectral_state *out)
{
    double f[SPECTRAL_TERMS];
    basis(piece, clock_terms(piece), x, f);
    combine(piece->terms, piece->padded, f, piece->U, out->U);
    const double clock = sum(clock_terms(piece), piece->clock, f);
    if (piece->segment) {
        out->action = piece->start_action + 0.5 * piece->length * (1.0 + x);
        out->time = piece->start_time + clock;
        out->u = sqrt(spectral_closure(equation, out->action, out->U));
    } else {
        out->action = piece->start_action + clock;
        out->time = piece->start_time + piece->length * x;
        out->u = sum(piece->terms, piece->u, f);
    }
}

void spectral_piece_slope(const spectral_piece *piece, double x, spectral_state *out)
{
    double f[SPECTRAL_TERMS], df[SPECTRAL_TERMS];
    basis(piece, clock_terms(piece), x, f);
    differentiate(piece, clock_terms(piece), x, f, df);
    combine(piece->terms, piece->padded, df, piece->U, out->U);
    const double clock = sum(clock_terms(piece), piece->clock, df);
    out->time = piece->segment ? clock : piece->length;
    out->action = piece->segment ? 0.5 * piece->length : clock;
    out->u = piece->segment ? (double)NAN : sum(piece->terms, piece->u, df);
}
