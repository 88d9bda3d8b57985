/* piece.h - one piece of a path as polynomials: a Taylor step in the time, or a segment in the action.
 *
 * Both are sums of functions of x: of powers of x = (t - t0)/length on [0, 1], or of Chebyshev's polynomials of x on
 * [-1, 1], s = s0 + length (1 + x)/2. */
#ifndef LSAFLOW_SPECTRAL_PIECE_H
#define LSAFLOW_SPECTRAL_PIECE_H

#include "lsaflow/status.h"
#include "spectral/equation.h"
#include "spectral/rule.h"
#include <stdbool.h>

enum { SPECTRAL_DEGREE = 28, SPECTRAL_TERMS = SPECTRAL_DEGREE + 1 };

typedef struct spectral_piece {
    bool segment;
    double sign; /* u and U of the path are `sign` times what the series say   */
    double length;
    double start_time, end_time, start_action, end_action;
    ptrdiff_t terms;              /* of U: SPECTRAL_TERMS, or SPECTRAL_NODES   */
    double clock[SPECTRAL_TERMS]; /* Taylor step: its action; segment: its time, terms + 1 */
    double u[SPECTRAL_TERMS];     /* of a Taylor step                          */
    ptrdiff_t padded;
    double *U; /* terms x padded */
} spectral_piece;

/* Room for either kind. */
lsa_status spectral_piece_create(ptrdiff_t padded, spectral_piece **out, lsa_error *err);
void spectral_piece_destroy(spectral_piece *piece);

/* Where in the piece a time lies, held to its ends. */
double spectral_piece_locate(const spectral_piece *piece, double time);
/* The time at that share of the piece, 0 .. 1, of its time (Taylor step) or its action. */
double spectral_piece_time(const spectral_piece *piece, double share);
/* The point at x; out->U: `padded` numbers. u comes from the conserved quantity, in a Taylor step from its series. */
void spectral_piece_at(const spectral_piece *piece, const spectral_equation *equation, double x, spectral_state *out);
/* d/dx of all of it. */
void spectral_piece_slope(const spectral_piece *piece, double x, spectral_state *out);

#endif
