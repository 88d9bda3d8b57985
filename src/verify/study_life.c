/* study_life.c - making a study, and giving back what its stages hold. */
#include "verify/study_state.h"

#include <stdlib.h>

lsa_status lsa_study_create(const lsa_experiment *experiment, const lsa_study_options *options, lsa_study **out,
                            lsa_error *err)
{
    lsa_study *study = calloc(1, sizeof *study);
    if (study == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a study");
    study->experiment = experiment;
    if (options != NULL)
        study->options = *options;
    *out = study;
    return LSA_OK;
}

void lsa_study_destroy(lsa_study *study)
{
    if (study == NULL)
        return;
    for (int k = 0; k < 2; k++)
        free(study->steps[k].step);
    lsa_arena_destroy(study->claims_arena);
    free(study->samples);
    study_predictions_destroy(study->predictions);
    lsa_program_destroy(study->full_program);
    lsa_derivation_destroy(study->full_derivation);
    lsa_arena_destroy(study->arena);
    lsa_test_evaluator_destroy(study->tests);
    lsa_theory_random_destroy(study->random);
    lsa_theory_destroy(study->theory);
    free(study->times);
    lsa_trajectory_destroy(study->coarse);
    lsa_trajectory_destroy(study->trajectory);
    study_kept_clear(&study->kept);
    free(study->endless);
    free(study->limit);
    free(study->start);
    study_room_clear(&study->room);
    lsa_program_destroy(study->program);
    lsa_derivation_destroy(study->derivation);
    free(study);
}
