/* text_pair.c - the point that a claim is taken at, and both sides of a comparison there. */
#include "verify/text_pair.h"

#include "base/try.h"
#include "verify/text_names.h"
#include <math.h>

/* The point of `at`, in a world; without `at` there is none. */
static lsa_status make_point(const text_job *job, text_world *w, text_place *place, const text_place **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const checked_claim *c = job->checked;
    *out = NULL;
    if (c->n_at == 0)
        return LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a point");
    formula_pool *pool = w->run.pool;
    w->run.pool = w->run.constant;
    for (int k = 0; k < w->n_blocks && status == LSA_OK; k++) {
        const text_block *b = &w->blocks[k];
        const checked_block *given = NULL;
        for (int j = 0; j < c->n_at; j++)
            if (c->at[j].symbol == b->symbol && c->at[j].head == b->head)
                given = &c->at[j];
        if (given == NULL) {
            double *zeros = lsa_arena_alloc(w->arena, (size_t)(b->rows * b->cols), sizeof *zeros);
            status = zeros == NULL ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a point") : LSA_OK;
            if (status == LSA_OK)
                blocks[k] = formula_value_written(w->run.pool, b->rows, b->cols, zeros);
        } else if (given->whole) {
            status = text_at(w, NULL, given->entries[0], &blocks[k], err);
        } else {
            const ptrdiff_t n = b->rows * b->cols;
            const formula_value **entries = lsa_arena_alloc(w->arena, (size_t)n, sizeof *entries);
            status = entries == NULL ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a point") : LSA_OK;
            for (ptrdiff_t e = 0; e < n && status == LSA_OK; e++)
                status = text_at(w, NULL, given->entries[e], &entries[e], err);
            if (status == LSA_OK)
                blocks[k] = formula_value_part(w->run.pool, formula_value_join(w->run.pool, (int)n, entries), 0,
                                               b->rows, b->cols);
        }
    }
    w->run.pool = pool;
    *place = (text_place){.blocks = blocks, .sample = -1};
    *out = place;
done:
    return status;
}

lsa_status text_job_world(const text_job *job, bool coarse, long bits, text_world *w, text_place *place,
                          const text_place **at, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(text_world_init(w, &text_names, job->context->study, job->checked, job->test, coarse, bits, err));
    w->image = job->image;
    w->draws = job->draws;
    LSA_TRY(make_point(job, w, place, at, err));
done:
    return status;
}

void text_pair_clear(text_pair *p)
{
    text_world_clear(&p->run);
    text_world_clear(&p->beside);
}

lsa_status text_pair_scale(const text_job *job, text_pair *p, const text_place *at, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *scale;
    if (job->checked->scale == NULL)
        return LSA_OK;
    LSA_TRY(text_at(&p->run, at, job->checked->scale, &scale, err));
    p->sides.scale = fabs(formula_value_double(scale, 0, 0));
    if (!(p->sides.scale > 0.0))
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the scale of the claim is 0");
done:
    return status;
}

lsa_status text_pair_init(const text_job *job, const formula_node *a, const formula_node *b, long bits, text_pair *p,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place, place_beside;
    const text_place *at;
    lsa_error story = {0};
    *p = (text_pair){.sides = {.pool = NULL}};
    LSA_TRY(text_job_world(job, false, bits, &p->run, &place, &at, err));
    LSA_TRY(text_at(&p->run, at, a, &p->sides.a, err));
    LSA_TRY(text_at(&p->run, at, b, &p->sides.b, err));
    LSA_TRY(text_pair_scale(job, p, at, err));
    p->sides.pool = p->run.run.pool;
    if (!p->run.used_flow)
        return LSA_OK;
    p->sides.path = &p->run.path;
    p->sides.asks_share = p->run.asks_share;
    if (p->run.path.run == NULL) /* a path of other times or another N */
        LSA_TRY(text_path(&p->run, &p->sides.path, err));
    status = text_job_world(job, true, bits, &p->beside, &place_beside, &at, &story);
    if (status == LSA_OK)
        status = text_at(&p->beside, at, a, &p->sides.other_a, &story);
    if (status == LSA_OK)
        status = text_at(&p->beside, at, b, &p->sides.other_b, &story);
    if (status != LSA_OK) {
        p->sides.other_a = p->sides.other_b = NULL;
        if (!lsa_status_is_no_answer(status))
            return lsa_error_set(err, status, "%s", story.text);
        status = LSA_OK;
    }
done:
    return status;
}
