/* training.h - the state of a run of training, shared by its steps and its checkpoint. */
#ifndef LSAFLOW_EMPIRICAL_TRAINING_H
#define LSAFLOW_EMPIRICAL_TRAINING_H

#include "empirical/batch_gradient.h"
#include "lsaflow/train.h"

/* A kept copy of (step, time, parameters), the numbers in `states` of the training. */
typedef struct lsa_training_mark_place {
    ptrdiff_t step;
    double time;
} lsa_training_mark_place;

struct lsa_training {
    lsa_train_settings settings;
    lsa_batch_gradient *gradient; /* NULL: the source's */
    lsa_train_source source;
    ptrdiff_t substeps;
    double first_loss; /* at the start, of the first batch: it tells one run from another */
    ptrdiff_t n_marks, room;
    lsa_training_mark_place *marks;
    double *states; /* n a mark */
    ptrdiff_t n, step, averaged;
    double limit, loss, time;                         /* limit: of the parameters' norm                        */
    double *parameters, *velocity, *square, *average; /* n each; velocity: Adam's first moment as well          */
    double *g, *next;                                 /* n each: this step's gradient, and where it leads       */
};

/* Room for `count` marks. LSA_ERR_MEMORY. */
lsa_status lsa_training_reserve(lsa_training *t, ptrdiff_t count, lsa_error *err);

#endif
