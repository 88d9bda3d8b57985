/* study_state.h - the stages that a study keeps; only the files that make them look inside. */
#ifndef LSAFLOW_VERIFY_STUDY_STATE_H
#define LSAFLOW_VERIFY_STUDY_STATE_H

#include "lsaflow/test_error.h"
#include "verify/kept.h"
#include "verify/study.h"

/* Room for one evaluation of the program; work NULL: not made yet. */
typedef struct study_room {
    lsa_workspace *work;
    double *state, *direction; /* program's basis */
} study_room;
void study_room_clear(study_room *room);

/* Newton's step at the end of a path, for formulas of the limit (text_ends.c). */
typedef struct study_step {
    bool tried;
    double *step; /* and the flat directions; NULL after it was tried: there is none ... */
    lsa_status status;
    lsa_error story; /* ... because of this */
} study_step;

struct lsa_study {
    const lsa_experiment *experiment;
    lsa_study_options options;
    lsa_derivation *derivation;
    lsa_program *program;
    study_room room;
    double *start, *limit;
    study_kept kept;
    double *endless; /* the product A for N -> infinity, d x d */
    lsa_trajectory *trajectory;
    lsa_trajectory *coarse; /* beside it, or NULL */
    double *times;          /* of its samples, where the start stands before those that were asked */
    flow_path path;         /* of both; run NULL: not asked for yet */
    bool flow_failed;       /* the study's own flow, not one that a claim runs beside it */
    lsa_theory *theory;     /* of a random covariance: of its mean */
    lsa_theory_random *random;
    lsa_test_evaluator *tests;
    lsa_arena *arena; /* of the full statement */
    const lsa_statement *full_statement;
    lsa_derivation *full_derivation;
    lsa_program *full_program;
    lsa_predictions *predictions;
    lsa_study_change *change; /* NULL: none */
    void *change_context;
    double mistake;      /* 0: none */
    study_step steps[2]; /* of the path, and of the coarse one */
    lsa_arena *claims_arena;
    const struct claim_table *claims; /* claim_table.h; NULL: not made yet */
    bool allows_law, trusts_run;
    lsa_limit_sample *samples; /* one for each test of the experiment */
    double sampling_seconds;   /* spent so far */
};

/* Fails unless theory speaks of the statement, with the reason. */
lsa_status study_require_theory(const lsa_study *study, lsa_error *err);
/* Theory of the covariance or, where that is random, of its mean: for what depends on the start alone. */
lsa_status study_mean_theory(lsa_study *study, const lsa_theory **out, lsa_error *err);
/* LSA_ERR_UNABLE of a study that derives no Hessian. */
lsa_status study_require_hessian(const lsa_study *study, lsa_error *err);
/* The flow that the model asks for. */
lsa_status study_flow_options(lsa_study *study, lsa_flow_options *out, lsa_error *err);
void study_predictions_destroy(lsa_predictions *predictions);

#endif
