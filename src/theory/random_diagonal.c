/* random_diagonal.c - diag(l_1, ..., l_d) with independent entries: every average is a product of moments.  (W16) */
#include "base/try.h"
#include "theory/random_law.h"
#include <stdlib.h>
#include <string.h>

static long double omega(const lsa_theory_random *t, ptrdiff_t i)
{
    return ext_entry(&t->Omega, i, i);
}

/* E[l_i l_j] */
static long double pair(const lsa_theory_random *t, ptrdiff_t i, ptrdiff_t j)
{
    return i == j ? t->moment[2][i] : t->moment[1][i] * t->moment[1][j];
}

/* E[l_i l_k l_j] */
static long double triple(const lsa_theory_random *t, ptrdiff_t i, ptrdiff_t k, ptrdiff_t j)
{
    if (i == k && k == j)
        return t->moment[3][i];
    if (i == k || i == j)
        return t->moment[2][i] * t->moment[1][i == k ? j : k];
    return k == j ? t->moment[2][k] * t->moment[1][i] : t->moment[1][i] * t->moment[1][k] * t->moment[1][j];
}

/* E[l_i l_j (tr(Lambda Omega) + s2)] */
static long double loaded(const lsa_theory_random *t, ptrdiff_t i, ptrdiff_t j)
{
    const long double rest = t->load - omega(t, i) * t->moment[1][i];
    if (i == j)
        return t->moment[2][i] * rest + omega(t, i) * t->moment[3][i];
    return pair(t, i, j) * (rest - omega(t, j) * t->moment[1][j]) + omega(t, i) * triple(t, i, i, j) +
           omega(t, j) * triple(t, j, j, i);
}

long double theory_diagonal_rate(const lsa_theory_random *t, ptrdiff_t i, ptrdiff_t j)
{
    return (1.0L + t->inverse_n) * omega(t, i) * triple(t, i, i, j) + t->inverse_n * loaded(t, i, j);
}

static lsa_status keep_moments(lsa_theory_random *t, const lsa_covariance *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    t->entries = calloc((size_t)t->d, sizeof *t->entries);
    LSA_TRY_MEMORY(t->entries, "a random covariance");
    memcpy(t->entries, covariance->laws, (size_t)t->d * sizeof *t->entries);
    for (int k = 1; k <= 3; k++) {
        t->moment[k] = ext_vec_create(t->d);
        LSA_TRY_MEMORY(t->moment[k], "a random covariance");
    }
    for (ptrdiff_t i = 0; i < t->d; i++) {
        LSA_TRY(theory_scalar_check(&covariance->laws[i], err));
        for (int k = 1; k <= 3; k++)
            t->moment[k][i] = theory_moment(&covariance->laws[i], k);
    }
done:
    return status;
}

lsa_status theory_diagonal_init(lsa_theory_random *t, const lsa_covariance *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(keep_moments(t, covariance, err));
    LSA_TRY(ext_init(&t->mean, t->d, EXT_DIAGONAL, err));
    LSA_TRY(ext_init(&t->weighted, t->d, EXT_DIAGONAL, err));
    LSA_TRY(ext_init(&t->signal, t->d, t->Omega.kind, err));
    long double trace = 0.0L;
    for (ptrdiff_t i = 0; i < t->d; i++) {
        t->mean.a[i] = t->moment[1][i];
        trace += omega(t, i) * t->moment[1][i];
    }
    t->load = trace + t->s2;
    for (ptrdiff_t i = 0; i < t->d; i++)
        t->weighted.a[i] = t->moment[1][i] * (trace - omega(t, i) * t->moment[1][i]) + omega(t, i) * t->moment[2][i];
    if (t->Omega.kind == EXT_DENSE)
        for (ptrdiff_t k = 0; k < t->d * t->d; k++)
            t->signal.a[k] = t->Omega.a[k] * pair(t, k % t->d, k / t->d);
    else
        for (ptrdiff_t i = 0; i < t->d; i++)
            t->signal.a[i] = t->Omega.a[i] * t->moment[2][i];
done:
    return status;
}

/* (H U)_ij = (1 + 1/N) sum_{k != i} Omega_ik E[l_i l_k l_j] U_kj, beside the rate's own h_ij U_ij. */
static long double coupling(const lsa_theory_random *t, const ext_matrix *U, ptrdiff_t i, ptrdiff_t j)
{
    long double sum = 0.0L;
    for (ptrdiff_t k = 0; k < t->d; k++)
        if (k != i)
            sum += t->Omega.a[i + k * t->d] * triple(t, i, k, j) * ext_entry(U, k, j);
    return (1.0L + t->inverse_n) * sum;
}

lsa_status theory_diagonal_column(const lsa_theory_random *t, ptrdiff_t j, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(ext_init(out, t->d, EXT_DENSE, err));
    for (ptrdiff_t k = 0; k < t->d; k++)
        for (ptrdiff_t i = 0; i < t->d; i++)
            out->a[i + k * t->d] = i == k ? theory_diagonal_rate(t, i, j)
                                          : (1.0L + t->inverse_n) * ext_entry(&t->Omega, i, k) * triple(t, i, k, j);
done:
    return status;
}

lsa_status theory_diagonal_apply(const lsa_theory_random *t, const ext_matrix *U, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool diagonal = U->kind == EXT_DIAGONAL && t->Omega.kind == EXT_DIAGONAL;
    LSA_TRY(ext_init(out, t->d, diagonal ? EXT_DIAGONAL : EXT_DENSE, err));
    for (ptrdiff_t j = 0; j < t->d; j++)
        for (ptrdiff_t i = diagonal ? j : 0; i < (diagonal ? j + 1 : t->d); i++) {
            long double value = theory_diagonal_rate(t, i, j) * ext_entry(U, i, j);
            if (t->Omega.kind == EXT_DENSE)
                value += coupling(t, U, i, j);
            out->a[diagonal ? i : i + j * t->d] = value;
        }
done:
    return status;
}
