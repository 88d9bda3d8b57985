/* fault.h - makes one allocation fail, for tests declared with FAULT.
 *
 * Such a test is linked with malloc, calloc, realloc and free of its own objects wrapped (those inside shared libraries
 * are not), so that the n-th allocation after lsa_fault_arm fails and blocks left over are counted. */
#ifndef LSAFLOW_TESTS_FAULT_H
#define LSAFLOW_TESTS_FAULT_H

#include "lsaflow/status.h"

/* From now on: the n-th allocation fails (0: none does), and blocks are tracked from zero. */
void lsa_fault_arm(long n);

/* Ends it; returns whether an allocation failed. */
int lsa_fault_disarm(void);

/* Blocks that were allocated since lsa_fault_arm and not freed. */
long lsa_fault_live(void);

/* Allocations between lsa_fault_arm and lsa_fault_disarm. */
long lsa_fault_count(void);

/* Runs `attempt` with its first allocation failing, then its second, ..., until none fails. Each failing run must
 * return LSA_ERR_MEMORY and the last LSA_OK, and none may leave a block behind; so `attempt` frees what it makes.
 * Returns the number of allocations. */
long lsa_fault_each(lsa_status (*attempt)(void *context), void *context);

#endif
