/* effort.c - what a compilation may cost. */
#include "compile/effort.h"

lsa_status lsa_lowering_spend(lsa_lowering *lowering, int64_t steps, lsa_error *err)
{
    const double d = (double)lsa_bound_size(lowering->bound, LSA_DIM_D);
    const double most = 1048576.0 * LSA_COMPILE_MIB + LSA_COMPILE_ARRAYS * d * d * (double)sizeof(double);
    lowering->steps += steps;
    if (lowering->steps > LSA_COMPILE_STEPS)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "its products take more than %lld steps to be shared, the most that this engine does",
                             (long long)LSA_COMPILE_STEPS);
    if ((double)lsa_arena_size(lowering->arena) > most) /* bytes */
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "its products fill more than %d MiB and %d arrays of d x d numbers, the most that this "
                             "engine keeps",
                             (int)LSA_COMPILE_MIB, (int)LSA_COMPILE_ARRAYS);
    return LSA_OK;
}
