/* conservation.c - the quadratic quantities that a flow conserves, as formulas, with their drift. */
#include "document/document.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

/* |F - F(0)| of one quantity at every sample, its largest entry. */
static lsa_status follow(const conserved_list *list, ptrdiff_t k, const lsa_trajectory *trajectory,
                         document_course *out, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = list->all[k].side * list->all[k].side, count = lsa_trajectory_count(trajectory);
    double size, *now = lsa_vec_create(n);
    *out = (document_course){.formula = list->all[k].formula, .side = list->all[k].side};
    out->start = lsa_arena_alloc(arena, (size_t)n, sizeof *out->start);
    out->size = lsa_arena_alloc(arena, (size_t)count, sizeof *out->size);
    out->drift = lsa_arena_alloc(arena, (size_t)count, sizeof *out->drift);
    LSA_TRY_MEMORY(now, "the conserved quantities");
    LSA_TRY_MEMORY(out->start, "the conserved quantities");
    LSA_TRY_MEMORY(out->size, "the conserved quantities");
    LSA_TRY_MEMORY(out->drift, "the conserved quantities");
    conserved_value(list, k, lsa_trajectory_sample(trajectory, 0).state, out->start, &size);
    for (ptrdiff_t i = 0; i < count; i++) {
        conserved_value(list, k, lsa_trajectory_sample(trajectory, i).state, now, &size);
        out->size[i] = n == 1 ? now[0] : lsa_vec_norm(n, now);
        lsa_vec_axpy(n, -1.0, out->start, now);
        out->drift[i] = lsa_vec_norm_max(n, now);
        out->largest = fmax(out->largest, out->drift[i]);
    }
done:
    free(now);
    return status;
}

static bool keeps_states(const lsa_trajectory *trajectory)
{
    return lsa_trajectory_count(trajectory) > 0 && lsa_trajectory_sample(trajectory, 0).state != NULL;
}

lsa_status document_follow(lsa_study *study, const lsa_trajectory *trajectory, document_courses *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    *out = (document_courses){.count = 0};
    if (lsa_study_has_theory(study) || !keeps_states(trajectory))
        return LSA_OK;
    status = conserved_find(study, &out->list, &story);
    if (lsa_status_is_no_answer(status))
        return LSA_OK; /* too many parameters: there is nothing to say of them */
    if (status != LSA_OK)
        return lsa_error_copy(err, status, &story);
    out->all = lsa_arena_alloc(out->list.arena, (size_t)out->list.count, sizeof *out->all);
    LSA_TRY_MEMORY(out->all, "the conserved quantities");
    for (ptrdiff_t k = 0; k < out->list.count; k++, out->count++)
        LSA_TRY(follow(&out->list, k, trajectory, &out->all[k], out->list.arena, err));
done:
    return status;
}

void document_courses_clear(document_courses *courses)
{
    conserved_clear(&courses->list);
}

void document_courses_json(lsa_json *json, const document_courses *courses)
{
    if (courses->list.arena == NULL)
        return;
    lsa_json_array(json, "conserved_forms");
    for (ptrdiff_t k = 0; k < courses->count; k++) {
        const document_course *c = &courses->all[k];
        lsa_json_object(json, NULL);
        lsa_json_string(json, "formula", c->formula);
        if (c->side == 1)
            lsa_json_number(json, "start", c->start[0]);
        else
            lsa_json_matrix(json, "start", c->side, c->side, c->start);
        lsa_json_number(json, "drift", c->largest);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}
