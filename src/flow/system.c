/* system.c - right-hand side, Jacobian and error weights of the flow.
 *
 * With the arrowhead the right-hand side is the form itself, one pass over d^2 entries; the other methods evaluate the
 * compiled program, so that comparing methods also compares the form with the polynomial it was found in. */
#include "flow/system.h"
#include "base/matrix.h"
#include "base/simd_vector.h"
#include "base/try.h"
#include "flow/invariant.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Up to this size a dense factorisation is as fast as Krylov iterations or faster, over full layers, keys and queries and
 * condition numbers from 100 to 1000. */
static const ptrdiff_t DENSE_AUTO = 100;
/* A dense matrix and its factor of this size take half a gigabyte. */
static const ptrdiff_t DENSE_LIMIT = 5600;
/* A loss that rounding leaves open by more than this share is not known. */
static const double UNKNOWN = 1e-3;

const char *flow_method_text(lsa_method method)
{
    switch (method) {
    case LSA_METHOD_ARROWHEAD:
        return "arrowhead";
    case LSA_METHOD_KRYLOV:
        return "krylov";
    case LSA_METHOD_DENSE:
        return "dense";
    case LSA_METHOD_REDUCED:
        return "reduced";
    case LSA_METHOD_SPECTRAL:
        return "spectral";
    default:
        return "auto";
    }
}

/* The parameters are those of merged heads and no others. */
static bool has_only_heads(const lsa_program *program)
{
    const lsa_form *form = lsa_program_product_form(program);
    return flow_heads_apply(form) && !form->partial && lsa_program_block_count(program) == 2 * form->n_heads;
}

lsa_status flow_system_choose(const lsa_program *program, lsa_method asked, bool may_reduce, lsa_method *out,
                              lsa_error *err)
{
    const ptrdiff_t n = lsa_program_size(program);
    const bool form = lsa_program_form(program) != NULL, reducible = flow_reduction_applies(program);
    const bool arrowhead = form || has_only_heads(program);
    if (asked == LSA_METHOD_AUTO && arrowhead)
        asked = may_reduce && reducible ? LSA_METHOD_REDUCED : LSA_METHOD_ARROWHEAD;
    else if (asked == LSA_METHOD_AUTO)
        asked = n <= DENSE_AUTO ? LSA_METHOD_DENSE : LSA_METHOD_KRYLOV;
    const bool one_head = asked == LSA_METHOD_REDUCED || asked == LSA_METHOD_SPECTRAL;
    if (one_head && arrowhead && !form)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the method `%s` needs a single head; use arrowhead, krylov or dense",
                             flow_method_text(asked));
    if ((one_head || asked == LSA_METHOD_ARROWHEAD) && !arrowhead)
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "the method `%s` needs a loss of the form 1/2 <W, H o W> - <B, W>, W = u U or a sum of such "
            "heads, this one is not; use krylov or dense",
            flow_method_text(asked));
    if (asked == LSA_METHOD_REDUCED && !reducible)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the method `reduced` needs a B that is diagonal in the basis of H (Lambda and Omega that "
                             "commute); use arrowhead, krylov or dense");
    if (asked == LSA_METHOD_DENSE && n + form > DENSE_LIMIT)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the method `dense` stops at %td unknowns, here are %td; use krylov",
                             DENSE_LIMIT, n + form);
    *out = asked;
    return LSA_OK;
}

static void set_minimum(flow_system *system, double minimum)
{
    const flow_form *form = system->form;
    if (system->only_heads)
        form = system->heads->table;
    system->minimum = form != NULL ? form->minimum : minimum;
    system->scale = form != NULL ? form->scale : lsa_program_loss_at_zero(system->program) - system->minimum;
}

static lsa_status place_blocks(flow_system *system, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(system->program);
    system->n_blocks = lsa_program_block_count(system->program);
    system->blocks = calloc((size_t)system->n_blocks, sizeof *system->blocks);
    LSA_TRY_MEMORY(system->blocks, "the blocks");
    system->scales = lsa_vec_create(system->n_blocks);
    LSA_TRY_MEMORY(system->scales, "the scales of the blocks");
    system->floors = lsa_vec_create(system->n_blocks);
    LSA_TRY_MEMORY(system->floors, "the scales of the blocks");
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        lsa_block *block = &system->blocks[k];
        *block = *lsa_program_block(system->program, k);
        if (system->reduction != NULL) {
            block->cols = 1;
            block->offset = block->offset == form->u ? system->form->u : system->form->U;
        }
    }
done:
    return status;
}

