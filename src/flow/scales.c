/* scales.c - what the entries of a block are measured against, (S) of system.h, and the integrator's weights by that. */
#include "base/matrix.h"
#include "flow/system.h"
#include <math.h>
#include <string.h>

/* Of the whole start: a force that moves a block by less than this may be rounding of one that is zero. */
static const double LEAST_REACH = 1e-14;
/* A block this many times above its destination comes down from far above. Below it errors relative to the start are no
 * more than 16 of those relative to the end. */
static const double FAR = 16.0;

static ptrdiff_t size_of(const lsa_block *block)
{
    return block->rows * block->cols;
}

static bool carries_tail(const flow_system *system, const lsa_block *block)
{
    return system->way->reduced && block->offset == system->form->U;
}

/* The largest entry of block k after the step down its own gradient g that gains most, g <g, g> / <g, H g>: where a block
 * that starts at zero heads while the others stand still. INFINITY: the loss does not curve upward along it. */
static double reach(flow_system *system, ptrdiff_t k, const double *start, double *g, double *Hg)
{
    const lsa_block *block = &system->blocks[k];
    const ptrdiff_t size = size_of(block), end = block->offset + size;
    double phi[3];
    flow_system_rhs(system, start, g);
    memset(g, 0, (size_t)block->offset * sizeof *g);
    memset(g + end, 0, (size_t)(system->size - end) * sizeof *g);
    flow_system_jacobian(system, start, g, Hg);
    flow_system_sums(system, start, phi);
    const double square = lsa_vec_dot(size, g + block->offset, g + block->offset);
    const double tail = system->way->reduced && block->offset == system->form->u ? phi[1] * square : 0.0;
    const double curvature = tail - lsa_vec_dot(size, g + block->offset, Hg + block->offset);
    const double step = square / curvature;
    return curvature > 0.0 && step > 0.0 ? step * lsa_vec_norm_max(size, g + block->offset) : (double)INFINITY;
}

/* The same for a block that does not start at zero, which trial has there. */
static double reach_from_zero(flow_system *system, ptrdiff_t k, const double *start, double *g, double *Hg,
                              double *trial)
{
    const lsa_block *block = &system->blocks[k];
    memcpy(trial, start, (size_t)system->size * sizeof *trial);
    memset(trial + block->offset, 0, (size_t)size_of(block) * sizeof *trial);
    return reach(system, k, trial, g, Hg);
}

/* The largest entry of u or U at the limit: u^2 from u^2 - |U|^2 = C and |uU| = |V|, without cancellation for a negative
 * C; entries that the loss does not see stay. */
static double limit_of_form(const flow_system *system, const lsa_block *block, const double *start)
{
    const flow_form *form = system->form;
    double square = 0.0, limit = 0.0, still = 0.0;
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        if (system->blocks[k].offset == form->U)
            square = flow_system_square(system, k, start);
    const double half = 0.5 * (start[form->u] * start[form->u] - square);
    const double V2 = flow_form_limit_square(form), root = hypot(half, sqrt(V2));
    const double u = sqrt(half >= 0.0 ? half + root : V2 / (root - half));
    if (block->offset == form->u)
        return u;
    for (ptrdiff_t i = 0; i < form->count; i++)
        if (form->H[i] > 0.0)
            limit = fmax(limit, fabs(form->V[i]) / u);
        else
            still = fmax(still, fabs(start[form->U + i]));
    if (system->way->reduced)
        still = fmax(still, sqrt(system->reduction->still));
    return fmax(limit, still);
}

/* The largest entry of V = B/H, the product W at the minimum. */
static double largest_product(const lsa_form *form)
{
    double most = 0.0;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++)
            most = fmax(most, fabs(lsa_form_limit(form, i, j)));
    return most;
}

static double largest_at(const flow_system *system, ptrdiff_t offset, const double *start)
{
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        if (system->blocks[k].offset == offset)
            return lsa_vec_norm_max(size_of(&system->blocks[k]), start + offset);
    return 1.0; /* the head has no such block */
}

