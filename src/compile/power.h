/* power.h - x to an integer power. */
#ifndef LSAFLOW_COMPILE_POWER_H
#define LSAFLOW_COMPILE_POWER_H

/* By repeated squaring. */
static inline double lsa_integer_power(double x, int exponent)
{
    double result = 1.0;
    for (unsigned e = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent; e > 0; e /= 2) {
        if (e % 2 != 0)
            result *= x;
        x *= x;
    }
    return exponent < 0 ? 1.0 / result : result;
}

#endif