/* Where they are the whole loss and it is no form of one head; for Krylov iterations, wherever they occur. */
static lsa_status create_heads(flow_system *system, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_product_form(system->program);
    system->only_heads = system->form == NULL && has_only_heads(system->program);
    if (system->only_heads || (system->method == LSA_METHOD_KRYLOV && flow_heads_apply(form)))
        LSA_TRY(flow_heads_create(form, &system->heads, err));
    if (system->method == LSA_METHOD_KRYLOV)
        LSA_TRY(flow_preconditioner_create(system->program, system->work, system->size, system->heads,
                                           &system->preconditioner, err));
done:
    return status;
}

lsa_status flow_system_create(const lsa_program *program, lsa_method method, double minimum, const double *start,
                              flow_system **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(program);
    const bool spectral = method == LSA_METHOD_SPECTRAL;
    const bool reduced = method == LSA_METHOD_REDUCED || (spectral && flow_reduction_applies(program));
    flow_system *system = calloc(1, sizeof *system);
    LSA_TRY_MEMORY(system, "the flow's system");
    system->program = program;
    system->shrink = 1.0;
    system->bound = (double)NAN;
    system->method = method;
    system->by_form = method == LSA_METHOD_ARROWHEAD || reduced || spectral;
    system->n = reduced ? form->d + 1 : lsa_program_size(program);
    system->size = system->n + (form != NULL);
    if (reduced) {
        LSA_TRY(flow_form_create_diagonal(form, &system->form, err));
        LSA_TRY(flow_reduction_create(program, start, &system->reduction, err));
    } else {
        LSA_TRY(lsa_workspace_create(program, &system->work, err));
        if (form != NULL)
            LSA_TRY(flow_form_create(form, &system->form, err));
        LSA_TRY(create_heads(system, err));
    }
    if (flow_product_applies(program))
        LSA_TRY(flow_product_create(program, method == LSA_METHOD_DENSE, &system->product, err));
    if (form == NULL)
        LSA_TRY(flow_entries_create(system->n, &system->entries, err));
    LSA_TRY(place_blocks(system, err));
    set_minimum(system, minimum);
    *out = system;
    system = NULL;
done:
    flow_system_destroy(system);
    return status;
}

void flow_system_destroy(flow_system *system)
{
    if (system == NULL)
        return;
    if (system->modes == NULL) {
        flow_form_destroy(system->form);
        flow_reduction_destroy(system->reduction);
    }
    flow_modes_destroy(system->modes);
    flow_preconditioner_destroy(system->preconditioner);
    flow_heads_destroy(system->heads);
    lsa_workspace_destroy(system->work);
    flow_rounding_destroy(system->rounding);
    flow_entries_destroy(system->entries);
    flow_product_destroy(system->product);
    free(system->blocks);
    free(system->scales);
    free(system->floors);
    free(system);
}

lsa_status flow_system_watch_rounding(flow_system *system, lsa_error *err)
{
    bool far = false;
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        far = far || system->floors[k] > 0.0;
    if (!far || !flow_rounding_applies(lsa_program_product_form(system->program)))
        return LSA_OK;
    return flow_rounding_create(system->program, &system->rounding, err);
}

static lsa_status copy_blocks(const flow_system *from, flow_system *to, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t count = (size_t)from->n_blocks;
    to->blocks = calloc(count, sizeof *to->blocks);
    to->scales = calloc(count, sizeof *to->scales);
    to->floors = calloc(count, sizeof *to->floors);
    LSA_TRY_MEMORY(to->blocks, "the blocks");
    LSA_TRY_MEMORY(to->scales, "the scales of the blocks");
    LSA_TRY_MEMORY(to->floors, "the scales of the blocks");
    memcpy(to->blocks, from->blocks, count * sizeof *to->blocks);
    memcpy(to->scales, from->scales, count * sizeof *to->scales);
done:
    return status;
}

lsa_status flow_system_compress(flow_system *system, const double *start, flow_system **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_modes *modes = NULL;
    flow_system *path = NULL;
    *out = NULL;
    if (system->method != LSA_METHOD_REDUCED || !(flow_system_level(system, start).gap < 1.0))
        goto done;
    LSA_TRY(flow_modes_create(system->form, start + system->form->U, &modes, err));
    if (modes == NULL)
        goto done;
    path = malloc(sizeof *path);
    LSA_TRY_MEMORY(path, "the compressed path");
    *path = *system;
    path->modes = modes;
    modes = NULL;
    path->n = path->modes->count + 1;
    path->size = path->n + 1;
    LSA_TRY(copy_blocks(system, path, err));
    for (ptrdiff_t k = 0; k < path->n_blocks; k++)
        if (path->blocks[k].offset == system->form->U)
            path->blocks[k].rows = path->modes->count;
    *out = path;
    path = NULL;
done:
    flow_modes_destroy(modes);
    flow_system_destroy(path);
    return status;
}

