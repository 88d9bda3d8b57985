/* random_wishart.c - Lambda = (1/k) sum_{j=1..k} z_j z_j', z_j ~ N(0, scale): exact moments by Isserlis' theorem.  (W17)
 *
 * With scale = P P', S = P' Omega P = diag(s) and Lambda = P Lambda' P', everything is computed for scale I and task S,
 * on V = P' U P. The 15 pairings of six ends, each weighted with k for every group of samples that stays apart, give
 * (t = tr S, T = tr V, D = tr(S V))
 *     k^3 E[Lambda' S Lambda' V Lambda']     = k^3 S V + k^2 (S V + t V + S V' + V' S + T S + D I)
 *                                              + k (2 V S + S V' + V' S + t V' + T S + D I + t T I)
 *     k^3 E[tr(Lambda' S) Lambda' V Lambda'] = k^3 t V + k^2 (2 S V + 2 V S + t V' + t T I)
 *                                              + k (2 S V' + 2 V' S + 2 T S + 2 D I)
 *     k^2 E[Lambda' V Lambda']               = k^2 V + k (V' + T I)
 *     k^2 E[Lambda' S Lambda'] = (k^2 + k) S + k t I,   k^2 E[tr(Lambda' S) Lambda'] = k^2 t I + 2 k S.
 * On a diagonal V the operator is a diagonal plus rank 2, and B is diagonal: so is the minimum. */
#include "base/try.h"
#include "theory/law.h"
#include "theory/random_law.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What H does beside moving entries: adds alpha (T s_i + D) + beta T on the diagonal. */
static long double alpha(const lsa_theory_random *t)
{
    const long double q = 1.0L / t->k;
    return (1.0L + t->inverse_n) * (q + q * q) + 2.0L * t->inverse_n * q * q;
}

static long double trace_s(const lsa_theory_random *t)
{
    long double sum = 0.0L;
    for (ptrdiff_t i = 0; i < t->d; i++)
        sum += t->s[i];
    return sum;
}

static long double beta(const lsa_theory_random *t, long double tr)
{
    const long double q = 1.0L / t->k;
    return (1.0L + t->inverse_n) * q * q * tr + t->inverse_n * q * (tr + t->s2);
}

/* The coefficients of V_ij and of V_ji in entry (i, j). */
static long double straight(const lsa_theory_random *t, long double tr, long double si, long double sj)
{
    const long double q = 1.0L / t->k;
    return (1.0L + t->inverse_n) * (si + q * (si + tr) + 2.0L * q * q * sj) +
           t->inverse_n * (tr + 2.0L * q * (si + sj) + t->s2);
}

static long double crossed(const lsa_theory_random *t, long double tr, long double si, long double sj)
{
    const long double q = 1.0L / t->k;
    return (1.0L + t->inverse_n) * (q * (si + sj) + q * q * (si + sj + tr)) +
           t->inverse_n * (q * (tr + t->s2) + 2.0L * q * q * (si + sj));
}

/* P, W and s of the law (scale, Omega). */
static lsa_status keep_spectra(lsa_theory_random *t, const lsa_setting *training, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory *theory = NULL;
    lsa_setting fixed = *training;
    fixed.context = (double)INFINITY;
    fixed.covariance = training->covariance->scale;
    assert(fixed.covariance->d == t->d);
    LSA_TRY(lsa_theory_create(&fixed, &theory, err));
    t->s = ext_vec_create(t->d);
    LSA_TRY_MEMORY(t->s, "a random covariance");
    memcpy(t->s, theory->s, (size_t)t->d * sizeof *t->s);
    t->P = theory->P; /* moved, as are the others */
    t->W = theory->W;
    t->mean = theory->Lambda;
    theory->P = theory->W = theory->Lambda = (ext_matrix){.d = 0};
done:
    lsa_theory_destroy(theory);
    return status;
}

/* A Wishart law exists for integers and above d - 1 (Gindikin 1975). */
static lsa_status check_dof(ptrdiff_t d, double k, lsa_error *err)
{
    if (k >= 1.0 && isfinite(k) && (k == floor(k) || k > (double)d - 1.0))
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_DOMAIN, "a Wishart law needs an integer >= 1 of degrees of freedom, got %.17g",
                         k);
}

