/* text_ends.c - the start and the end of the flow. */
#include "base/try.h"
#include "verify/study_state.h"
#include "verify/text_flow.h"
#include "verify/text_image.h"
#include "verify/text_points.h"
#include <math.h>
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

/* The end of the flow, one Newton's step on, and the directions in which symmetries move it without a change of the loss. */
typedef struct flow_end {
    text_place place, moved;
    bool has_step; /* else `place` is all that is known */
    ptrdiff_t n_flat;
    const double *flat;
} flow_end;

/* Newton's step and the flat directions after it, once for all formulas of the study. */
static lsa_status step_at_end(text_world *w, const text_place *end, ptrdiff_t orbits, const double **out,
                              lsa_error *err)
{
    study_step *kept = &w->study->steps[w->coarse];
    if (!kept->tried) {
        double *step, *flat;
        const size_t n = (size_t)w->size;
        kept->status = text_newton_step(w, end, orbits, &step, &flat, &kept->story);
        kept->tried = kept->status == LSA_OK || lsa_status_is_no_answer(kept->status);
        kept->step = kept->status == LSA_OK ? malloc(n * ((size_t)orbits + 1) * sizeof *kept->step) : NULL;
        if (kept->status == LSA_OK && kept->step == NULL)
            return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a limit");
        if (kept->step != NULL) {
            memcpy(kept->step, step, n * sizeof *step);
            memcpy(kept->step + n, flat, n * (size_t)orbits * sizeof *flat);
        }
    }
    *out = kept->step;
    return kept->status == LSA_OK ? LSA_OK : lsa_error_copy(err, kept->status, &kept->story);
}

static lsa_status find_end(text_world *w, flow_end *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const double *step = NULL;
    *out = (flow_end){.has_step = false};
    LSA_TRY(text_end_place(w, &out->place, err));
    if (!is_settled(&w->path) || w->size > TEXT_NEWTON)
        return LSA_OK;
    const ptrdiff_t orbits = lsa_trajectory_conserved_count(w->path.run);
    status = step_at_end(w, &out->place, orbits, &step, &story);
    if (status == LSA_ERR_UNABLE && w->path.form != NULL) /* the form's own rates are exact, however small */
        return LSA_OK;
    if (status != LSA_OK)
        LSA_TRY(lsa_error_copy(err, status, &story));
    LSA_TRY(moved_by(w, &out->place, step, &out->moved, err));
    out->has_step = true;
    out->flat = step + w->size;
    out->n_flat = orbits;
done:
    return status;
}

/* Symmetries of the claim act on the end; where they are none of the loss, its image is no end of another flow. */
static lsa_status find_image(text_world *w, flow_end *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_image *image = w->image;
    w->image = NULL;
    status = find_end(w, out, err);
    w->image = image;
    LSA_TRY(status);
    if (image != NULL)
        LSA_TRY(text_image_apply(w, image, out->place.blocks, err));
    if (image != NULL && out->has_step)
        LSA_TRY(text_image_apply(w, image, out->moved.blocks, err));
    if (image != NULL)
        out->n_flat = 0; /* the directions are those of the end itself */
done:
    return status;
}

/* How far the end is moved to see whether e moves too: what e is off by its curvature is the square of it. */
static const double nudge = 1e-9;

static double size_of(const text_world *w, const text_place *place)
{
    double size = 0.0;
    for (int k = 0; k < w->n_blocks; k++)
        size = fmax(size, formula_value_scale(place->blocks[k]));
    return size;
}

static lsa_status moves_along(text_world *w, const flow_end *end, const formula_node *e, const formula_value *value,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *step = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *step);
    LSA_TRY_MEMORY(step, "a limit");
    const double h = nudge * size_of(w, &end->place);
    for (ptrdiff_t k = 0; k < end->n_flat && !w->from_start && !formula_value_is_truth(value); k++) {
        text_place beside;
        const formula_value *other;
        for (ptrdiff_t i = 0; i < w->size; i++)
            step[i] = h * end->flat[i + k * w->size];
        LSA_TRY(moved_by(w, &end->place, step, &beside, err));
        LSA_TRY(text_at(w, &beside, e, &other, err));
        for (ptrdiff_t j = 0; j < formula_value_cols(value); j++)
            for (ptrdiff_t i = 0; i < formula_value_rows(value); i++)
                if (fabs(formula_value_compare(w->run.pool, value, other, i, j).value) >
                    1e-3 * nudge * formula_value_scale(value))
                    w->from_start = true;
    }
done:
    return status;
}

/* As far as e is apart at the end and a step on it may be off. */
lsa_status text_at_limit(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_end end;
    const formula_value *value, *next;
    const bool share = w->asks_share;
    LSA_TRY(find_image(w, &end, err));
    LSA_TRY(text_at(w, &end.place, e, &value, err));
    *out = value;
    if (!end.has_step)
        return LSA_OK;
    LSA_TRY(text_at(w, &end.moved, e, &next, err));
    *out = formula_value_widened(w->run.pool, next, value);
    w->asks_share = share;
    LSA_TRY(moves_along(w, &end, e, value, err));
done:
    return status;
}
