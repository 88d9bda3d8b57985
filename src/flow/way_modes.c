/* way_modes.c - the diagonal compressed, (u, Z_1 .. Z_m, s): flow/modes.h; beside it the sums of flow/reduction.h. */
#include "flow/way_shared.h"
#include <math.h>
#include <stdio.h>

static bool is_U(const flow_system *system, const lsa_block *block)
{
    return block->offset == system->form->U;
}

static bool rhs(flow_system *system, const double *y, double *f)
{
    flow_modes_rhs(system->modes, y, f);
    return way_reduced_rhs(system, y, f);
}

static bool solve(const flow_system *system, const double *y, double gamma, double *r, double *x)
{
    double phi[3];
    flow_system_sums(system, y, phi);
    return flow_modes_solve(system->modes, y, gamma, phi, r, x);
}

static double gradient_norm(const flow_system *system, const double *y, const double *f)
{
    return way_reduced_norm(system, y, hypot(f[0], sqrt(flow_modes_gradient_square(system->modes, y))));
}

static double square(const flow_system *system, const lsa_block *block, const double *y)
{
    double phi[3];
    if (!is_U(system, block))
        return way_square(system, block, y);
    flow_system_sums(system, y, phi);
    return flow_modes_square(system->modes, y) + phi[0];
}

static double motion(const flow_system *system, const lsa_block *block, const double *y, const double *f)
{
    return is_U(system, block) ? flow_modes_rate(system->modes, y, f) : way_motion(system, block, y, f);
}

static void weigh(const flow_system *system, const lsa_block *block, double rtol, double scale, const double *y,
                  double *w)
{
    if (is_U(system, block))
        flow_modes_weights(system->modes, y, rtol, scale, w);
    else
        way_weigh_block(system, block, rtol, scale, y, w);
}

static double distance_square(const flow_system *system, const double *y)
{
    const double u = y[system->form->u];
    return flow_modes_distance_square(system->modes, y) +
           u * u * flow_reduction_moving_square(system->reduction, y[system->n]);
}

static double excess(const flow_system *system, const double *y)
{
    return way_reduced_excess(system, y, flow_modes_excess(system->modes, y));
}

static const char *name(const flow_system *system, ptrdiff_t i, char buffer[128])
{
    if (i == 0)
        return flow_entry_name(system->program, lsa_program_form(system->program)->u, buffer);
    snprintf(buffer, 128, "Z, U's response at the rate %.3g,", system->modes->rates[i - 1]);
    return buffer;
}

const flow_way flow_way_modes = {.form = true,
                                 .reduced = true,
                                 .exact = true,
                                 .gap_exact = true,
                                 .rhs = rhs,
                                 .solve = solve,
                                 .gradient_norm = gradient_norm,
                                 .square = square,
                                 .motion = motion,
                                 .weigh = weigh,
                                 .level = way_level_form,
                                 .measure = way_measure,
                                 .distance_square = distance_square,
                                 .excess = excess,
                                 .name = name};
