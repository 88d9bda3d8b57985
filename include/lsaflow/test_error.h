/* test_error.h - the exact test error of given parameters, from the derived loss of the test's own law.
 *
 *     error = E (prediction - y_query)^2 = 2 L(test law) (+ the noise variance, where the query's label is noisy)
 *
 * The statement is derived anew with the query's covariance as its own symbol, with a fixed task or averaged over a
 * Wishart law, where the test asks for it; each of these derivations is made once and kept. Holds for any statement and
 * any parameters. Random covariances as program.h says; a query that is `same` shares its context's draw. A task on the
 * sphere: exact, its moments of degree 4 included. Student t contexts: exact while the loss has no moments of the
 * context beyond the fourth, for all blocks of the layer. */
#ifndef LSAFLOW_TEST_ERROR_H
#define LSAFLOW_TEST_ERROR_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"

LSA_BEGIN_DECLS

/* Derives and compiles test losses of one experiment; one thread at a time. */
typedef struct lsa_test_evaluator lsa_test_evaluator;

/* The experiment is borrowed. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_test_evaluator_create(const lsa_experiment *experiment, lsa_test_evaluator **out,
                                             lsa_error *err);
LSA_API void lsa_test_evaluator_destroy(lsa_test_evaluator *evaluator);

/* The test error at `user`, parameters in the user's basis and the order of the statement (as lsa_program_to_user gives
 * them). LSA_ERR_UNABLE where labels are not linear in the covariates (teachers, data, tasks given by moments), for
 * covariates with a mean, a query that depends on the context, and where lsa_program_create is unable. LSA_ERR_DOMAIN
 * where the error is not finite (Student t of at most 4 degrees of freedom) or not defined (M = 0 with a query column in
 * E E'). Cost: one derivation per kind of test, then O(d^3) for the change of basis and one evaluation. */
LSA_API lsa_status lsa_program_test_error(lsa_test_evaluator *evaluator, const lsa_setting *test, const double *user,
                                          double *error, lsa_error *err);

LSA_END_DECLS

#endif
