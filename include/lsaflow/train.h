/* train.h - stochastic gradient descent on the real layer: prompts drawn, the forward pass differentiated, steps taken.
 *
 * Nothing here knows the population loss. The gradient of a step is the mean over a batch of fresh prompts of the
 * gradient of 1/2 (prediction - target)^2, by reverse mode through the layer and the statement's parameters; or the
 * caller's, which makes gradient descent. Prompt number k * batch + b of the seed is prompt b of step k, and sums are
 * merged in a fixed order, so every digit is the same for any number of threads, and a run that was stopped, saved and
 * loaded ends like one that was not. */
#ifndef LSAFLOW_TRAIN_H
#define LSAFLOW_TRAIN_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

LSA_BEGIN_DECLS

/* eta_k, k >= 0: the step size of step k by the schedule of the settings. */
LSA_API double lsa_train_step_size(const lsa_train_settings *settings, ptrdiff_t k);
/* The norm beyond which a run from this start (n numbers) does not come back: 1e6 times the largest of 1 and |start|. */
LSA_API double lsa_train_bound(ptrdiff_t n, const double *start);

/* A run of training. */
typedef struct lsa_training lsa_training;

/* At step 0, `parameters` (copied) in the order of the statement, as in lsa_forward. Borrows the experiment: its
 * training law, its statement. `settings`: of the experiment (experiment->train), or others; checkpoint is the
 * caller's, and points bounds the marks that a checkpoint may hold. threads 0: as OpenMP decides. LSA_ERR_DOMAIN (a setting out of range), LSA_ERR_UNABLE (a law that
 * cannot be drawn; the method gd, whose gradient is that of the population loss). */
LSA_API lsa_status lsa_training_create(const lsa_experiment *experiment, const double *parameters,
                                       const lsa_train_settings *settings, int threads, lsa_training **out,
                                       lsa_error *err);
/* A gradient of the caller's: of `count` parameters, into `gradient`; returns the loss there. */
typedef struct lsa_train_source {
    ptrdiff_t count;
    double (*eval)(void *context, const double *parameters, double *gradient);
    void *context;
} lsa_train_source;
/* A run whose steps follow that gradient (copied; its context is borrowed), for the method gd. Each step is taken as
 * `substeps` >= 1 steps of its size over that number, so that runs of several `substeps` meet at the same times.
 * LSA_ERR_DOMAIN (a setting out of range), LSA_ERR_UNABLE (another method). */
LSA_API lsa_status lsa_training_create_by(const lsa_train_source *source, const double *parameters,
                                          const lsa_train_settings *settings, ptrdiff_t substeps, lsa_training **out,
                                          lsa_error *err);
LSA_API void lsa_training_destroy(lsa_training *training);

/* Goes on until `until` steps are done, at most settings.steps. `interrupt` (may be NULL) is read between steps:
 * LSA_ERR_INTERRUPTED leaves a state that can go on. LSA_ERR_SOLVER: a gradient is not finite, or the parameters have
 * passed 1e6 times the largest of 1 and their start in norm: the run diverged; the parameters are those before that
 * step. Cost a step: batch prompts, O(d^2 + dN) each per head. */
LSA_API lsa_status lsa_training_run(lsa_training *training, ptrdiff_t until, const volatile sig_atomic_t *interrupt,
                                    lsa_error *err);

/* Where the run stands; arrays of `count` numbers belong to the training. */
typedef struct lsa_training_state {
    ptrdiff_t step, count;
    const double *parameters;
    const double *average; /* of the parameters over the tail's steps so far; NULL before the first of them       */
    ptrdiff_t averaged;    /* how many                                                                            */
    double loss;           /* mean of 1/2 (prediction - target)^2 over the last step's batch, before it; else NAN */
    double time;           /* of the gradient flow that the steps follow: sum eta_k; momentum: over (1 - beta); Adam
                               follows none: NAN                                                                   */
} lsa_training_state;
LSA_API lsa_training_state lsa_training_read(const lsa_training *training);

/* Keeps a copy of where the run stands: the path that a checkpoint carries along. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_training_mark(lsa_training *training, lsa_error *err);
LSA_API ptrdiff_t lsa_training_mark_count(const lsa_training *training);
/* Step, time and parameters of mark k; no average, loss NAN. */
LSA_API lsa_training_state lsa_training_mark_read(const lsa_training *training, ptrdiff_t k);

/* The state and the marks as text, whole or not at all; numbers round-trip. LSA_ERR_WRITE. */
LSA_API lsa_status lsa_training_save(const lsa_training *training, const char *path, lsa_error *err);
/* Into a training made from the same experiment and settings. LSA_ERR_READ; LSA_ERR_INPUT: no checkpoint, damaged, or
 * of another run, with the first line that differs: the settings, the number of parameters, or the loss at the first
 * step, in which start, law, statement and seed all show. The training is then unchanged. */
LSA_API lsa_status lsa_training_load(lsa_training *training, const char *path, lsa_error *err);

/* Covariance (n x n, n the number of parameters) of one prompt's gradient of 1/2 (prediction - target)^2 at these
 * parameters: what a batch of B leaves as noise is this over B. Over `prompts` >= 2 prompts of the seed that no run of
 * training draws. Cost O(n^2) a prompt beside its gradient. LSA_ERR_UNABLE, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_train_noise(const lsa_experiment *experiment, const double *parameters, uint64_t seed,
                                   ptrdiff_t prompts, double *covariance, lsa_error *err);

LSA_END_DECLS

#endif
