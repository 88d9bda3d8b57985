/* operator_solve.h - the minimum of a law whose operator couples the entries of U. */
#ifndef LSAFLOW_THEORY_OPERATOR_SOLVE_H
#define LSAFLOW_THEORY_OPERATOR_SOLVE_H

#include "theory/random_law.h"

/* A (DENSE) with H A = B, of least norm in the metric of the mean law where H is singular. LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
lsa_status theory_operator_solve(const lsa_theory_random *random, ext_matrix *A, lsa_error *err);

#endif
