/* way_diagonal.c - u and the diagonal of U alone, (u, U_11 .. U_dd, s); what lies off it enters as sums (flow/reduction.h). */
#include "flow/way_shared.h"

static bool rhs(flow_system *system, const double *y, double *f)
{
    flow_form_rhs(system->form, y, f);
    return way_reduced_rhs(system, y, f);
}

/* Row s of the matrix is (-2 gamma u, 1); u's row has the terms gamma Phi_1 at u and -2 gamma u Phi_2 at s, which is eliminated
 * first. */
static bool solve(const flow_system *system, const double *y, double gamma, double *r, double *x)
{
    const flow_form *form = system->form;
    const double coupling = 2.0 * gamma * y[form->u], rs = r[system->n];
    double phi[3];
    flow_system_sums(system, y, phi);
    r[form->u] += coupling * phi[2] * rs;
    if (!flow_form_solve(form, y, gamma, gamma * phi[1] - coupling * coupling * phi[2], r, x))
        return false;
    x[system->n] = rs + coupling * x[form->u];
    return true;
}

static double gradient_norm(const flow_system *system, const double *y, const double *f)
{
    return way_reduced_norm(system, y, way_norm(system->n, f));
}

static double square(const flow_system *system, const lsa_block *block, const double *y)
{
    double phi[3] = {0.0};
    if (block->offset == system->form->U)
        flow_system_sums(system, y, phi);
    return way_square(system, block, y) + phi[0];
}

static double distance_square(const flow_system *system, const double *y)
{
    const double u = y[system->form->u];
    return way_form_distance_square(system, y) + u * u * flow_reduction_moving_square(system->reduction, y[system->n]);
}

static double excess(const flow_system *system, const double *y)
{
    return way_reduced_excess(system, y, way_form_excess(system, y));
}

static const char *name(const flow_system *system, ptrdiff_t i, char buffer[128])
{
    const lsa_form *form = lsa_program_form(system->program);
    return flow_entry_name(system->program, i == 0 ? form->u : form->U + (i - 1) * (form->d + 1), buffer);
}

const flow_way flow_way_diagonal = {.form = true,
                                    .reduced = true,
                                    .exact = true,
                                    .gap_exact = true,
                                    .rhs = rhs,
                                    .solve = solve,
                                    .jacobian = way_form_jacobian,
                                    .gradient_norm = gradient_norm,
                                    .square = square,
                                    .motion = way_motion,
                                    .weigh = way_weigh_block,
                                    .level = way_level_form,
                                    .measure = way_measure,
                                    .distance_square = distance_square,
                                    .excess = excess,
                                    .name = name};
