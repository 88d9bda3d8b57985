/* effort.h - the budget of a compilation.
 *
 * Work is counted in steps, one letter of one product looked at, a few nanoseconds; it is not timed, so a statement is
 * taken or refused alike on every machine. Memory is that of the compilation's arena. */
#ifndef LSAFLOW_COMPILE_EFFORT_H
#define LSAFLOW_COMPILE_EFFORT_H

#include "compile/product_node.h"

/* About a second. Eight heads of the whole layer take a fifteenth of it with their Hessian. Beside the products
 * the arena holds constants with numbers; a statement with more of them than 64 d x d arrays has to have few terms. */
#define LSA_COMPILE_STEPS (INT64_C(1) << 28)
enum { LSA_COMPILE_MIB = 384, LSA_COMPILE_ARRAYS = 64 };

/* Counts `steps` more, and looks at the memory. LSA_ERR_UNABLE beyond the bounds above. */
lsa_status lsa_lowering_spend(lsa_lowering *lowering, int64_t steps, lsa_error *err);

#endif
