/* training_path.h - discrete training beside the flow that it follows and the limit that theory predicts.
 *
 * Gradient descent on the derived population loss, or SGD, momentum and Adam on sampled prompts through the layer (train.h),
 * from the start of the flow. Step k stands at the flow's time sum eta (momentum: over 1 - beta; Adam follows no flow). */
#ifndef LSAFLOW_TRAINING_PATH_H
#define LSAFLOW_TRAINING_PATH_H

#include "lsaflow/status.h"
#include "lsaflow/verify.h"
#include <stdbool.h>
#include <stddef.h>

/* A point of the path; a number that does not exist is NAN. */
typedef struct lsa_path_point {
    ptrdiff_t step;
    double time;
    double loss;     /* the population loss there                                    */
    double to_flow;  /* |theta - theta_flow(time)| / |theta_flow(time)|, all parameters   */
    double to_limit; /* |uU - A|_F / |A|_F, A predicted                              */
} lsa_path_point;

typedef struct lsa_training_path {
    ptrdiff_t count, size;
    lsa_path_point *points; /* the start, then steps evenly spaced in their logarithm, then the end     */
    double *final;          /* the parameters at the end, user's basis: size numbers                    */
    double *average;        /* their mean over the tail, NULL where none was asked                      */
    double average_loss, average_to_limit;
    double threshold; /* GD diverges beyond 2/lambda_max of the Hessian at the predicted limit    */
    bool diverged;    /* the path ends where it left every bound                                  */
} lsa_training_path;

/* Trains as the experiment's `train` asks. A diverged run is a result. LSA_ERR_UNABLE (a law that cannot be drawn),
 * LSA_ERR_INTERRUPTED, LSA_ERR_SOLVER (the flow beside it), LSA_ERR_MEMORY. */
lsa_status lsa_training_path_run(lsa_study *study, lsa_training_path **out, lsa_error *err);
void lsa_training_path_destroy(lsa_training_path *path);

#endif
