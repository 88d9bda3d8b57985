/* way_shared.c - what ways have in common. */
#include "flow/way_shared.h"
#include "base/matrix.h"
#include "base/simd_vector.h"
#include <math.h>
#include <stdio.h>

bool way_is_safe(double square)
{
    return square > 1e-280 && square < 1e280;
}

double way_norm(ptrdiff_t n, const double *x)
{
    const double square = lsa_vec_dot(n, x, x);
    return way_is_safe(square) ? sqrt(square) : lsa_vec_norm(n, x);
}

bool way_close_rhs(const flow_system *system, const double *y, double *f)
{
    f[system->n] = y[system->form->u] * y[system->form->u];
    return isfinite(lsa_vec_dot(system->size, f, f));
}

bool way_reduced_rhs(const flow_system *system, const double *y, double *f)
{
    double phi[3];
    flow_system_sums(system, y, phi);
    f[system->form->u] -= y[system->form->u] * phi[1];
    return way_close_rhs(system, y, f);
}

double way_reduced_norm(const flow_system *system, const double *y, double kept)
{
    double phi[3];
    const double u = y[system->form->u];
    flow_system_sums(system, y, phi);
    return hypot(kept, u * u * sqrt(fmax(phi[2], 0.0)));
}

double way_reduced_excess(const flow_system *system, const double *y, double kept)
{
    double phi[3];
    const double u = y[system->form->u];
    flow_system_sums(system, y, phi);
    return kept + 0.5 * u * u * fmax(phi[1], 0.0);
}

void way_close_jacobian(const flow_system *system, const double *y, const double *v, double *out)
{
    out[system->n] = 2.0 * y[system->form->u] * v[system->form->u];
}

void way_form_jacobian(flow_system *system, const double *y, const double *v, double *out)
{
    flow_form_hessian(system->form, y, v, out);
    lsa_vec_scale(system->n, -1.0, out);
    way_close_jacobian(system, y, v, out);
}

void way_polynomial_jacobian(flow_system *system, const double *y, const double *v, double *out)
{
    lsa_program_hessian(system->program, system->work, y, v, out);
    lsa_vec_scale(system->n, -1.0, out);
}

double way_gradient_norm(const flow_system *system, const double *y, const double *f)
{
    (void)y;
    return way_norm(system->n, f);
}

double way_square(const flow_system *system, const lsa_block *block, const double *y)
{
    (void)system;
    return lsa_vec_dot(block->rows * block->cols, y + block->offset, y + block->offset);
}

double way_motion(const flow_system *system, const lsa_block *block, const double *y, const double *f)
{
    (void)system;
    (void)y;
    return lsa_vec_norm_max(block->rows * block->cols, f + block->offset);
}

const char *way_name(const flow_system *system, ptrdiff_t i, char buffer[128])
{
    return flow_entry_name(system->program, i, buffer);
}

void way_weigh_block(const flow_system *system, const lsa_block *block, double rtol, double scale, const double *y,
                     double *w)
{
    (void)system;
    lsa_simd_weights(block->rows * block->cols, rtol, scale, y + block->offset, w + block->offset);
}

void way_weigh_entries(const flow_system *system, const lsa_block *block, double rtol, double scale, const double *y,
                       double *w)
{
    flow_entries_weights(system->entries, block->offset, block->rows * block->cols, rtol, scale, y, w);
}

flow_level way_level(const flow_system *system, double excess)
{
    return (flow_level){.loss = system->minimum + excess, .gap = system->scale > 0.0 ? excess / system->scale : 0.0};
}

flow_level way_level_form(flow_system *system, const double *y)
{
    return way_level(system, system->way->excess(system, y));
}

flow_level way_level_heads(flow_system *system, const double *y)
{
    return way_level(system, flow_heads_excess(system->heads, y));
}

flow_level way_level_polynomial(flow_system *system, const double *y)
{
    const double loss = lsa_program_loss(system->program, system->work, y);
    return (flow_level){.loss = loss, .gap = (loss - system->minimum) / system->scale};
}

flow_level way_measure(flow_system *system, const double *y, double *f, double *gradient_norm)
{
    system->way->rhs(system, y, f);
    *gradient_norm = system->way->gradient_norm(system, y, f);
    return flow_system_level(system, y);
}

double way_form_distance_square(const flow_system *system, const double *y)
{
    return flow_form_distance_square(system->form, y);
}

double way_form_excess(const flow_system *system, const double *y)
{
    double excess, square;
    flow_form_level(system->form, y, &excess, &square);
    return excess;
}
