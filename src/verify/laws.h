/* laws.h - the laws of an experiment as theory takes them. */
#ifndef LSAFLOW_VERIFY_LAWS_H
#define LSAFLOW_VERIFY_LAWS_H

#include "lsaflow/arena.h"
#include "lsaflow/model.h"
#include "lsaflow/theory.h"
#include "lsaflow/theory_random.h"

/* A fixed covariance (of a random one, its mean). Borrows. */
lsa_second_moment laws_moment(const lsa_covariance *covariance);
/* Second moment of the tasks of a test with linear tasks. */
lsa_second_moment laws_task(const lsa_setting *test);
/* Whether a test's labels are <w, x> + noise. */
bool laws_task_is_linear(const lsa_setting *test);
/* Contexts and query of a test are drawn as in training: Gaussian, of mean 0 and the same covariance, independent. */
bool laws_covariates_as_trained(const lsa_setting *test);
/* Any covariance; what it needs lives in the arena. LSA_ERR_MEMORY. */
lsa_status laws_covariance(const lsa_covariance *covariance, lsa_arena *arena, lsa_theory_covariance_law *out,
                           lsa_error *err);

/* The least and the greatest rank of a drawn covariance: lsa_theory_random_ranks. */
lsa_status laws_ranks(const lsa_covariance *covariance, ptrdiff_t *least, ptrdiff_t *most, lsa_error *err);

/* The training law, fixed (of a random covariance, with its mean) and random. Borrow from data and the arena. */
lsa_theory_law laws_training(ptrdiff_t d, const lsa_setting *training);
lsa_status laws_random_training(ptrdiff_t d, const lsa_setting *training, lsa_arena *arena, lsa_theory_random_law *out,
                                lsa_error *err);

#endif
