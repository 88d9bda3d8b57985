/* saddle.c - restarts on the way to the saddle at zero. */
#include "flow/saddle.h"
#include "base/matrix.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* By this the state shrinks between two restarts: an error then grows by ten, and a restart costs some thirty steps. */
static const double SHRINK = 0.1;
/* A path that merely comes down from a large start shrinks too, but not to the loss at zero: so close of L(0) - L*, which
 * label noise can make a small part of L(0). */
static const double LOSS_SHARE = 1e-2;
/* Squares of a start that was meant to be balanced cancel to a few roundings (sqrt d and a change of basis in it). */
static const double ROUNDINGS = 8.0;

/* The largest size of a block over its scale; of entries that are no unknowns, by their norm. */
static double relative_size(const flow_system *system, const double *y)
{
    double size = 0.0;
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        double own = lsa_vec_norm_max(block->rows * block->cols, y + block->offset);
        if (system->way->reduced)
            own = fmax(own, sqrt(flow_system_square(system, k, y)));
        size = fmax(size, own / system->scales[k]);
    }
    return size;
}

bool flow_saddle_shrunk(const flow_system *system, const double *y, double share)
{
    return relative_size(system, y) * system->shrink <= share;
}

bool flow_saddle_balance(const flow_invariants *invariants, const flow_system *system, const double *start,
                         double *targets)
{
    bool balanced = true;
    for (ptrdiff_t m = 0; m < invariants->count; m++) {
        double sum = 0.0;
        for (ptrdiff_t k = 0; k < invariants->blocks; k++)
            sum += fabs(invariants->exponents[k + m * invariants->blocks]) * flow_system_square(system, k, start);
        if (fabs(targets[m]) <= ROUNDINGS * DBL_EPSILON * sum)
            targets[m] = 0.0;
        balanced = balanced && targets[m] == 0.0;
    }
    return balanced;
}

static void scale(flow_system *system, double factor)
{
    system->shrink *= factor;
    lsa_vec_scale(system->n_blocks, factor, system->scales);
}

lsa_status flow_saddle_follow(flow_system *system, const flow_invariants *invariants, const double *targets,
                              flow_integrator *integrator, double loss, double *y, lsa_error *err)
{
    const double *now = flow_integrator_state(integrator), zero = lsa_program_loss_at_zero(system->program);
    const double depth = isnan(system->scale) ? fabs(zero) : fabs(system->scale);
    const bool far = !(fabs(loss - zero) <= LOSS_SHARE * depth);
    if (far && system->shrink == 1.0)
        return LSA_OK;
    const double size = relative_size(system, now);
    if (system->shrink < 1.0 && size > 2.0) /* 2: not at once smaller again */
        scale(system, fmin(1.0 / SHRINK, 1.0 / system->shrink));
    if (far || size > SHRINK || size == 0.0)
        return LSA_OK;
    scale(system, SHRINK);
    memcpy(y, now, (size_t)system->size * sizeof *y);
    const lsa_status status = flow_invariants_restore(invariants, system, targets, y, err);
    return status == LSA_OK ? flow_integrator_restart(integrator, y, err) : status;
}
