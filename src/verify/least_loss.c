/* least_loss.c - see least_loss.h. */
#include "verify/least_loss.h"

#include "base/try.h"
#include "verify/text_minimum.h"
#include "verify/text_names.h"
#include <math.h>
#include <string.h>

static lsa_status copy_point(text_world *w, const text_place *place, lsa_arena *arena, const double **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *state, *copy = lsa_arena_alloc(arena, (size_t)w->size, sizeof *copy);
    LSA_TRY_MEMORY(copy, "the least loss");
    LSA_TRY(text_state_of(w, place, &state, err));
    memcpy(copy, state, (size_t)w->size * sizeof *copy);
    *out = copy;
done:
    return status;
}

/* A study of the same experiment that may ask for the Hessian. */
static lsa_status whole_study(const lsa_study *study, lsa_study **out, lsa_error *err)
{
    lsa_study_options options = *lsa_study_settings(study);
    options.gradient_only = false;
    return lsa_study_create(lsa_study_experiment(study), &options, out, err);
}

lsa_status least_loss_find(const lsa_study *study, lsa_arena *arena, double *loss, const double **point, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_study *whole = NULL;
    text_beside beside = {0};
    checked_claim checked = {.arena = NULL};
    text_world w = {.study = NULL};
    text_place place;
    const formula_value *value;
    const lsa_text_claim none = {.formula = NULL};
    bool found = false;
    *loss = (double)NAN;
    *point = NULL;
    LSA_TRY(checked_claim_init(&checked, lsa_study_experiment(study), &beside, &none, NULL, err));
    LSA_TRY(whole_study(study, &whole, err));
    LSA_TRY(text_world_init(&w, &text_names, whole, &checked, NULL, false, FORMULA_BITS_FIRST, err));
    status = text_inf(&w, &value, &story);
    if (lsa_status_is_no_answer(status)) {
        status = LSA_OK;
        goto done;
    }
    if (status != LSA_OK)
        LSA_TRY(lsa_error_copy(err, status, &story));
    *loss = formula_value_double(value, 0, 0);
    LSA_TRY(text_minimiser(&w, &place, &found, err));
    if (found)
        LSA_TRY(copy_point(&w, &place, arena, point, err));
done:
    text_world_clear(&w);
    checked_claim_clear(&checked);
    text_beside_clear(&beside);
    lsa_study_destroy(whole);
    return status;
}
