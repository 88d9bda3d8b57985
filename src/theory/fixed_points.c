/* fixed_points.c - the stationary points of heads with separate key and query, (18)-(19), and of the full layer at
 * U = 0, u = 0.  (W26), (W27)
 *
 * In the coordinates of law.h the loss of A is |Z - T|^2/2 + const, Z = r G^{1/2} A Lambda^{1/2}; products of factors
 * are stationary where Z is a partial sum of T's singular value decomposition: a subset of the modes. */
#include "base/try.h"
#include "lsaflow/theory_heads.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

/* What learning mode k gains. */
static long double gain(const lsa_theory *theory, ptrdiff_t k)
{
    return 0.5L * theory->s[k] * theory->f[k];
}

lsa_status lsa_theory_fixed_point(const lsa_theory *theory, const bool *kept, double *A, double *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix M = {.d = 0};
    long double *f = ext_vec_create(theory->d), sum = 0.0L;
    LSA_TRY_MEMORY(f, "a fixed point");
    for (ptrdiff_t m = 0; m < theory->d; m++) {
        const ptrdiff_t k = theory->order[m];
        const long double s = theory->s[k];
        f[k] = kept[m] ? theory->f[k] / theory->r : 0.0L;
        /* A learned mode still costs s - s f = (s/N + c) f, without cancellation. */
        sum += kept[m] ? (theory->inverse_n * s + theory->c) * theory->f[k] : s;
    }
    *loss = (double)(0.5L * sum);
    if (A != NULL) {
        LSA_TRY(ext_congruence(&M, &theory->W, f, err));
        ext_round(&M, A);
    }
done:
    ext_clear(&M);
    free(f);
    return status;
}

void lsa_theory_rank_one_point(const lsa_theory *theory, double *px, double *k, double *loss)
{
    ptrdiff_t best = 0;
    long double rest = 0.0L;
    for (ptrdiff_t j = 0; j < theory->d; j++) {
        best = gain(theory, j) > gain(theory, best) ? j : best;
        rest += 0.5L * theory->s[j];
    }
    const long double size = sqrtl(theory->f[best] / theory->r);
    for (ptrdiff_t i = 0; i < theory->d; i++)
        px[i] = k[i] = (double)(size * ext_entry(&theory->W, i, best));
    *loss = (double)(rest - gain(theory, best));
}
