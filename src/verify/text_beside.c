/* text_beside.c - the list of models beside the one at hand. */
#include "verify/text_beside.h"

#include "base/text.h"
#include "base/try.h"
#include "model/variant.h"
#include <stdlib.h>
#include <string.h>

typedef struct text_other_model {
    const lsa_experiment *from;
    lsa_text changes; /* one a line */
    lsa_model *model;
    struct text_other_model *next;
} text_other_model;

typedef struct text_other_study {
    const lsa_study *from;
    const lsa_experiment *experiment;
    lsa_study *study;
    struct text_other_study *next;
} text_other_study;

static void other_model_destroy(text_other_model *other)
{
    if (other == NULL)
        return;
    lsa_model_destroy(other->model);
    lsa_text_clear(&other->changes);
    free(other);
}

void text_beside_clear(text_beside *all)
{
    while (all->studies != NULL) {
        text_other_study *next = all->studies->next;
        lsa_study_destroy(all->studies->study);
        free(all->studies);
        all->studies = next;
    }
    while (all->models != NULL) {
        text_other_model *next = all->models->next;
        other_model_destroy(all->models);
        all->models = next;
    }
}

static lsa_status other_model_create(const lsa_experiment *from, ptrdiff_t n, const char *const *changes,
                                     text_other_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_other_model *other = calloc(1, sizeof *other);
    LSA_TRY_MEMORY(other, "a model beside this one");
    other->from = from;
    lsa_text_init(&other->changes);
    lsa_text_add(&other->changes, "");
    for (ptrdiff_t k = 0; k < n; k++)
        lsa_text_printf(&other->changes, "%s\n", changes[k]);
    LSA_TRY_MEMORY(other->changes.failed ? NULL : other->changes.data, "a model beside this one");
    *out = other;
    other = NULL;
done:
    other_model_destroy(other);
    return status;
}

lsa_status text_beside_model(text_beside *all, const lsa_experiment *from, ptrdiff_t n, const char *const *changes,
                             const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_other_model *other = NULL, *known;
    LSA_TRY(other_model_create(from, n, changes, &other, err));
    for (known = all->models; known != NULL; known = known->next)
        if (known->from == from && strcmp(known->changes.data, other->changes.data) == 0)
            break;
    if (known == NULL) {
        LSA_TRY(lsa_model_changed(from, n, changes, &other->model, err));
        other->next = all->models;
        all->models = known = other;
        other = NULL;
    }
    *out = lsa_model_experiment(known->model, 0);
done:
    other_model_destroy(other);
    return status;
}

lsa_status text_beside_study(text_beside *all, lsa_study *from, ptrdiff_t n, const char *const *changes,
                             lsa_study **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = NULL;
    text_other_study *other = NULL;
    lsa_study_options options = *lsa_study_settings(from);
    options.progress = NULL;
    LSA_TRY(text_beside_model(all, lsa_study_experiment(from), n, changes, &experiment, err));
    for (other = all->studies; other != NULL; other = other->next)
        if (other->from == from && other->experiment == experiment)
            return *out = other->study, LSA_OK;
    other = calloc(1, sizeof *other);
    LSA_TRY_MEMORY(other, "a model beside this one");
    *other = (text_other_study){.from = from, .experiment = experiment, .next = all->studies};
    status = lsa_study_create(experiment, &options, &other->study, err);
    if (status != LSA_OK) {
        free(other);
        goto done;
    }
    all->studies = other;
    *out = other->study;
done:
    return status;
}
