/* test_error.h - the sums of Theorem 4.2 in Lambda's eigenbasis, shared by its general and its linear form. */
#ifndef LSAFLOW_THEORY_TEST_ERROR_H
#define LSAFLOW_THEORY_TEST_ERROR_H

#include "theory/law.h"

/* S[k] = q_k' S q_k and aa[k] = (q_k' a)^2, or its mean. LSA_ERR_DOMAIN where the theorem does not apply. */
lsa_status theory_test_terms(const lsa_theory *theory, double M, const long double *S, const long double *aa,
                             double best_linear, lsa_theory_error *out, lsa_error *err);

#endif
