/* derive_log.h - the derivation told step by step, in plain text; every function does nothing without with_log. */
#ifndef LSAFLOW_SYMBOLIC_DERIVE_LOG_H
#define LSAFLOW_SYMBOLIC_DERIVE_LOG_H

#include "symbolic/derivation.h"
#include "symbolic/square.h"
#include "symbolic/wick.h"

/* The statement as it was expanded. */
void lsa_log_statement(lsa_derivation *derivation, const lsa_poly *prediction, const lsa_poly *target);
/* Half the square of the residual. */
void lsa_log_square(lsa_derivation *derivation, const lsa_poly *residual, const lsa_square_count *count,
                    const lsa_poly *half);
/* What the average over each Gaussian cost (one count per symbol), and the loss. */
void lsa_log_expectation(lsa_derivation *derivation, const lsa_wick_count *counts);
/* The loss after the average over a random covariance. */
void lsa_log_wishart(lsa_derivation *derivation);
void lsa_log_gradient(lsa_derivation *derivation, int k);
void lsa_log_hessian(lsa_derivation *derivation, int k);

#endif
