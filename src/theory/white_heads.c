/* white_heads.c - merged heads on white covariates, 2501.16265 (10), as that paper prints it.  (W10) */
#include "lsaflow/theory_heads.h"
#include <math.h>

double lsa_theory_white_heads(double d, double context, double start, double t)
{
    const double gamma = 1.0 + (1.0 + d) / context, shrink = exp(-2.0 * sqrt(d) * t);
    return 1.0 / (gamma * (1.0 - shrink) + sqrt(d) / (start * start) * shrink);
}
