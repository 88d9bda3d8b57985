/* emit.h - from shared sums to a flat program. */
#ifndef LSAFLOW_COMPILE_EMIT_H
#define LSAFLOW_COMPILE_EMIT_H

#include "compile/code.h"
#include "compile/share.h"

/* Writes the sums, sum k to the output at offset[k], as one code that lives in `kept`. The sharing's chains must have
 * been shortened. LSA_ERR_MEMORY. */
lsa_status lsa_emit(const lsa_sharing *sharing, int n, const lsa_shared_sum *sums, const ptrdiff_t *offset,
                    lsa_arena *kept, lsa_code *out, lsa_error *err);

#endif
