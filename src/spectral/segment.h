/* segment.h - a segment in the action: collocation of g = 1/u at Radau's nodes.
 *
 * The unknowns are the Chebyshev coefficients of g; the modes are eliminated by their responses, which are exact, so that
 * what is left is  g(x_i) = y(x_i)^(-1/2)  at the m nodes. Newton's method keeps the inverse of its first Jacobian. */
#ifndef LSAFLOW_SPECTRAL_SEGMENT_H
#define LSAFLOW_SPECTRAL_SEGMENT_H

#include "spectral/piece.h"

typedef struct spectral_segment spectral_segment;

typedef enum spectral_outcome {
    SPECTRAL_ACCEPTED,
    SPECTRAL_ROUGH,  /* what the last two coefficients say is above the tolerance             */
    SPECTRAL_LOST,   /* Newton's method did not converge                                      */
    SPECTRAL_CROSSED /* u^2 <= 0 at a node: the path may be on its way through a zero of u    */
} spectral_outcome;

typedef struct spectral_trial {
    spectral_outcome outcome;
    double tail; /* relative, of the last two coefficients of g, of each U_k (over the least u), and a tenth of 1/y's */
    ptrdiff_t evaluations, jacobians;
} spectral_trial;

/* Scratch for the segments of one equation: 2 KB a mode. */
lsa_status spectral_segment_create(const spectral_rule *rule, const spectral_equation *equation, spectral_segment **out,
                                   lsa_error *err);
void spectral_segment_destroy(spectral_segment *segment);
/* Tries a segment of the given length from `state`, u > 0. Accepted it fills the piece and moves the state to its end.
 * tolerance: of the tail; noise: the relative error of y by its own cancellation, which no correction can fall below. */
spectral_trial spectral_segment_try(spectral_segment *segment, const spectral_equation *equation, double length,
                                    double tolerance, double noise, spectral_state *state, spectral_piece *piece);

#endif
