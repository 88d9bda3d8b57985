/* local_rate.c - how fast the loss falls in the end: the spectrum of the flow linearised at its limit.  (W9)
 *
 * In the eigenbases of G (left) and Lambda (right), with D_ij = r^2 g_i l_j, the deviation z = u U - A obeys
 *     dot z = -u^2 D z - U <D U, z>,
 * similar to D^{1/2}(u^2 I + g g')D^{1/2} with g = U. Entries with A_ij = 0 decouple (rate u^2 D_ij, present only if
 * the start excites them). The least eigenvalue of a diagonal plus rank one is the root of a secular equation (Golub
 * 1973), found by bisection: O(n) a step, no matrix. The loss is quadratic in z, so its rate is twice that. For a
 * start on an invariant line (isotropic Lambda, Theta Theta' ~ I) the slow modes are absent and the decay is faster. */
#include "base/try.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

#define DRIVEN 1e-13L /* entries of A, or of U0, below this fraction of the norm are rounding */

/* The driven entries, A_ij /= 0: their D and g. */
typedef struct driven_modes {
    ptrdiff_t count;
    long double *D, *g;
    ext_matrix V; /* A in the eigenbases; empty where it is diagonal there */
} driven_modes;

/* 1 + sum D_k g_k^2 / (u2 D_k - x): increasing between poles. */
static long double secular(const driven_modes *m, long double u2, long double x)
{
    long double sum = 1.0L;
    for (ptrdiff_t k = 0; k < m->count; k++)
        sum += m->D[k] * m->g[k] * m->g[k] / (u2 * m->D[k] - x);
    return sum;
}

/* The least eigenvalue lies between the least pole and the next; two equal least poles enclose it. */
static long double least_driven(const driven_modes *m, long double u2)
{
    ptrdiff_t first = 0;
    long double next = (long double)INFINITY;
    for (ptrdiff_t k = 1; k < m->count; k++)
        first = m->D[k] < m->D[first] ? k : first;
    for (ptrdiff_t k = 0; k < m->count; k++)
        if (k != first)
            next = fminl(next, m->D[k]);
    const long double pole = u2 * m->D[first];
    if (m->count == 1)
        return pole + m->D[first] * m->g[first] * m->g[first];
    long double low = pole, high = u2 * next;
    for (int step = 0; step < 80 && low < high; step++) { /* 80 halvings exhaust long double */
        const long double middle = low + 0.5L * (high - low);
        if (middle <= low || middle >= high)
            break;
        if (secular(m, u2, middle) < 0.0L)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool is_diagonal_minimum(const lsa_theory *theory)
{
    return theory->left.a == NULL;
}

/* left' X right */
static lsa_status in_eigenbases(const lsa_theory *theory, const ext_matrix *X, ext_matrix *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix half = {.d = 0};
    LSA_TRY(ext_product_transposed(&half, theory_left(theory), X, err));
    LSA_TRY(ext_product(out, &half, &theory->Q, err));
done:
    ext_clear(&half);
    return status;
}

static bool is_driven(const lsa_theory *theory, const driven_modes *m, ptrdiff_t i, ptrdiff_t j)
{
    if (is_diagonal_minimum(theory))
        return i == j && theory->f[i] > 0.0L;
    return fabsl(m->V.a[i + j * theory->d]) > DRIVEN * theory->norm_A;
}

static void add_mode(const lsa_theory *theory, driven_modes *m, ptrdiff_t i, ptrdiff_t j, long double g)
{
    const long double D = theory->r * theory->r * theory->g[i] * theory->lambda[j];
    if (D > 0.0L) {
        m->D[m->count] = D;
        m->g[m->count++] = g;
    }
}

/* A commutes with Lambda: d driven entries, f_k / (r l_k u). */
static lsa_status diagonal_modes(const lsa_theory *theory, long double u, driven_modes *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    m->D = ext_vec_create(theory->d);
    m->g = ext_vec_create(theory->d);
    LSA_TRY_MEMORY(m->D, "a local rate");
    LSA_TRY_MEMORY(m->g, "a local rate");
    for (ptrdiff_t k = 0; k < theory->d; k++)
        if (is_driven(theory, m, k, k))
            add_mode(theory, m, k, k, theory->f[k] / (theory->r * theory->lambda[k] * u));
done:
    return status;
}

static lsa_status general_modes(const lsa_theory *theory, long double u, driven_modes *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    ext_matrix A = {.d = 0};
    LSA_TRY(theory_minimum(theory, d, &A, err));
    LSA_TRY(in_eigenbases(theory, &A, &m->V, err));
    m->D = ext_vec_create(d * d);
    m->g = ext_vec_create(d * d);
    LSA_TRY_MEMORY(m->D, "a local rate");
    LSA_TRY_MEMORY(m->g, "a local rate");
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (is_driven(theory, m, i, j))
                add_mode(theory, m, i, j, m->V.a[i + j * d] / u);
done:
    ext_clear(&A);
    return status;
}

/* The least u2 D_ij over the entries that are not driven, a task that Omega leaves out among them, and that U0 excites. */
static lsa_status least_excited(const lsa_theory *theory, const driven_modes *m, long double u2, const double *U0,
                                long double *least, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    ext_matrix X = {.d = 0}, Y = {.d = 0};
    LSA_TRY(ext_from_doubles(&X, d, 1.0, U0, err));
    LSA_TRY(in_eigenbases(theory, &X, &Y, err));
    const long double floor = DRIVEN * ext_norm(&Y);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const long double D = theory->r * theory->r * theory->g[i] * theory->lambda[j];
            if (D > 0.0L && !is_driven(theory, m, i, j) && fabsl(Y.a[i + j * d]) > floor)
                *least = fminl(*least, u2 * D);
        }
done:
    ext_clear(&X);
    ext_clear(&Y);
    return status;
}

lsa_status lsa_theory_local_rate(const lsa_theory *theory, double u, const double *U0, double *rate, lsa_error *err)
{
    lsa_status status = LSA_OK;
    driven_modes modes = {.count = 0, .D = NULL, .g = NULL};
    const long double u2 = (long double)u * (long double)u;
    if (!(u2 > 0.0L))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the local rate needs u different from 0, got %.17g", u);
    LSA_TRY(is_diagonal_minimum(theory) ? diagonal_modes(theory, (long double)u, &modes, err)
                                        : general_modes(theory, (long double)u, &modes, err));
    if (modes.count == 0) {
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the loss is constant: it has no rate");
        goto done;
    }
    long double least = least_driven(&modes, u2);
    if (U0 != NULL)
        LSA_TRY(least_excited(theory, &modes, u2, U0, &least, err));
    *rate = (double)(2.0L * least);
done:
    ext_clear(&modes.V);
    free(modes.D);
    free(modes.g);
    return status;
}
