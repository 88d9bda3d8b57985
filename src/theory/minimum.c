/* minimum.c - the global minima of the reduced loss (Corollary A.2, Lemma 5.3), also of bounded rank.  (W5), (W12)
 *
 * In the coordinates of law.h the loss of A = u U is a square: with Z = G^{1/2} r A Lambda^{1/2},
 *     L = 1/2 |Z - T|_F^2 + 1/2 (sum s - |T|_F^2),   T = G^{-1/2} B Lambda^{-1/2},   T'T = V diag(s f) V',
 * so the best A of rank m keeps the m largest s_k (Eckart, Young 1936), and each mode left out costs s_k f_k / 2.
 * Where G sees less than Lambda (Omega singular, c = 0) the loss determines A only on range(G): the rest is removed. */
#include "base/try.h"
#include "theory/law.h"
#include <assert.h>
#include <stdlib.h>

/* A -> (projection onto range(G)) A */
static lsa_status keep_seen(const lsa_theory *theory, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix projection = {.d = 0}, seen = {.d = 0};
    long double *one = ext_vec_create(theory->d);
    LSA_TRY_MEMORY(one, "the minimum");
    for (ptrdiff_t k = 0; k < theory->d; k++)
        one[k] = theory->g[k] > 0.0L ? 1.0L : 0.0L;
    LSA_TRY(ext_congruence(&projection, theory_left(theory), one, err));
    LSA_TRY(ext_product(&seen, &projection, A, err));
    ext_clear(A);
    *A = seen; /* moved */
    seen = (ext_matrix){.d = 0};
done:
    ext_clear(&projection);
    ext_clear(&seen);
    free(one);
    return status;
}

lsa_status theory_minimum(const lsa_theory *theory, ptrdiff_t rank, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double *kept = ext_vec_create(theory->d);
    LSA_TRY_MEMORY(kept, "the minimum");
    for (ptrdiff_t k = 0; k < rank && k < theory->d; k++)
        kept[theory->order[k]] = theory->f[theory->order[k]] / theory->r;
    LSA_TRY(ext_congruence(out, &theory->W, kept, err));
    if (theory->blind)
        LSA_TRY(keep_seen(theory, out, err));
done:
    free(kept);
    return status;
}

lsa_status lsa_theory_minimum(const lsa_theory *theory, ptrdiff_t rank, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix A = {.d = 0};
    LSA_TRY(theory_minimum(theory, rank, &A, err));
    ext_round(&A, out);
done:
    ext_clear(&A);
    return status;
}

lsa_status lsa_theory_minimum_diagonal(const lsa_theory *theory, ptrdiff_t rank, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix A = {.d = 0};
    assert(lsa_theory_is_diagonal(theory));
    LSA_TRY(theory_minimum(theory, rank, &A, err));
    assert(A.a != NULL && A.kind == EXT_DIAGONAL);
    for (ptrdiff_t i = 0; i < theory->d; i++)
        out[i] = (double)A.a[i];
done:
    ext_clear(&A);
    return status;
}

double lsa_theory_minimum_norm(const lsa_theory *theory)
{
    return (double)theory->norm_A;
}

double lsa_theory_minimum_loss(const lsa_theory *theory, ptrdiff_t rank)
{
    long double sum = 0.0L;
    for (ptrdiff_t k = 0; k < theory->d; k++) {
        const long double s = theory->s[theory->order[k]];
        const bool kept = k < rank && s > 0.0L;
        sum += kept ? s * (theory->inverse_n * s + theory->c) / ((1.0L + theory->inverse_n) * s + theory->c) : s;
    }
    return (double)(0.5L * sum);
}

double lsa_theory_loss_at_zero(const lsa_theory *theory)
{
    long double sum = 0.0L;
    for (ptrdiff_t k = 0; k < theory->d; k++)
        sum += theory->s[k];
    return (double)(0.5L * sum);
}
