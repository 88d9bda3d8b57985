/* least.h - how low a quadratic function of W can be. */
#ifndef LSAFLOW_COMPILE_LEAST_H
#define LSAFLOW_COMPILE_LEAST_H

#include "lsaflow/program.h"

/* The least value over all W, form->minimum; clears in B, which is form->B, what rounding left where H_ij = 0. */
double lsa_form_least_value(const lsa_form *form, double *B);
/* What 1/2 <W, H o W> - <B, W> + constant can come to over W of at most this rank; 0: any, some of which may be out of
 * reach. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
lsa_status lsa_form_least(const lsa_form *form, ptrdiff_t rank, lsa_least *out, lsa_error *err);

#endif
