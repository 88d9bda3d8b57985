/* extended.h - real numbers with 113 bits, for references: rates of a Lambda of condition 1e8 differ by 1e24, and what the slow
 * directions do is the difference of what the fast ones do. Slow: some fifty times a double's time. */
#ifndef LSA_TESTS_EXTENDED_H
#define LSA_TESTS_EXTENDED_H

#include <float.h>

#if LDBL_MANT_DIG >= 113
typedef long double extended;
#else
__extension__ typedef __float128 extended;
#endif

static inline extended extended_abs(extended x)
{
    return x < 0 ? -x : x;
}

static inline extended extended_max(extended x, extended y)
{
    return x > y ? x : y;
}

#endif
