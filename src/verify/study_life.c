/* study_life.c - making a study, giving back what its stages hold, and going over to another experiment. */
#include "verify/study_state.h"

#include <stdlib.h>
#include <string.h>

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

/* What depends on more than statement and training law. */
static void clear_rest(lsa_study *study)
{
    for (int k = 0; k < 2; k++)
        free(study->steps[k].step);
    free(study->samples);
    study_predictions_destroy(study->predictions);
    lsa_program_destroy(study->full_program);
    lsa_derivation_destroy(study->full_derivation);
    lsa_arena_destroy(study->arena);
    lsa_test_evaluator_destroy(study->tests);
    free(study->times);
    lsa_trajectory_destroy(study->coarse);
    lsa_trajectory_destroy(study->trajectory);
    study_kept_clear(&study->kept);
    free(study->endless);
    free(study->limit);
    free(study->start);
}

/* What depends on the training law. */
static void clear_law(lsa_study *study)
{
    lsa_theory_random_destroy(study->random);
    lsa_theory_destroy(study->theory);
    study_room_clear(&study->room);
    lsa_program_destroy(study->program);
}

void lsa_study_destroy(lsa_study *study)
{
    if (study == NULL)
        return;
    clear_rest(study);
    clear_law(study);
    lsa_derivation_destroy(study->derivation);
    lsa_arena_destroy(study->claims_arena);
    free(study);
}

void study_trust_run(lsa_study *study)
{
    study->trusts_run = true;
}

void study_trust_like(lsa_study *study, const lsa_study *from)
{
    study->trusts_run = from->trusts_run;
}

/* Statements of one model are one object as long as nothing that they depend on changes (model/reading.h). */
static bool same_derivation(const lsa_experiment *a, const lsa_experiment *b)
{
    const lsa_derive_options x = lsa_study_derive_options(a), y = lsa_study_derive_options(b);
    return a->statement == b->statement && x.rho_is_N == y.rho_is_N && x.noiseless == y.noiseless &&
           x.identity_task == y.identity_task && x.own_query == y.own_query && x.fixed_task == y.fixed_task &&
           x.sphere == y.sphere && x.student == y.student && x.wishart == y.wishart;
}

/* To the last bit, and in the same form: what is computed from either is the same. */
static bool same_covariance(const lsa_covariance *a, const lsa_covariance *b)
{
    return a == b || (a != NULL && b != NULL && a->kind == b->kind && a->kind <= LSA_COVARIANCE_DIAGONAL &&
                      lsa_covariance_same(a, b));
}

/* The numbers that a program is bound to. Those of further symbols would have to be compared one by one: a model with such makes
 * its programs anew. */
static bool same_binding(const lsa_experiment *a, const lsa_experiment *b)
{
    const lsa_setting *x = &a->training, *y = &b->training;
    return a->data.d == b->data.d && a->data.heads == b->data.heads && a->data.rank == b->data.rank &&
           a->data.n_values == 0 && b->data.n_values == 0 && x->context == y->context &&
           same_covariance(x->covariance, y->covariance) && same_covariance(x->task_covariance, y->task_covariance) &&
           lsa_setting_same_law(x, y);
}

void study_move(lsa_study *study, const lsa_experiment *experiment)
{
    const lsa_study before = *study;
    const bool derivation = same_derivation(before.experiment, experiment);
    const bool law = derivation && same_binding(before.experiment, experiment);
    clear_rest(study);
    if (!law)
        clear_law(study);
    if (!derivation)
        lsa_derivation_destroy(study->derivation);
    *study = (lsa_study){.experiment = experiment,
                         .options = before.options,
                         .trusts_run = before.trusts_run,
                         .claims_arena = before.claims_arena,
                         .claims = before.claims};
    if (derivation)
        study->derivation = before.derivation;
    if (law) {
        study->program = before.program;
        study->room = before.room;
        study->theory = before.theory;
        study->random = before.random;
    }
}
