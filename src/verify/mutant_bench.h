/* mutant_bench.h - formulas in the place of a claim's, judged on the file's model and on others like it. */
#ifndef LSAFLOW_VERIFY_MUTANT_BENCH_H
#define LSAFLOW_VERIFY_MUTANT_BENCH_H

#include "verify/model_changes.h"
#include "verify/mutants.h"
#include "verify/text_beside.h"

/* What all results of a formula come to: it fails, it holds and nothing of it fails, or neither is said. */
typedef enum judgement { JUDGED_OPEN, JUDGED_HOLDS, JUDGED_FAILS } judgement;

/* One model: none of the changes, one, several; its study, and whether it has one. */
typedef struct mutant_model {
    int n;
    const char *changes[MODEL_CHANGES];
    lsa_study *study; /* NULL: the model does not allow them */
} mutant_model;

typedef struct mutant_bench {
    lsa_study *study;
    text_beside beside; /* the other models */
    lsa_arena *arena;
    const lsa_text_claim *claim;
    const char *written; /* its formula, definitions inserted */
    int n_others;        /* one for each change, then all together */
    mutant_model others[MODEL_CHANGES + 1];
    judgement of_claim[MODEL_CHANGES + 1]; /* on that model */
    bool asked[MODEL_CHANGES + 1];
} mutant_bench;

/* The claim with another formula, by the engine alone; *why, where that is open: the first reason. LSA_ERR_INPUT where it is no
 * formula. */
lsa_status mutant_judge(lsa_study *study, const lsa_text_claim *claim, const char *formula, lsa_arena *arena,
                        judgement *out, const char **why, lsa_error *err);
/* The study of model->changes. */
lsa_status mutant_open(mutant_bench *b, mutant_model *model, lsa_error *err);
/* Each change, and all that the model allows one by one. */
lsa_status mutant_open_all(mutant_bench *b, lsa_error *err);
/* Whether the claim itself holds on model k: only there a changed one that fails is told from it. */
lsa_status mutant_claim_holds(mutant_bench *b, int k, bool *out, lsa_error *err);

#endif
