/* way_shared.h - functions that several ways have in their tables. */
#ifndef LSAFLOW_FLOW_WAY_SHARED_H
#define LSAFLOW_FLOW_WAY_SHARED_H

#include "flow/system.h"

/* f_s = u^2, after f's first n entries; whether f is finite. */
bool way_close_rhs(const flow_system *system, const double *y, double *f);
/* out_s = 2 u v_u. */
void way_close_jacobian(const flow_system *system, const double *y, const double *v, double *out);
/* Of the form's own table: -Hessian, and the row of s. */
void way_form_jacobian(flow_system *system, const double *y, const double *v, double *out);
/* Of the polynomial. */
void way_polynomial_jacobian(flow_system *system, const double *y, const double *v, double *out);

/* Of reduced ways, with the sums of the entries that are no unknowns (flow/reduction.h): their share in u's equation, then s;
 * |grad L|, and L - L*, from those of the unknowns. */
bool way_reduced_rhs(const flow_system *system, const double *y, double *f);
double way_reduced_norm(const flow_system *system, const double *y, double kept);
double way_reduced_excess(const flow_system *system, const double *y, double kept);

/* Every parameter is an unknown. */
double way_gradient_norm(const flow_system *system, const double *y, const double *f);
double way_square(const flow_system *system, const lsa_block *block, const double *y);
double way_motion(const flow_system *system, const lsa_block *block, const double *y, const double *f);
const char *way_name(const flow_system *system, ptrdiff_t i, char buffer[128]);

/* These, in a table. */
#define WAY_OF_ALL_PARAMETERS                                                                                          \
    .gradient_norm = way_gradient_norm, .square = way_square, .motion = way_motion, .name = way_name

/* Entries of a block against its scale; and each against its own size as well, see flow/entries.h. */
void way_weigh_block(const flow_system *system, const lsa_block *block, double rtol, double scale, const double *y,
                     double *w);
void way_weigh_entries(const flow_system *system, const lsa_block *block, double rtol, double scale, const double *y,
                       double *w);

/* From L - L*. */
flow_level way_level(const flow_system *system, double excess);
/* The form's, by `excess` of the way; the heads'; the polynomial's, a difference of losses. */
flow_level way_level_form(flow_system *system, const double *y);
flow_level way_level_heads(flow_system *system, const double *y);
flow_level way_level_polynomial(flow_system *system, const double *y);
/* A right-hand side and a level. */
flow_level way_measure(flow_system *system, const double *y, double *f, double *gradient_norm);

/* Of the form's own table, the rest being zero. */
double way_form_distance_square(const flow_system *system, const double *y);
double way_form_excess(const flow_system *system, const double *y);

/* sqrt of the sum of squares of a vector; the plain sum where it is safe, for the norm takes two passes more. */
double way_norm(ptrdiff_t n, const double *x);
/* A sum of squares whose terms have neither overflowed nor vanished. */
bool way_is_safe(double square);

#endif
