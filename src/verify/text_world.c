/* text_world.c - the life of a world, its places, and covariances as values. */
#include "verify/text_image.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 256 };

/* ---------------------------------------------------------------- life */

/* The blocks of the state: parameters in the statement's order, families head by head. */
static lsa_status lay_out(text_world *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *s = w->experiment->statement;
    int n = 0;
    for (int k = 0; k < s->n_parameters; k++)
        n += s->symbols[s->parameters[k]].family == LSA_FAMILY_HEAD ? (int)w->experiment->data.heads : 1;
    text_block *blocks = lsa_arena_alloc(w->arena, (size_t)n, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "the parameters of a claim");
    for (int k = 0; k < s->n_parameters; k++) {
        const lsa_symbol *p = &s->symbols[s->parameters[k]];
        const long heads = p->family == LSA_FAMILY_HEAD ? (long)w->experiment->data.heads : 0;
        for (long head = heads > 0; head <= heads; head++) {
            const ptrdiff_t rows = w->experiment->dims[p->rows], cols = w->experiment->dims[p->cols];
            blocks[w->n_blocks++] = (text_block){s->parameters[k], head, rows, cols, w->size};
            w->size += rows * cols;
        }
    }
    w->blocks = blocks;
done:
    return status;
}

lsa_status text_world_init(text_world *w, const formula_world *names, lsa_study *study, const checked_claim *checked,
                           const lsa_setting *test, bool coarse, long bits, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *w = (text_world){
        .study = study, .experiment = lsa_study_experiment(study), .checked = checked, .test = test, .coarse = coarse};
    w->face = *names;
    w->face.context = w;
    w->n_known = SYMBOLS;
    w->arena = lsa_arena_create();
    w->known = calloc(SYMBOLS, sizeof *w->known);
    LSA_TRY_MEMORY(w->arena, "a claim");
    LSA_TRY_MEMORY(w->known, "a claim");
    LSA_TRY(lay_out(w, err));
    LSA_TRY(formula_run_init(&w->run, &w->face, w->experiment->data.d, checked->count, bits, err));
done:
    if (status != LSA_OK)
        text_world_clear(w);
    return status;
}

void text_world_clear(text_world *w)
{
    formula_run_clear(&w->run);
    free(w->known);
    lsa_arena_destroy(w->arena);
    *w = (text_world){.study = NULL};
}

/* ---------------------------------------------------------------- places */

lsa_status text_at(text_world *w, const text_place *place, const formula_node *node, const formula_value **out,
                   lsa_error *err)
{
    const void *before = w->run.place;
    w->run.place = place;
    const lsa_status status = formula_evaluate(&w->run, node, out, err);
    w->run.place = before;
    return status;
}

lsa_status text_here(const text_world *w, const text_place **out, lsa_error *err)
{
    *out = w->run.place;
    if (*out == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "it depends on the parameters, and there is no place to take them: write "
                             "start(...), limit(...), argmin(...) or give the claim its 'at'");
    return LSA_OK;
}

lsa_status text_place_of_state(text_world *w, const double *state, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "the parameters of a claim");
    if (state == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the path did not keep its parameters");
    for (int k = 0; k < w->n_blocks; k++)
        blocks[k] =
            formula_value_computed(w->run.pool, w->blocks[k].rows, w->blocks[k].cols, state + w->blocks[k].offset);
    if (w->image != NULL)
        LSA_TRY(text_image_apply(w, w->image, blocks, err));
    *out = (text_place){.blocks = blocks, .sample = -1};
done:
    return status;
}

lsa_status text_path(text_world *w, const flow_path **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (w->path.run == NULL)
        LSA_TRY(lsa_study_path(w->study, &w->path, err));
    w->used_flow = true;
    if (w->coarse && w->path.coarse == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the flow beside it from which its accuracy would be known failed");
    *out = &w->path;
done:
    return status;
}

lsa_sample text_sample(const text_world *w, ptrdiff_t i)
{
    return lsa_trajectory_sample(w->coarse ? w->path.coarse : w->path.run, i);
}

lsa_status text_place_of_sample(text_world *w, ptrdiff_t i, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_sample sample = text_sample(w, i);
    w->asks_share = true;
    LSA_TRY(text_place_of_state(w, sample.state, out, err));
    out->timed = true;
    out->time = sample.time;
    out->sample = i;
done:
    return status;
}

lsa_status text_state_of(text_world *w, const text_place *place, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *state = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *state);
    LSA_TRY_MEMORY(state, "the parameters of a claim");
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *block = &w->blocks[k];
        for (ptrdiff_t j = 0; j < block->cols; j++)
            for (ptrdiff_t i = 0; i < block->rows; i++)
                state[block->offset + i + j * block->rows] = formula_value_double(place->blocks[k], i, j);
    }
    *out = state;
done:
    return status;
}

/* ---------------------------------------------------------------- constants */

formula_value *text_computed(text_world *w, ptrdiff_t rows, ptrdiff_t cols, const double *x, double share)
{
    double largest = 0.0;
    for (ptrdiff_t k = 0; k < rows * cols; k++)
        largest = fmax(largest, fabs(x[k]));
    return formula_value_near(w->run.pool, rows, cols, x, share * largest);
}

lsa_status text_inverse_length(text_world *w, double length, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double zero = 0.0;
    formula_value *quotient;
    *out = formula_value_written(w->run.pool, 1, 1, isinf(length) ? &zero : &length);
    if (isinf(length))
        return LSA_OK;
    LSA_TRY(formula_divide(w->run.pool, formula_value_integer(w->run.pool, 1), *out, &quotient, err));
    *out = quotient;
done:
    return status;
}

lsa_status text_covariance(text_world *w, const lsa_covariance *covariance, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (lsa_covariance_is_random(covariance))
        return lsa_error_set(err, LSA_ERR_UNABLE, "every prompt draws its own Lambda: write its mean, as in E(Lambda)");
    const size_t d = (size_t)covariance->d;
    double *matrix = lsa_arena_alloc(w->arena, d * d, sizeof *matrix);
    LSA_TRY_MEMORY(matrix, "a covariance of a claim");
    lsa_covariance_matrix(covariance, matrix);
    *out = formula_value_written(w->run.pool, covariance->d, covariance->d, matrix);
done:
    return status;
}
