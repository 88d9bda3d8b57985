/* text_points.h - loss, gradient and Hessian at a place. */
#ifndef LSAFLOW_VERIFY_TEXT_POINTS_H
#define LSAFLOW_VERIFY_TEXT_POINTS_H

#include "verify/text_world.h"

/* Larger Hessians, in parameters, would take minutes by the polynomial. */
enum { TEXT_HESSIAN = 400 };
/* Those of the program, in doubles, with their eigenvalues take a second for this many. */
enum { TEXT_NEWTON = 1000 };

/* At the run's place. */
lsa_status text_loss(text_world *w, const formula_value **out, lsa_error *err);
lsa_status text_gradient(text_world *w, const formula_node *parameter, const formula_value **out, lsa_error *err);
lsa_status text_hessian(text_world *w, const formula_value **out, lsa_error *err);
/* The gradient of every block, and the Hessian, at a place. */
lsa_status text_whole_gradient(text_world *w, const text_place *place, const formula_value **out, lsa_error *err);
/* What Newton's step would move the parameters by, size numbers: where the place is stationary but for it. The flattest `orbits`
 * directions are those of symmetries, and are left. *flat has those directions, unit vectors of size numbers. LSA_ERR_UNABLE beyond
 * TEXT_NEWTON parameters, and where a further direction is as flat
 * as rounding. */
lsa_status text_newton_step(text_world *w, const text_place *place, ptrdiff_t orbits, double **out, double **flat,
                            lsa_error *err);
lsa_status text_whole_hessian(text_world *w, const text_place *place, const formula_value **out, lsa_error *err);

#endif
