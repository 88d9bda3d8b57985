/* text_ends.c - the start and the end of the flow. */
#include "base/try.h"
#include "verify/study_state.h"
#include "verify/text_flow.h"
#include "verify/text_points.h"
#include <stdlib.h>
#include <string.h>

lsa_status text_at_start(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *state;
    text_place place;
    LSA_TRY(lsa_study_start(w->study, &state, err));
    LSA_TRY(text_place_of_state(w, state, &place, err));
    place.timed = true;
    LSA_TRY(text_at(w, &place, e, out, err));
done:
    return status;
}

lsa_status text_end_place(text_world *w, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    LSA_TRY(text_path(w, &path, err));
    const lsa_trajectory *run = w->coarse ? path->coarse : path->run;
    const lsa_classification end = lsa_trajectory_classification(path->run);
    if (end.kind == LSA_KIND_NOT_STATIONARY || end.kind == LSA_KIND_UNDECIDED) {
        const char *why = lsa_trajectory_kind_reason(path->run);
        return lsa_error_set(err, LSA_ERR_UNABLE, "the end of the run is %s%s%s: no limit is known",
                             lsa_kind_text(end.kind), why != NULL ? ", " : "", why != NULL ? why : "");
    }
    w->asks_share = true;
    LSA_TRY(text_place_of_state(w, lsa_trajectory_final(run).state, out, err));
done:
    return status;
}

/* A strict minimum but for the orbits of symmetries, whose place the conserved quantities fix: nothing of the path's own accuracy
 * is left in such an end, only Newton's step and what the ends of two paths differ by. */
static bool is_settled(const flow_path *path)
{
    const lsa_classification end = lsa_trajectory_classification(path->run);
    const bool minimum =
        end.kind == LSA_KIND_GLOBAL_MINIMUM || end.kind == LSA_KIND_MINIMUM || end.kind == LSA_KIND_LOCAL_MINIMUM;
    return minimum && end.zero == 0 && end.negative == 0;
}

static lsa_status moved_by(text_world *w, const text_place *place, const double *step, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a limit");
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *b = &w->blocks[k];
        blocks[k] = formula_add(w->run.pool, place->blocks[k],
                                formula_value_computed(w->run.pool, b->rows, b->cols, step + b->offset));
    }
    *out = (text_place){.blocks = blocks, .sample = -1};
done:
    return status;
}

/* Once for all formulas of the study. */
static lsa_status step_at_end(text_world *w, const text_place *end, const double **out, lsa_error *err)
{
    study_step *kept = &w->study->steps[w->coarse];
    if (!kept->tried) {
        double *step;
        kept->tried = true;
        kept->status = text_newton_step(w, end, lsa_trajectory_conserved_count(w->path.run), &step, &kept->story);
        kept->step = kept->status == LSA_OK ? malloc((size_t)w->size * sizeof *step) : NULL;
        if (kept->status == LSA_OK && kept->step == NULL)
            return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a limit");
        if (kept->step != NULL)
            memcpy(kept->step, step, (size_t)w->size * sizeof *step);
    }
    *out = kept->step;
    return kept->status == LSA_OK ? LSA_OK : lsa_error_set(err, kept->status, "%s", kept->story.text);
}

/* e at the end, and one Newton's step on: as far as they are apart e may be off. */
lsa_status text_at_limit(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place, moved;
    lsa_error story = {0};
    const double *step = NULL;
    const formula_value *value, *next;
    const bool share = w->asks_share;
    LSA_TRY(text_end_place(w, &place, err));
    LSA_TRY(text_at(w, &place, e, &value, err));
    *out = value;
    if (!is_settled(&w->path) || w->size > TEXT_NEWTON)
        return LSA_OK;
    status = step_at_end(w, &place, &step, &story);
    if (status == LSA_ERR_UNABLE && w->path.form != NULL) { /* the form's own rates are exact, however small */
        status = LSA_OK;
    } else if (status != LSA_OK) {
        LSA_TRY(lsa_error_set(err, status, "%s", story.text));
    } else {
        LSA_TRY(moved_by(w, &place, step, &moved, err));
        LSA_TRY(text_at(w, &moved, e, &next, err));
        *out = formula_value_widened(w->run.pool, next, value);
        w->asks_share = share;
    }
done:
    return status;
}
