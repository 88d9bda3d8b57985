/* values.h - an array of numbers that may not be there. */
#ifndef LSAFLOW_REPORT_VALUES_H
#define LSAFLOW_REPORT_VALUES_H

#include <math.h>
#include <stddef.h>

/* values[i]; NAN where there is no array. */
static inline double lsa_value_at(const double *values, ptrdiff_t i)
{
    return values != NULL ? values[i] : (double)NAN;
}

#endif
