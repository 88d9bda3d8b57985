/* law_numbers.c - what a prepared training law says of itself. */
#include "theory/law.h"
#include <assert.h>
#include <math.h>

ptrdiff_t lsa_theory_dimension(const lsa_theory *theory)
{
    return theory->d;
}

ptrdiff_t lsa_theory_rank(const lsa_theory *theory)
{
    return theory->rank;
}

bool lsa_theory_is_diagonal(const lsa_theory *theory)
{
    return theory->W.kind == EXT_DIAGONAL;
}

bool lsa_theory_is_isotropic_task(const lsa_theory *theory, double *psi2)
{
    if (theory->isotropic_task && psi2 != NULL)
        *psi2 = (double)theory->psi2;
    return theory->isotropic_task;
}

double lsa_theory_trace(const lsa_theory *theory)
{
    return (double)theory->trace;
}

double lsa_theory_condition(const lsa_theory *theory)
{
    return (double)(theory_lambda_largest(theory) / theory_lambda_least(theory));
}

const ext_matrix *theory_left(const lsa_theory *theory)
{
    return theory->left.a != NULL ? &theory->left : &theory->Q;
}

long double theory_gamma(const lsa_theory *theory, ptrdiff_t k)
{
    assert(theory->isotropic_task);
    return (1.0L + theory->inverse_n) * theory->lambda[k] + theory->c / theory->psi2;
}

long double theory_lambda_least(const lsa_theory *theory)
{
    long double least = (long double)INFINITY;
    for (ptrdiff_t k = 0; k < theory->d; k++)
        if (theory->lambda[k] > 0.0L)
            least = fminl(least, theory->lambda[k]);
    return least;
}

long double theory_lambda_largest(const lsa_theory *theory)
{
    long double largest = 0.0L;
    for (ptrdiff_t k = 0; k < theory->d; k++)
        largest = fmaxl(largest, theory->lambda[k]);
    return largest;
}
