/* spectral_path.h - a whole path of the scalar equation, piece by piece, as a function that can be evaluated at any time.
 *
 * Taylor steps in the time while u grows from the saddle or falls through zero, elsewhere segments in the action that grow
 * geometrically with it: some 10 to 60 pieces from the saddle to the end, whatever the rates. The method shares no
 * stepping with a solver of the differential equation; docs/decisions/spectral-paths.md says why it is as it is.
 *
 * Not every path can be had in doubles. c is a difference of squares, and u^2 = c + ... cancels where c < 0; and past the
 * saddle at zero the path is what rounding has left of the start. A path that would lose more than its promise by either
 * is refused.
 *
 * Checked: unit/spectral, property/spectral, property/flow_spectral. */
#ifndef LSAFLOW_SPECTRAL_SPECTRAL_PATH_H
#define LSAFLOW_SPECTRAL_SPECTRAL_PATH_H

#include "lsaflow/status.h"
#include "spectral/equation.h"
#include "spectral/piece.h"
#include "spectral/rule.h"
#include <stdbool.h>

/* The tail of g and of each U_k that a segment is accepted with: it leaves errors of 1e-15 to 2e-13 of u. */
#define SPECTRAL_TOLERANCE 1e-12

typedef struct spectral_path spectral_path;

typedef struct spectral_counts {
    ptrdiff_t taylor, segments, refused, evaluations, jacobians;
} spectral_counts;

/* Copies the problem; the rule must outlive the path. keep: all pieces, so that any time may be asked for; else the last
 * alone.
 * LSA_ERR_DOMAIN   numbers out of range.
 * LSA_ERR_UNABLE   no mode; more modes than memory is meant for; u^2 - |U|^2 so far below 0 that u^2 cancels in it. */
lsa_status spectral_path_create(const spectral_rule *rule, const spectral_problem *problem, bool keep,
                                spectral_path **out, lsa_error *err);
void spectral_path_destroy(spectral_path *path);

/* One piece more. LSA_ERR_UNABLE where the path comes so near to the saddle that rounding decides what follows,
 * LSA_ERR_SOLVER where no segment is accepted. */
lsa_status spectral_path_advance(spectral_path *path, lsa_error *err);

const spectral_equation *spectral_path_equation(const spectral_path *path);
/* NULL before the first piece. */
const spectral_piece *spectral_path_last(const spectral_path *path);
/* The time reached. */
double spectral_path_time(const spectral_path *path);
/* The point at a time that a kept piece holds; U: `padded` numbers of the equation, the first `count` its modes. */
void spectral_path_at(const spectral_path *path, double time, spectral_state *out);
/* What rounding of the start and of y may have changed in u, relative. */
double spectral_path_noise(const spectral_path *path);
spectral_counts spectral_path_counts(const spectral_path *path);

#endif
