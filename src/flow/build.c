/* build.c - the choice of a way, and its tables. */
#include "flow/build.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Up to this size a dense factorisation is as fast as Krylov iterations or faster, over full layers, keys and queries and
 * condition numbers from 100 to 1000. */
static const ptrdiff_t DENSE_AUTO = 100;
/* A dense matrix and its factor of this size take half a gigabyte. */
static const ptrdiff_t DENSE_LIMIT = 5600;
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
    const flow_way *way = system->way;
    system->minimum = minimum;
    system->scale = lsa_program_loss_at_zero(system->program) - minimum;
    if (!way->gap_exact)
        return;
    const flow_form *table = way->form ? system->form : system->heads->table;
    system->minimum = table->minimum;
    system->scale = table->scale;
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
        if (system->way->reduced) {
            block->cols = 1;
            block->offset = block->offset == form->u ? system->form->u : system->form->U;
        }
    }
done:
    return status;
}

/* The way of a method that flow_system_choose has let pass. */
static const flow_way *way_of(const lsa_program *program, lsa_method method)
{
    const bool form = lsa_program_form(program) != NULL, spectral = method == LSA_METHOD_SPECTRAL;
    if (method == LSA_METHOD_REDUCED || (spectral && flow_reduction_applies(program)))
        return &flow_way_diagonal;
    if (method == LSA_METHOD_ARROWHEAD || spectral)
        return form ? &flow_way_whole : &flow_way_heads;
    if (form)
        return &flow_way_polynomial_form;
    if (has_only_heads(program))
        return &flow_way_polynomial_heads;
    return flow_product_applies(program) ? &flow_way_product : &flow_way_polynomial;
}

/* The tables of a way whose unknowns are all parameters. */
static lsa_status create_whole(flow_system *system, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program = system->program;
    const lsa_form *product = lsa_program_product_form(program);
    const bool krylov = system->method == LSA_METHOD_KRYLOV, only_heads = system->way->gap_exact && !system->way->form;
    LSA_TRY(lsa_workspace_create(program, &system->work, err));
    if (system->way->form)
        LSA_TRY(flow_form_create(lsa_program_form(program), &system->form, err));
    else
        LSA_TRY(flow_entries_create(system->n, &system->entries, err));
    if (only_heads || (krylov && flow_heads_apply(product)))
        LSA_TRY(flow_heads_create(product, &system->heads, err));
    if (krylov)
        LSA_TRY(flow_preconditioner_create(program, system->work, system->size, system->heads, &system->preconditioner,
                                           err));
    if (system->way == &flow_way_product)
        LSA_TRY(flow_product_create(program, !krylov, &system->product, err));
done:
    return status;
}

static lsa_status create_reduced(flow_system *system, const double *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(flow_form_create_diagonal(lsa_program_form(system->program), &system->form, err));
    LSA_TRY(flow_reduction_create(system->program, start, &system->reduction, err));
done:
    return status;
}

lsa_status flow_system_create(const lsa_program *program, lsa_method method, double minimum, const double *start,
                              flow_system **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_system *system = calloc(1, sizeof *system);
    LSA_TRY_MEMORY(system, "the flow's system");
    system->way = way_of(program, method);
    system->program = program;
    system->shrink = 1.0;
    system->bound = (double)NAN;
    system->method = method;
    system->n = system->way->reduced ? lsa_program_form(program)->d + 1 : lsa_program_size(program);
    system->size = system->n + system->way->form;
    LSA_TRY(system->way->reduced ? create_reduced(system, start, err) : create_whole(system, err));
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
    if (system->way != &flow_way_modes) {
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
    path->way = &flow_way_modes;
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
