/* way_whole.c - one head's form, all of whose entries are unknowns: its passes are fused. */
#include "flow/way_shared.h"
#include <math.h>

static bool rhs(flow_system *system, const double *y, double *f)
{
    const double square = flow_form_rhs(system->form, y, f);
    f[system->n] = y[system->form->u] * y[system->form->u];
    return isfinite(square + f[system->n] * f[system->n]);
}

/* The unknown s follows theta: row s of the matrix is (-2 gamma u, 1). */
static bool solve(const flow_system *system, const double *y, double gamma, double *r, double *x)
{
    const flow_form *form = system->form;
    const double coupling = 2.0 * gamma * y[form->u], rs = r[system->n];
    if (!flow_form_solve(form, y, gamma, 0.0, r, x))
        return false;
    x[system->n] = rs + coupling * x[form->u];
    return true;
}

static flow_level measure(flow_system *system, const double *y, double *f, double *gradient_norm)
{
    double excess, square;
    flow_form_level(system->form, y, &excess, &square);
    *gradient_norm = sqrt(square);
    return way_is_safe(square) ? way_level(system, excess) : way_measure(system, y, f, gradient_norm);
}

const flow_way flow_way_whole = {.form = true,
                                 .exact = true,
                                 .gap_exact = true,
                                 .rhs = rhs,
                                 .solve = solve,
                                 .jacobian = way_form_jacobian,
                                 WAY_OF_ALL_PARAMETERS,
                                 .weigh = way_weigh_block,
                                 .level = way_level_form,
                                 .measure = measure,
                                 .distance_square = way_form_distance_square,
                                 .excess = way_form_excess};
