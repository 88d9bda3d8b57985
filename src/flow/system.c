/* system.c - what is the same for all ways. */
#include "flow/system.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A loss that rounding leaves open by more than this share is not known. */
static const double UNKNOWN = 1e-3;

bool flow_system_rhs(flow_system *system, const double *y, double *f)
{
    return system->way->rhs(system, y, f);
}

void flow_system_sums(const flow_system *system, const double *y, double phi[3])
{
    phi[0] = phi[1] = phi[2] = 0.0;
    if (system->way->reduced)
        flow_reduction_sums(system->reduction, y[system->n], phi);
}

double flow_system_gradient_norm(const flow_system *system, const double *y, const double *f)
{
    return system->way->gradient_norm(system, y, f);
}

double flow_system_square(const flow_system *system, ptrdiff_t k, const double *y)
{
    return system->way->square(system, &system->blocks[k], y);
}

double flow_system_rate(const flow_system *system, const double *y, const double *f)
{
    double rate = 0.0;
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        rate = fmax(rate, system->way->motion(system, &system->blocks[k], y, f) / system->scales[k]);
    if (system->way->reduced)
        rate = fmax(rate, y[system->form->u] * y[system->form->u] * system->reduction->fastest);
    return rate;
}

void flow_system_jacobian(flow_system *system, const double *y, const double *v, double *out)
{
    system->way->jacobian(system, y, v, out);
}

void flow_system_jacobian_dense(flow_system *system, const double *y, double *J, double *unit)
{
    memset(unit, 0, (size_t)system->size * sizeof *unit);
    for (ptrdiff_t j = 0; j < system->size; j++) {
        unit[j] = 1.0;
        flow_system_jacobian(system, y, unit, J + j * system->size);
        unit[j] = 0.0;
    }
}

void flow_system_hessian_dense(flow_system *system, const double *y, double *hessian, double *unit)
{
    const ptrdiff_t n = system->n;
    memset(unit, 0, (size_t)n * sizeof *unit);
    for (ptrdiff_t j = 0; j < n; j++) {
        unit[j] = 1.0;
        lsa_program_hessian(system->program, system->work, y, unit, hessian + j * n);
        unit[j] = 0.0;
    }
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            hessian[i + j * n] = hessian[j + i * n] = 0.5 * (hessian[i + j * n] + hessian[j + i * n]);
}

double flow_system_product_error(const flow_system *system, const double *y)
{
    return sqrt(system->way->distance_square(system, y) / flow_form_limit_square(system->form));
}

flow_level flow_system_level(flow_system *system, const double *y)
{
    flow_level level = system->way->level(system, y);
    if (system->rounding == NULL)
        return level;
    level.rounding = flow_rounding_eval(system->rounding, y).loss;
    if (!(level.rounding <= UNKNOWN * fabs(level.loss)))
        level.loss = level.gap = (double)NAN;
    return level;
}

bool flow_system_hides(const flow_system *system, lsa_sample sample)
{
    return system->rounding != NULL && isnan(sample.loss);
}

bool flow_system_gap_reached(const flow_system *system, lsa_sample now, double asked)
{
    return now.gap <= asked && now.rounding <= asked * fabs(system->scale);
}

flow_level flow_system_measure(flow_system *system, const double *y, double *f, double *gradient_norm)
{
    return system->way->measure(system, y, f, gradient_norm);
}

const char *flow_system_name(const flow_system *system, ptrdiff_t i, char buffer[128])
{
    if (i < system->n)
        return system->way->name(system, i, buffer);
    snprintf(buffer, 128, "the action");
    return buffer;
}
