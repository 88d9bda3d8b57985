/* elliptical.c - the moments of laws of a random length: Student and the sphere.                               (W20) */
#include "lsaflow/theory.h"
#include <math.h>

double lsa_theory_student_excess(double nu)
{
    if (!(nu > 2.0))
        return (double)NAN;
    return nu > 4.0 ? 2.0 / (nu - 4.0) : (double)INFINITY;
}

double lsa_theory_sphere_moment(ptrdiff_t d, double radius)
{
    return radius * radius / (double)d;
}
