/* teacher_labels.c - the functions g of lsa_teacher_kind. */
#include "empirical/teacher_labels.h"
#include <math.h>

/* Horner's form. */
static double polynomial(const lsa_teacher *teacher, double z)
{
    double y = 0.0;
    for (ptrdiff_t k = teacher->n_coefficients - 1; k >= 0; k--)
        y = y * z + teacher->coefficients[k];
    return y;
}

double lsa_teacher_label(const lsa_teacher *teacher, double z)
{
    switch (teacher->kind) {
    case LSA_TEACHER_RELU:
        return z > 0.0 ? z : 0.0;
    case LSA_TEACHER_SIGN:
        return (double)((z > 0.0) - (z < 0.0));
    case LSA_TEACHER_CUBIC:
        return z * z * z;
    case LSA_TEACHER_QUADRATIC:
        return z * z;
    case LSA_TEACHER_SINE:
        return sin(teacher->frequency * z);
    default:
        return polynomial(teacher, z);
    }
}
