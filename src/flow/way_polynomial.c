/* way_polynomial.c - every parameter, by the compiled program or, of keys and queries, by one residual; Newton's systems by
 * CVODE's solvers. Comparing these ways with the exact ones compares the form with the polynomial it was found in. */
#include "base/matrix.h"
#include "flow/invariant.h"
#include "flow/way_shared.h"
#include <math.h>

/* What conserved quantities leave of the first n entries of f. */
static void project(const flow_system *system, const double *y, double *f)
{
    if (system->invariants != NULL)
        flow_invariants_project(system->invariants, system, y, f);
}

static void descend(flow_system *system, const double *y, double *f)
{
    lsa_program_gradient(system->program, system->work, y, f);
    lsa_vec_scale(system->n, -1.0, f);
    project(system, y, f);
}

static bool rhs(flow_system *system, const double *y, double *f)
{
    descend(system, y, f);
    return isfinite(lsa_vec_dot(system->size, f, f));
}

static bool rhs_with_action(flow_system *system, const double *y, double *f)
{
    descend(system, y, f);
    return way_close_rhs(system, y, f);
}

static bool rhs_of_product(flow_system *system, const double *y, double *f)
{
    flow_product_rhs(system->product, y, f);
    project(system, y, f);
    return isfinite(lsa_vec_dot(system->size, f, f));
}

static void jacobian_with_action(flow_system *system, const double *y, const double *v, double *out)
{
    way_polynomial_jacobian(system, y, v, out);
    way_close_jacobian(system, y, v, out);
}

const flow_way flow_way_polynomial = {.rhs = rhs,
                                      .jacobian = way_polynomial_jacobian,
                                      WAY_OF_ALL_PARAMETERS,
                                      .weigh = way_weigh_entries,
                                      .level = way_level_polynomial,
                                      .measure = way_measure};

const flow_way flow_way_product = {.rhs = rhs_of_product,
                                   .jacobian = way_polynomial_jacobian,
                                   WAY_OF_ALL_PARAMETERS,
                                   .weigh = way_weigh_entries,
                                   .level = way_level_polynomial,
                                   .measure = way_measure};

const flow_way flow_way_polynomial_heads = {.gap_exact = true,
                                            .rhs = rhs,
                                            .jacobian = way_polynomial_jacobian,
                                            WAY_OF_ALL_PARAMETERS,
                                            .weigh = way_weigh_entries,
                                            .level = way_level_heads,
                                            .measure = way_measure};

const flow_way flow_way_polynomial_form = {.form = true,
                                           .gap_exact = true,
                                           .rhs = rhs_with_action,
                                           .jacobian = jacobian_with_action,
                                           WAY_OF_ALL_PARAMETERS,
                                           .weigh = way_weigh_block,
                                           .level = way_level_form,
                                           .measure = way_measure,
                                           .distance_square = way_form_distance_square,
                                           .excess = way_form_excess};