/* One head's form, all of whose entries are unknowns: its passes are fused. */
static bool has_whole_form(const flow_system *system)
{
    return system->by_form && system->form != NULL && system->reduction == NULL;
}

static bool whole_form_rhs(const flow_system *system, const double *y, double *f)
{
    const double square = flow_form_rhs(system->form, y, f);
    f[system->n] = y[system->form->u] * y[system->form->u];
    return isfinite(square + f[system->n] * f[system->n]);
}

bool flow_system_rhs(flow_system *system, const double *y, double *f)
{
    if (has_whole_form(system))
        return whole_form_rhs(system, y, f);
    if (system->modes != NULL) {
        flow_modes_rhs(system->modes, y, f);
    } else if (system->by_form && system->form != NULL) {
        flow_form_rhs(system->form, y, f);
    } else if (system->by_form) {
        flow_heads_rhs(system->heads, y, f);
    } else {
        if (system->product != NULL) {
            flow_product_rhs(system->product, y, f);
        } else {
            lsa_program_gradient(system->program, system->work, y, f);
            lsa_vec_scale(system->n, -1.0, f);
        }
        if (system->invariants != NULL)
            flow_invariants_project(system->invariants, system, y, f);
    }
    if (system->reduction != NULL) {
        double phi[3];
        flow_system_sums(system, y, phi);
        f[system->form->u] -= y[system->form->u] * phi[1];
    }
    if (system->form != NULL)
        f[system->n] = y[system->form->u] * y[system->form->u];
    return isfinite(lsa_vec_dot(system->size, f, f));
}

void flow_system_sums(const flow_system *system, const double *y, double phi[3])
{
    phi[0] = phi[1] = phi[2] = 0.0;
    if (system->reduction != NULL)
        flow_reduction_sums(system->reduction, y[system->n], phi);
}

/* A sum of squares whose terms have neither overflowed nor vanished. */
static bool is_safe(double square)
{
    return square > 1e-280 && square < 1e280;
}

/* The plain sum where it is safe: the norm takes two passes more. */
static double norm(ptrdiff_t n, const double *x)
{
    const double square = lsa_vec_dot(n, x, x);
    return is_safe(square) ? sqrt(square) : lsa_vec_norm(n, x);
}

double flow_system_gradient_norm(const flow_system *system, const double *y, const double *f)
{
    if (system->reduction == NULL)
        return norm(system->n, f);
    double phi[3];
    const double kept =
        system->modes != NULL ? hypot(f[0], sqrt(flow_modes_gradient_square(system->modes, y))) : norm(system->n, f);
    const double u = y[system->form->u];
    flow_system_sums(system, y, phi);
    return hypot(kept, u * u * sqrt(fmax(phi[2], 0.0)));
}

double flow_system_square(const flow_system *system, ptrdiff_t k, const double *y)
{
    double phi[3] = {0.0};
    const lsa_block *block = &system->blocks[k];
    if (system->reduction != NULL && block->offset == system->form->U)
        flow_system_sums(system, y, phi);
    if (system->modes != NULL && block->offset == system->form->U)
        return flow_modes_square(system->modes, y) + phi[0];
    return lsa_vec_dot(block->rows * block->cols, y + block->offset, y + block->offset) + phi[0];
}

double flow_system_rate(const flow_system *system, const double *y, const double *f)
{
    double rate = 0.0;
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        const double motion = system->modes != NULL && block->offset == system->form->U
                                  ? flow_modes_rate(system->modes, y, f)
                                  : lsa_vec_norm_max(block->rows * block->cols, f + block->offset);
        rate = fmax(rate, motion / system->scales[k]);
    }
    if (system->reduction != NULL)
        rate = fmax(rate, y[system->form->u] * y[system->form->u] * system->reduction->fastest);
    return rate;
}

