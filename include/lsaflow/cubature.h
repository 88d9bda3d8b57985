/* cubature.h - the expectation of a statement's squared error by cubature, exact for polynomials.
 *
 *     error = E (prediction - target)^2 (+ the noise variance, where the query's label is noisy),  loss = error/2
 *
 * Prediction and target are polynomials in the Gaussians of the statement, so that a finite weighted sum over points is
 * their mean to the last digits, whatever they are: from the text of the statement and the laws of a setting alone, with
 * no moment formula, no symbolic algebra and no draws. A witness beside the derived polynomial and the sampler, at the
 * cost of many points: for small dimensions and short contexts.
 *
 * What the symbols stand for: a Gaussian's law is that of its covariance symbol. ~ Lambda has the covariance of the
 * contexts of this prompt, and so do singles ~ Lambda, but for the query, the one such in the target, where a test
 * gives the query a law of its own; ~ Omega is the task, ~ s2 the noise; every other symbol keeps the numbers of
 * data.values. Lambda, Omega, s2, N and rho as written in prediction or target are numbers of this prompt: the
 * covariance of its contexts, the second moment of its task law (fixed w: w w'; sphere of radius r in R^d: r^2/d I), the
 * noise variance, the context length and the normalisation. Student t contexts: families ~ Lambda only. */
#ifndef LSAFLOW_CUBATURE_H
#define LSAFLOW_CUBATURE_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"

LSA_BEGIN_DECLS

typedef struct lsa_cubature lsa_cubature;

/* A mean, and that of the same polynomial with the absolute values of all numbers in it (parameters, constants, entries
 * of covariances' factors): the sum of the sizes of its terms, which rounding is relative to in any order of
 * them. rounding: 8 units in the last place of what was added at the points, of which much may cancel by symmetry. */
typedef struct lsa_cubature_sum {
    double value, scale, rounding;
} lsa_cubature_sum;

/* The rule for a test of the experiment (NULL: the training setting); the experiment is borrowed for the call. One
 * thread at a time.
 * LSA_ERR_UNABLE: more than most_points points, with their number; d above 64, more than 1024 numbers in
 * parameters and Gaussians; N = inf; a task that is a teacher, data or moments;
 * covariates with a mean; a query orthogonal to its context; a query or task law for a statement that has not exactly one
 * query or task. LSA_ERR_DOMAIN: moments of Student t covariates that do not exist, a division by 0; a context of no
 * examples leaves rho = 0 at `normalise: N`, where a statement that names a layer predicts 0. LSA_ERR_INPUT: a symbol
 * without numbers. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_cubature_create(const lsa_experiment *experiment, const lsa_setting *test, double most_points,
                                       lsa_cubature **out, lsa_error *err);
LSA_API void lsa_cubature_destroy(lsa_cubature *cubature);

/* Points of the rule that are evaluated, the factor of the cost of everything below; a whole number, at most most_points. */
LSA_API double lsa_cubature_points(const lsa_cubature *cubature);
/* Degree of (prediction - target)^2 in all Gaussians together, and the numbers that are integrated over. */
LSA_API int lsa_cubature_degree(const lsa_cubature *cubature);
LSA_API ptrdiff_t lsa_cubature_dimension(const lsa_cubature *cubature);
/* Numbers in the state: blocks in the order of the statement, column-major, a family head by head; user's basis. */
LSA_API ptrdiff_t lsa_cubature_parameter_count(const lsa_cubature *cubature);

/* The error at these parameters. Cost: points times the operations of prediction and target. */
LSA_API void lsa_cubature_error(lsa_cubature *cubature, const double *parameters, lsa_cubature_sum *error);
/* The gradient of the loss, and its Hessian times a direction, one sum an entry. */
LSA_API void lsa_cubature_gradient(lsa_cubature *cubature, const double *parameters, lsa_cubature_sum *gradient);
LSA_API void lsa_cubature_hessian(lsa_cubature *cubature, const double *parameters, const double *direction,
                                  lsa_cubature_sum *out);

LSA_END_DECLS

#endif
