/* training_path.h - discrete training beside the flow that it follows and the limit that theory predicts.
 *
 * Gradient descent on the derived population loss, or SGD, momentum and Adam on sampled prompts through the layer (train.h),
 * from the start of the flow. Step k stands at the flow's time sum eta (momentum: over 1 - beta; Adam follows no flow). */
#ifndef LSAFLOW_TRAINING_PATH_H
#define LSAFLOW_TRAINING_PATH_H

#include "lsaflow/api.h"
#include "lsaflow/status.h"
#include "lsaflow/verify.h"
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

/* A point of the path; a number that does not exist is NAN. */
typedef struct lsa_path_point {
    ptrdiff_t step;
    double time;
    double loss;          /* the population loss there                                        */
    double to_flow;       /* |theta - theta_flow(time)| / |theta_flow(time)|, all parameters  */
    double to_limit;      /* |uU - A|_F / |A|_F, A predicted                                  */
    double flow_to_limit; /* the same of the flow at that time                                */
} lsa_path_point;

typedef struct lsa_training_path {
    ptrdiff_t count, size;
    lsa_path_point *points; /* the start, then steps evenly spaced in their logarithm, then the end     */
    double *states, *flow;  /* parameters of the points, and the flow's at their times (NULL: it has none); size numbers
                               each, user's basis                                                       */
    double *final;          /* the parameters at the end                                                */
    double *average;        /* their mean over the tail, NULL where none was asked                      */
    ptrdiff_t averaged;     /* over how many steps                                                      */
    double average_loss, average_to_limit;
    double threshold;        /* GD diverges beyond 2/lambda_max of the Hessian at the predicted limit    */
    bool interrupted;        /* the path ends where the interrupt came, or no flow stands beside it      */
    bool diverged;           /* the path ends where it left every bound                                  */
    ptrdiff_t diverged_step; /* the step that did; -1                                                    */
    ptrdiff_t resumed_at;    /* the step of the checkpoint from which the run went on; -1: from its start */
} lsa_training_path;

/* Files of a run; either may be NULL. */
typedef struct lsa_training_files {
    const char *resume;     /* a checkpoint to go on from                                               */
    const char *checkpoint; /* written every train.checkpoint steps, at an interrupt and at the end     */
} lsa_training_files;

/* Trains as the experiment's `train` asks. A diverged run is a result. An interrupted run that is resumed ends with the
 * same bits as one that was not. files NULL: none. LSA_ERR_UNABLE (a law that cannot be drawn), LSA_ERR_INTERRUPTED
 * (with *out as far as it came),
 * LSA_ERR_SOLVER (the flow beside it), LSA_ERR_READ, LSA_ERR_INPUT (a checkpoint that is none of this run's),
 * LSA_ERR_WRITE, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_training_path_run(lsa_study *study, const lsa_training_files *files, lsa_training_path **out,
                                         lsa_error *err);
LSA_API void lsa_training_path_destroy(lsa_training_path *path);

/* Gradient descent with every step of `path` (a path of GD) taken as `substeps` steps of its size over that number: its
 * parameters at the points of the path into states (count * size, user's basis). LSA_ERR_SOLVER where it diverges. */
LSA_API lsa_status lsa_training_path_refine(lsa_study *study, const lsa_training_path *path, ptrdiff_t substeps,
                                            double *states, lsa_error *err);
/* The flow from the same start at step_time (1: as it should be) times the times of the path, integrated to rtol, into
 * states (count * size, user's basis). The path has times. */
LSA_API lsa_status lsa_training_path_flow(lsa_study *study, const lsa_training_path *path, double rtol,
                                          double step_time, double *states, lsa_error *err);
/* Gradient descent on the population loss with the step sizes of the experiment's `train` (momentum: over 1 - beta): what
 * SGD does without its noise. out: the mean over the tail, or the last step. */
LSA_API lsa_status lsa_training_path_mean(lsa_study *study, double *out, lsa_error *err);

LSA_END_DECLS

#endif