void flow_system_jacobian(flow_system *system, const double *y, const double *v, double *out)
{
    if (system->by_form && system->form != NULL)
        flow_form_hessian(system->form, y, v, out);
    else
        lsa_program_hessian(system->program, system->work, y, v, out);
    lsa_vec_scale(system->n, -1.0, out);
    if (system->form != NULL)
        out[system->n] = 2.0 * y[system->form->u] * v[system->form->u];
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
    if (system->entries != NULL)
        flow_entries_update(system->entries, system->program, system->work, y);
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        const double scale = flow_system_scale(system, k, y);
        if (system->modes != NULL && block->offset == system->form->U)
            flow_modes_weights(system->modes, y, system->rtol, scale, w);
        else if (system->entries != NULL)
            flow_entries_weights(system->entries, block->offset, block->rows * block->cols,
                                 flow_system_tolerance(system, k, product, y), scale, y, w);
        else
            lsa_simd_weights(block->rows * block->cols, flow_system_tolerance(system, k, product, y), scale,
                             y + block->offset, w + block->offset);
    }
    if (system->form != NULL) {
        const double unit = system->form->H_max > 0.0 ? 1.0 / system->form->H_max : 1.0;
        w[system->n] = 1.0 / (system->rtol * (fabs(y[system->n]) + unit));
    }
}

double flow_system_product_error(const flow_system *system, const double *y)
{
    const double u = y[system->form->u];
    double square = system->modes != NULL ? flow_modes_distance_square(system->modes, y)
                                          : flow_form_distance_square(system->form, y);
    if (system->reduction != NULL)
        square += u * u * flow_reduction_moving_square(system->reduction, y[system->n]);
    return sqrt(square / flow_form_limit_square(system->form));
}

double flow_system_excess(const flow_system *system, const double *y)
{
    const double u = y[system->form->u];
    double phi[3], kept, square;
    flow_system_sums(system, y, phi);
    if (system->modes != NULL)
        kept = flow_modes_excess(system->modes, y);
    else
        flow_form_level(system->form, y, &kept, &square);
    return kept + 0.5 * u * u * fmax(phi[1], 0.0);
}

bool flow_system_gap_is_exact(const flow_system *system)
{
    return system->form != NULL || system->only_heads;
}

static flow_level level_of(const flow_system *system, double excess)
{
    return (flow_level){.loss = system->minimum + excess, .gap = system->scale > 0.0 ? excess / system->scale : 0.0};
}

static flow_level computed_level(flow_system *system, const double *y)
{
    if (!flow_system_gap_is_exact(system)) {
        const double loss = lsa_program_loss(system->program, system->work, y);
        return (flow_level){.loss = loss, .gap = (loss - system->minimum) / system->scale};
    }
    return level_of(system, system->only_heads ? flow_heads_excess(system->heads, y) : flow_system_excess(system, y));
}

flow_level flow_system_level(flow_system *system, const double *y)
{
    flow_level level = computed_level(system, y);
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
    double excess, square;
    if (has_whole_form(system)) {
        flow_form_level(system->form, y, &excess, &square);
        *gradient_norm = sqrt(square);
        if (is_safe(square))
            return level_of(system, excess);
    }
    flow_system_rhs(system, y, f);
    *gradient_norm = flow_system_gradient_norm(system, y, f);
    return flow_system_level(system, y);
}

const char *flow_block_name(const lsa_block *block, char buffer[64])
{
    if (block->family)
        snprintf(buffer, 64, "%s[%td]", block->name, block->head + 1);
    else
        snprintf(buffer, 64, "%s", block->name);
    return buffer;
}

const char *flow_entry_name(const lsa_program *program, ptrdiff_t i, char buffer[128])
{
    char name[64];
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        const ptrdiff_t at = i - block->offset;
        if (at < 0 || at >= block->rows * block->cols)
            continue;
        flow_block_name(block, name);
        if (block->rows * block->cols == 1)
            snprintf(buffer, 128, "%s", name);
        else if (block->cols == 1)
            snprintf(buffer, 128, "%s[%td]", name, at + 1);
        else
            snprintf(buffer, 128, "%s[%td,%td]", name, at % block->rows + 1, at / block->rows + 1);
    }
    return buffer;
}

const char *flow_system_name(const flow_system *system, ptrdiff_t i, char buffer[128])
{
    const lsa_form *form = lsa_program_form(system->program);
    if (i == system->n)
        snprintf(buffer, 128, "the action");
    else if (system->modes != NULL && i > 0)
        snprintf(buffer, 128, "Z, U's response at the rate %.3g,", system->modes->rates[i - 1]);
    else if (system->reduction == NULL)
        flow_entry_name(system->program, i, buffer);
    else
        flow_entry_name(system->program, i == 0 ? form->u : form->U + (i - 1) * (form->d + 1), buffer);
    return buffer;
}
