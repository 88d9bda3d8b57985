/* training.h - the state of a run of training, shared by its steps and its checkpoint. */
#ifndef LSAFLOW_EMPIRICAL_TRAINING_H
#define LSAFLOW_EMPIRICAL_TRAINING_H

#include "empirical/batch_gradient.h"
#include "lsaflow/train.h"

struct lsa_training {
    lsa_train_settings settings;
    lsa_batch_gradient *gradient;
    ptrdiff_t n, step, averaged;
    double limit, loss, time;                         /* limit: of the parameters' norm                        */
    double *parameters, *velocity, *square, *average; /* n each; velocity: Adam's first moment as well          */
    double *g, *next;                                 /* n each: this step's gradient, and where it leads       */
};

#endif
