/* off_diagonal.c - the part of the flow that is solved exactly [D].  (W3)
 *
 * For Omega = psi2 I the equations of (5.4) in Lambda's eigenbasis read dot U_ij = -u^2 r^2 g_i l_j U_ij off the
 * diagonal, g_i = psi2 gamma_i l_i: every entry decays alone, at a rate fixed by s = int u^2. */
#include "base/try.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

static void decay(const lsa_theory *theory, long double s, ext_matrix *Y)
{
    const long double r2 = theory->r * theory->r;
    for (ptrdiff_t j = 0; j < Y->d; j++)
        for (ptrdiff_t i = 0; i < Y->d; i++)
            Y->a[i + j * Y->d] *= i == j ? 0.0L : expl(-r2 * theory->g[i] * theory->lambda[j] * s);
}

lsa_status lsa_theory_off_diagonal(const lsa_theory *theory, const double *U0, double s, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix U = {.d = 0}, Y = {.d = 0}, back = {.d = 0};
    if (!theory->isotropic_task)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the off-diagonal entries decay alone only for a task covariance that is a multiple of I");
    LSA_TRY(ext_from_doubles(&U, theory->d, 1.0, U0, err));
    LSA_TRY(ext_rotate(&Y, &theory->Q, &U, err));
    decay(theory, (long double)s, &Y);
    LSA_TRY(ext_rotate_back(&back, &theory->Q, &Y, err));
    ext_round(&back, out);
done:
    ext_clear(&U);
    ext_clear(&Y);
    ext_clear(&back);
    return status;
}
