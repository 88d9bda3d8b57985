/* way_heads.c - several merged heads that are the whole loss, by their product (flow/heads.h). */
#include "base/matrix.h"
#include "flow/way_shared.h"
#include <math.h>

static bool rhs(flow_system *system, const double *y, double *f)
{
    flow_heads_rhs(system->heads, y, f);
    return isfinite(lsa_vec_dot(system->size, f, f));
}

static bool solve(const flow_system *system, const double *y, double gamma, double *r, double *x)
{
    return flow_heads_solve(system->heads, y, gamma, r, x);
}

const flow_way flow_way_heads = {.exact = true,
                                 .gap_exact = true,
                                 .rhs = rhs,
                                 .solve = solve,
                                 .jacobian = way_polynomial_jacobian,
                                 WAY_OF_ALL_PARAMETERS,
                                 .weigh = way_weigh_entries,
                                 .level = way_level_heads,
                                 .measure = way_measure};
