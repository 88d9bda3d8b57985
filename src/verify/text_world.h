/* text_world.h - the numbers behind a formula's names: one experiment, one of its two paths, and the place at hand.
 *
 * A world is made for one evaluation of one claim: at one precision, on the study's path or on the coarser one beside it. What a
 * number of the path may be off comes from the difference of the two (path.h); whatever is of the model or of theory is the same
 * in both. */
#ifndef LSAFLOW_VERIFY_TEXT_WORLD_H
#define LSAFLOW_VERIFY_TEXT_WORLD_H

#include "formula/evaluate.h"
#include "formula/polynomial.h"
#include "verify/claim.h"
#include "verify/text_checked.h"

/* One parameter block of one head, in the order of the state. */
typedef struct text_block {
    int symbol;
    long head; /* from 1; 0: no family */
    ptrdiff_t rows, cols, offset;
} text_block;

/* Where parameters are taken. */
typedef struct text_place {
    const formula_value **blocks; /* one for each block of the world */
    bool timed;                   /* on the path, at this time       */
    double time;
    ptrdiff_t sample; /* of the path; -1: it is no sample        */
} text_place;

typedef struct text_image text_image;
typedef struct text_world {
    lsa_study *study;
    const lsa_experiment *experiment;
    const checked_claim *checked;
    const lsa_setting *test; /* of a claim for each test         */
    bool context_is_given;   /* its context is a figure's M      */
    const text_image *image; /* of the flow's parameters; NULL: themselves */
    lsa_arena *arena;
    bool coarse;     /* the other path                   */
    bool used_flow;  /* some value came from a path      */
    bool from_start; /* some limit is not the same along the minimisers that symmetries join: the start chose it */
    bool asks_share; /* and is off by what the path was asked for, beside what two paths differ by */
    ptrdiff_t size;
    int n_blocks;
    const text_block *blocks;
    formula_world face;
    formula_run run;
    const formula_value *drawn;  /* Lambda inside E                  */
    const formula_value **known; /* constants by symbol              */
    int n_known;
    flow_path path;                  /* run NULL: not asked for yet      */
    struct text_integral *integrals; /* made so far, in the arena       */
    struct text_draws *draws;        /* of numbers that prompts decide (text_draw.h); NULL: there are none here */
} text_world;

/* `names` answer for the names of the claim's formulas (text_names.h). LSA_ERR_MEMORY. */
lsa_status text_world_init(text_world *w, const formula_world *names, lsa_study *study, const checked_claim *checked,
                           const lsa_setting *test, bool coarse, long bits, lsa_error *err);
void text_world_clear(text_world *w);

/* The value of a formula with its parameters at `place` (NULL: nowhere). */
lsa_status text_at(text_world *w, const text_place *place, const formula_node *node, const formula_value **out,
                   lsa_error *err);
/* A place from a state of doubles, user's basis. LSA_ERR_MEMORY. */
lsa_status text_place_of_state(text_world *w, const double *state, text_place *out, lsa_error *err);
/* The study's path, with the place of sample i = 0 .. count - 1 of the world's run. */
lsa_status text_path(text_world *w, const flow_path **out, lsa_error *err);
lsa_status text_place_of_sample(text_world *w, ptrdiff_t i, text_place *out, lsa_error *err);
lsa_sample text_sample(const text_world *w, ptrdiff_t i);
/* The place where the run's parameters are now. LSA_ERR_UNABLE: nowhere. */
lsa_status text_here(const text_world *w, const text_place **out, lsa_error *err);
/* The state at the place as doubles, size numbers in the arena. */
lsa_status text_state_of(text_world *w, const text_place *place, double **out, lsa_error *err);

/* A covariance as an exact matrix, or the balls of its form. LSA_ERR_UNABLE where it is random. */
lsa_status text_covariance(text_world *w, const lsa_covariance *covariance, const formula_value **out, lsa_error *err);
/* 1/length, exactly; 0 of an infinite one. LSA_ERR_DOMAIN of no examples. */
lsa_status text_inverse_length(text_world *w, double length, const formula_value **out, lsa_error *err);
/* A number that theory or a program gave in doubles, off by a share of its size. */
formula_value *text_computed(text_world *w, ptrdiff_t rows, ptrdiff_t cols, const double *x, double share);

#endif