/* A head's block beside its others at y, where their product is `most`, W at the minimum: V/|U| for u of u U. NAN for a
 * block of no head, or one whose others are zero. */
static double share_of_product(const flow_system *system, const lsa_block *block, double most, const double *y)
{
    const lsa_form *form = lsa_program_product_form(system->program);
    for (ptrdiff_t h = 0; form != NULL && h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        const ptrdiff_t offsets[] = {head->u, head->U, head->K, head->Q};
        double others = 1.0;
        bool own = false;
        for (int k = 0; k < 4; k++) {
            own = own || offsets[k] == block->offset;
            others *= offsets[k] >= 0 && offsets[k] != block->offset ? largest_at(system, offsets[k], y) : 1.0;
        }
        if (own && others > 0.0)
            return most / others;
    }
    return (double)NAN;
}

/* Where block k is heading, if it starts far above that; else 0. */
static double floor_of(flow_system *system, ptrdiff_t k, const double *start, double own, double *g, double *Hg,
                       double *trial)
{
    const lsa_block *block = &system->blocks[k];
    const bool form = system->way->form;
    const lsa_form *product = lsa_program_product_form(system->program);
    double end = (double)NAN;
    if (form)
        end = limit_of_form(system, block, start);
    else if (product != NULL)
        end = share_of_product(system, block, largest_product(product), start);
    if (isnan(end))
        end = reach_from_zero(system, k, start, g, Hg, trial);
    return own > (form ? FAR : FAR * FAR) * end ? end : 0.0;
}

void flow_system_set_scales(flow_system *system, const double *start, double *f, double *scratch, double *trial)
{
    const double whole = lsa_vec_norm_max(system->n, start);
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        double own = lsa_vec_norm_max(size_of(block), start + block->offset);
        if (carries_tail(system, block))
            own = fmax(own, system->reduction->largest);
        system->floors[k] = own > 0.0 ? floor_of(system, k, start, own, f, scratch, trial) : 0.0;
        if (own == 0.0 && whole > 0.0)
            own = fmax(LEAST_REACH * whole, fmin(whole, reach(system, k, start, f, scratch)));
        system->scales[k] = own > 0.0 ? own : 1.0;
        if (!system->way->form)
            flow_entries_start(system->entries, block->offset, size_of(block), system->scales[k], start);
    }
}

double flow_system_scale(const flow_system *system, ptrdiff_t k, const double *y)
{
    const lsa_block *block = &system->blocks[k];
    if (system->floors[k] == 0.0)
        return system->scales[k];
    double size = lsa_vec_norm_max(size_of(block), y + block->offset);
    if (carries_tail(system, block))
        size = fmax(size, sqrt(flow_system_square(system, k, y)));
    return fmin(system->scales[k], FAR * fmax(size, system->floors[k]));
}

double flow_system_tolerance(const flow_system *system, ptrdiff_t k, double product, const double *y)
{
    if (isnan(product))
        return system->rtol;
    const double share = share_of_product(system, &system->blocks[k], product, y);
    if (isnan(share))
        return system->rtol;
    return fmax(system->rtol * fmin(1.0, FAR * share / flow_system_scale(system, k, y)), FLOW_LEAST_RTOL);
}

/* What errors of W are measured against where products cancel: the largest entry of V, or of W; else NAN. */
static double product_size(const flow_system *system, const double *y)
{
    if (system->rounding == NULL)
        return (double)NAN;
    return fmax(system->rounding->product, flow_rounding_eval(system->rounding, y).sum);
}

void flow_system_weights(const flow_system *system, const double *y, double *w)
{
    const double product = product_size(system, y);
    if (!system->way->form)
        flow_entries_update(system->entries, system->program, system->work, y);
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        system->way->weigh(system, &system->blocks[k], flow_system_tolerance(system, k, product, y),
                           flow_system_scale(system, k, y), y, w);
    if (system->way->form) {
        const double unit = system->form->H_max > 0.0 ? 1.0 / system->form->H_max : 1.0;
        w[system->n] = 1.0 / (system->rtol * (fabs(y[system->n]) + unit));
    }
}
