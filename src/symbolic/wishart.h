/* wishart.h - the average over a Wishart covariance: a second Wick pass. */
#ifndef LSAFLOW_SYMBOLIC_WISHART_H
#define LSAFLOW_SYMBOLIC_WISHART_H

#include "symbolic/poly.h"

/* Symbols of a Wishart law: Lambda = (1/k) sum_{j=1..k} z_j z_j', z_j ~ N(0, scale). */
typedef struct lsa_wishart {
    int vector; /* z, a family over its own sample index */
    int scale;  /* E Lambda                              */
    int dof;    /* the scalar k                          */
} lsa_wishart;

/* Adds the symbols "Lambda_0", "dof" and the vector "z" for the law of `covariance`. */
lsa_status lsa_wishart_add_symbols(lsa_algebra *algebra, int covariance, lsa_wishart *out, lsa_error *err);

/* E f over the law, for 1 x 1 f whose other expectations are taken. LSA_ERR_UNABLE for more than seven factors of the
 * covariance in a term. */
lsa_status lsa_wishart_expect(lsa_algebra *algebra, const lsa_poly *f, int covariance, const lsa_wishart *law,
                              const lsa_poly **out, lsa_error *err);

#endif
