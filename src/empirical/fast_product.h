/* fast_product.h - the product of two values, where a 1 x 1 factor scales whatever the other is. */
#ifndef LSAFLOW_EMPIRICAL_FAST_PRODUCT_H
#define LSAFLOW_EMPIRICAL_FAST_PRODUCT_H

#include "empirical/formula.h"

/* out = A B; the formulas give the shapes. No alias; out is overwritten. */
void lsa_product(const lsa_formula *a, const double *A, const lsa_formula *b, const double *B, double *out);
/* The cotangents of A and of B for the cotangent C of A B: C B' and A' C, or their scalar forms. */
void lsa_product_left(const lsa_formula *a, const lsa_formula *b, const double *B, const double *C, double *out);
void lsa_product_right(const lsa_formula *a, const double *A, const lsa_formula *b, const double *C, double *out);

#endif
