/* limit.c - the point that gradient flow reaches (Theorem 4.1, (5.9)), from the paper's start and from others.  (W6)
 *
 * Along the flow k = u^2 - |U|_F^2 is constant, and at a minimum u U = A on what the loss sees. With |U seen| = |A|/|u|
 * this is u^4 - (k + |U unseen|^2) u^2 - |A|^2 = 0, whose positive root is the limit. */
#include "base/try.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

lsa_status lsa_theory_balanced(const lsa_theory *theory, double *u, double *U, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix A = {.d = 0};
    const long double scale = sqrtl(theory->norm_A);
    *u = (double)scale;
    if (U == NULL || scale == 0.0L)
        goto done;
    LSA_TRY(theory_minimum(theory, theory->d, &A, err));
    ext_scale(&A, 1.0L / scale);
    ext_round(&A, U);
done:
    ext_clear(&A);
    return status;
}

/* out = U0 without its seen part: in the bases of G (left) and Lambda (right), the entries where g_i lambda_j = 0. */
static lsa_status unseen_part(const lsa_theory *theory, const double *U0, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    const ext_matrix *left = theory_left(theory), *right = &theory->Q;
    ext_matrix U = {.d = 0}, half = {.d = 0}, Y = {.d = 0}, right_t = {.d = 0};
    LSA_TRY(ext_from_doubles(&U, d, 1.0, U0, err));
    LSA_TRY(ext_product_transposed(&half, left, &U, err));
    LSA_TRY(ext_product(&Y, &half, right, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (theory->g[i] * theory->lambda[j] > 0.0L)
                Y.a[i + j * d] = 0.0L;
    ext_clear(&half);
    LSA_TRY(ext_product(&half, left, &Y, err));
    LSA_TRY(ext_transpose(&right_t, right, err));
    LSA_TRY(ext_product(out, &half, &right_t, err));
done:
    ext_clear(&U);
    ext_clear(&half);
    ext_clear(&Y);
    ext_clear(&right_t);
    return status;
}

lsa_status lsa_theory_unseen(const lsa_theory *theory, const double *U, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix unseen = {.d = 0};
    LSA_TRY(unseen_part(theory, U, &unseen, err));
    ext_round(&unseen, out);
done:
    ext_clear(&unseen);
    return status;
}

bool lsa_theory_sees_all(const lsa_theory *theory)
{
    for (ptrdiff_t k = 0; k < theory->d; k++)
        if (!(theory->g[k] > 0.0L && theory->lambda[k] > 0.0L))
            return false;
    return true;
}

/* In the form that does not cancel for k < 0. */
long double theory_limit_u(double u0, long double seen2, long double norm_A)
{
    const long double k = (long double)u0 * (long double)u0 - seen2, root = hypotl(k, 2.0L * norm_A);
    const long double u2 = k >= 0.0L ? 0.5L * (k + root) : 2.0L * norm_A * norm_A / (root - k);
    return u0 < 0.0 ? -sqrtl(u2) : sqrtl(u2);
}

lsa_status lsa_theory_limit(const lsa_theory *theory, double u0, const double *U0, double *u, double *U, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    ext_matrix A = {.d = 0}, unseen = {.d = 0};
    long double norm2 = 0.0L, hidden = 0.0L;
    for (ptrdiff_t k = 0; k < d * d; k++)
        norm2 += (long double)U0[k] * (long double)U0[k];
    if (!lsa_theory_sees_all(theory)) {
        LSA_TRY(unseen_part(theory, U0, &unseen, err));
        hidden = ext_norm(&unseen);
    }
    const long double limit = theory_limit_u(u0, norm2 - hidden * hidden, theory->norm_A);
    *u = (double)limit;
    if (U == NULL)
        goto done;
    LSA_TRY(theory_minimum(theory, d, &A, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            U[i + j * d] = (double)((limit != 0.0L ? ext_entry(&A, i, j) / limit : 0.0L) +
                                    (unseen.a != NULL ? ext_entry(&unseen, i, j) : 0.0L));
done:
    ext_clear(&A);
    ext_clear(&unseen);
    return status;
}
