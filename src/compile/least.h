/* least.h - how low a quadratic function of W can be. */
#ifndef LSAFLOW_COMPILE_LEAST_H
#define LSAFLOW_COMPILE_LEAST_H

#include "lsaflow/program.h"

/* The largest rank that W can have, any W of which some parameters make; 0 where a block stands in W twice: not known. */
ptrdiff_t lsa_form_rank(const lsa_form *form);
/* What 1/2 <W, H o W> - <B, W> + constant can come to over W of at most this rank; 0: any, some of which may be out of
 * reach. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
lsa_status lsa_form_least(const lsa_form *form, ptrdiff_t rank, lsa_least *out, lsa_error *err);

#endif