lsa_status theory_wishart_init(lsa_theory_random *t, const lsa_setting *training, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double *f = ext_vec_create(t->d);
    LSA_TRY_MEMORY(f, "a random covariance");
    LSA_TRY(check_dof(t->d, training->covariance->dof, err));
    t->k = (long double)training->covariance->dof;
    LSA_TRY(keep_spectra(t, training, err));
    const long double tr = trace_s(t), q = 1.0L / t->k;
    for (ptrdiff_t i = 0; i < t->d; i++)
        f[i] = (1.0L + q) * t->s[i] + q * tr;
    LSA_TRY(ext_congruence(&t->signal, &t->P, f, err));
    for (ptrdiff_t i = 0; i < t->d; i++)
        f[i] = tr + 2.0L * q * t->s[i];
    LSA_TRY(ext_congruence(&t->weighted, &t->P, f, err));
done:
    free(f);
    return status;
}

/* out = H' V for scale I, any V made DENSE. */
static lsa_status apply_white(const lsa_theory_random *t, const ext_matrix *V, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = t->d;
    const long double tr = trace_s(t), T = ext_trace(V);
    long double D = 0.0L;
    LSA_TRY(ext_init(out, d, EXT_DENSE, err));
    for (ptrdiff_t i = 0; i < d; i++)
        D += t->s[i] * ext_entry(V, i, i);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out->a[i + j * d] = straight(t, tr, t->s[i], t->s[j]) * ext_entry(V, i, j) +
                                crossed(t, tr, t->s[i], t->s[j]) * ext_entry(V, j, i);
    for (ptrdiff_t i = 0; i < d; i++)
        out->a[i + i * d] += alpha(t) * (T * t->s[i] + D) + beta(t, tr) * T;
done:
    return status;
}

lsa_status theory_wishart_apply(const lsa_theory_random *t, const ext_matrix *U, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix V = {.d = 0}, HV = {.d = 0};
    LSA_TRY(ext_rotate(&V, &t->P, U, err));
    LSA_TRY(apply_white(t, &V, &HV, err));
    LSA_TRY(ext_rotate_back(out, &t->P, &HV, err));
done:
    ext_clear(&V);
    ext_clear(&HV);
    return status;
}

/* Whether coordinate i lies in the range of scale: elsewhere its column of P is zero. */
static bool in_range(const lsa_theory_random *t, ptrdiff_t i)
{
    if (t->P.kind == EXT_DIAGONAL)
        return t->P.a[i] > 0.0L;
    for (ptrdiff_t k = 0; k < t->d; k++)
        if (t->P.a[k + i * t->d] != 0.0L)
            return true;
    return false;
}

/* v with p_i v_i + alpha (T s_i + D) + beta T = b_i, T = sum v, D = sum s v: two equations for T and D, then v. */
static void solve_white(const lsa_theory_random *t, long double *v)
{
    const long double tr = trace_s(t), q = 1.0L / t->k, al = alpha(t), be = beta(t, tr);
    long double m[2][2] = {{1.0L, 0.0L}, {0.0L, 1.0L}}, rhs[2] = {0.0L, 0.0L};
    for (ptrdiff_t i = 0; i < t->d; i++) {
        const long double s = t->s[i];
        const long double p = straight(t, tr, s, s) + crossed(t, tr, s, s);
        if (!in_range(t, i))
            continue;
        v[i] = ((1.0L + q) * s + q * tr) / p;
        rhs[0] += v[i];
        rhs[1] += s * v[i];
        m[0][0] += (al * s + be) / p;
        m[0][1] += al / p;
        m[1][0] += s * (al * s + be) / p;
        m[1][1] += al * s / p;
    }
    const long double det = m[0][0] * m[1][1] - m[0][1] * m[1][0]; /* >= 1: a sum of squares beside the 1 */
    const long double T = (m[1][1] * rhs[0] - m[0][1] * rhs[1]) / det;
    const long double D = (m[0][0] * rhs[1] - m[1][0] * rhs[0]) / det;
    for (ptrdiff_t i = 0; i < t->d; i++) {
        const long double s = t->s[i];
        if (in_range(t, i))
            v[i] -= (al * (T * s + D) + be * T) / (straight(t, tr, s, s) + crossed(t, tr, s, s));
    }
}

lsa_status theory_wishart_solve(const lsa_theory_random *t, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double *v = ext_vec_create(t->d);
    LSA_TRY_MEMORY(v, "the minimum");
    solve_white(t, v);
    LSA_TRY(ext_congruence(A, &t->W, v, err));
done:
    free(v);
    return status;
}
