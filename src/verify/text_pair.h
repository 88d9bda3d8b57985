/* text_pair.h - one result at work: the worlds in which a claim's formulas are evaluated, on the path and on the one beside it. */
#ifndef LSAFLOW_VERIFY_TEXT_PAIR_H
#define LSAFLOW_VERIFY_TEXT_PAIR_H

#include "verify/text_checked.h"
#include "verify/text_judge.h"
#include "verify/text_world.h"

typedef struct text_job {
    const claim_context *context;
    const checked_claim *checked;
    const lsa_setting *test;
    lsa_claim_result *result;
    int parts;                /* of the claim: each may raise a false alarm */
    struct text_draws *draws; /* NULL: nothing is drawn                     */
    const text_image *image;  /* of the flow's parameters; NULL: themselves */
} text_job;

/* A world on the path or the coarser one, with the claim's own point (NULL: it has no `at`) kept in `place`. */
lsa_status text_job_world(const text_job *job, bool coarse, long bits, text_world *w, text_place *place,
                          const text_place **at, lsa_error *err);

/* Both sides at the claim's point, on the path and beside it; they live as long as the worlds. */
typedef struct text_pair {
    text_world run, beside;
    text_sides sides;
} text_pair;

lsa_status text_pair_init(const text_job *job, const formula_node *a, const formula_node *b, long bits, text_pair *p,
                          lsa_error *err);
/* The claim's own scale at a place of the run's world, into the sides. */
lsa_status text_pair_scale(const text_job *job, text_pair *p, const text_place *at, lsa_error *err);
void text_pair_clear(text_pair *p);

#endif
