/* text_each.h - a claim is one claim for each choice of its `for`: all of them, with their formulas checked once. */
#ifndef LSAFLOW_VERIFY_TEXT_EACH_H
#define LSAFLOW_VERIFY_TEXT_EACH_H

#include "verify/claim.h"
#include "verify/text_checked.h"

enum { TEXT_EACH_NAMES = 4, TEXT_EACH_VALUES = 1000 };

typedef struct text_instance {
    checked_claim formulas;
    long integers[TEXT_EACH_NAMES]; /* of `for` */
} text_instance;

struct text_instances {
    ptrdiff_t count;
    text_instance *all;
    text_beside beside; /* of a claim that is no part of text_claims */
};

struct text_claims {
    ptrdiff_t count;
    text_instances *claims; /* one for each text claim of the experiment */
    text_beside beside;
};

/* How many of their verdicts prompts may decide. */
ptrdiff_t text_claims_sampled(const text_claims *claims, const lsa_experiment *experiment);

#endif
