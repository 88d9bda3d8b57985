/* linear_rule.c - w = T v with v regularised or of least norm.
 *
 * (X'X + s^2 Omega^-1)^-1 X'y is F (F'X'XF + s^2 I)^-1 F'X'y for Omega = F F': no inverse of Omega, so a semidefinite
 * prior is fine; it is solved as least squares with the rows s I below X F, which never squares a condition number. */
#include "empirical/linear_rule.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/covariance_factor.h"
#include "empirical/ols.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Eigenvalues within d eps of the largest are rounding's. */
static double negligible(ptrdiff_t d, const double *spectrum)
{
    return 4.0 * (double)d * DBL_EPSILON * lsa_vec_norm_max(d, spectrum);
}

static ptrdiff_t rank_of(ptrdiff_t d, const double *spectrum)
{
    const double zero = negligible(d, spectrum);
    ptrdiff_t rank = 0;
    for (ptrdiff_t i = 0; i < d; i++)
        rank += spectrum[i] > zero;
    return rank;
}

static void dense_factor(const lsa_factor *f, double *F)
{
    const ptrdiff_t d = f->d;
    memset(F, 0, (size_t)(d * d) * sizeof(double));
    if (f->matrix)
        memcpy(F, f->matrix, (size_t)(d * d) * sizeof(double));
    else
        for (ptrdiff_t i = 0; i < d; i++)
            F[i + i * d] = f->scale[i];
}

/* T = F V, V the eigenvectors of F' Lambda F with eigenvalues above zero: a basis of what the data can tell about v. */
static lsa_status restrict_to_data(lsa_linear_rule *rule, const lsa_covariance *Lambda, const double *F, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = Lambda->d;
    double *L = lsa_vec_create(d * d), *LF = lsa_vec_create(d * d), *V = lsa_vec_create(d * d);
    double *spectrum = lsa_vec_create(d);
    rule->T = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(L, "a baseline");
    LSA_TRY_MEMORY(LF, "a baseline");
    LSA_TRY_MEMORY(V, "a baseline");
    LSA_TRY_MEMORY(spectrum, "a baseline");
    LSA_TRY_MEMORY(rule->T, "a baseline");
    lsa_covariance_matrix(Lambda, L);
    lsa_mat_product(false, false, d, d, d, 1.0, L, F, 0.0, LF);
    lsa_mat_product(true, false, d, d, d, 1.0, F, LF, 0.0, L);
    LSA_TRY(lsa_mat_eigen(d, L, spectrum, V, err)); /* ascending */
    rule->r = rank_of(d, spectrum);
    lsa_mat_product(false, false, d, rule->r, d, 1.0, F, V + (d - rule->r) * d, 0.0, rule->T);
done:
    free(L);
    free(LF);
    free(V);
    free(spectrum);
    return status;
}

lsa_status lsa_linear_rule_ols(lsa_linear_rule *rule, const lsa_prompt_law *law, ptrdiff_t *rank, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = law->d;
    double *identity = NULL;
    *rule = (lsa_linear_rule){.r = d};
    *rank = rank_of(d, law->setting.covariance->spectrum);
    if (*rank == d)
        goto done; /* T = I */
    identity = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(identity, "a baseline");
    lsa_mat_identity(d, identity);
    LSA_TRY(restrict_to_data(rule, law->setting.covariance, identity, err));
done:
    free(identity);
    return status;
}

lsa_status lsa_linear_rule_bayes(lsa_linear_rule *rule, const lsa_prompt_law *law, bool *covers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = law->d;
    const lsa_covariance *prior = law->prior;
    const ptrdiff_t rank = rank_of(d, law->setting.covariance->spectrum);
    lsa_factor f = {0};
    double *F = NULL;
    *rule = (lsa_linear_rule){.r = d, .s = sqrt(law->setting.label_noise)};
    LSA_TRY(lsa_factor_init(&f, prior, err));
    *covers = rank_of(d, prior->spectrum) == d;
    if (prior->kind == LSA_COVARIANCE_SCALAR && *covers && (rank == d || rule->s > 0.0)) {
        rule->s /= f.scale[0]; /* T = c I and s are T = I and s / c */
        goto done;
    }
    F = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(F, "a baseline");
    dense_factor(&f, F);
    if (rule->s > 0.0) {
        rule->T = F;
        F = NULL;
        goto done;
    }
    LSA_TRY(restrict_to_data(rule, law->setting.covariance, F, err));
    *covers = rule->r == rank;
done:
    free(F);
    lsa_factor_clear(&f);
    return status;
}

void lsa_linear_rule_clear(lsa_linear_rule *rule)
{
    free(rule->T);
    *rule = (lsa_linear_rule){0};
}

/* Scratch:  A (at most (M + d) x d, or r x M with M < r <= d) | b (M + d) | v (M + d) | w (d) */
typedef struct scratch {
    double *A, *b, *v, *w;
} scratch;

static ptrdiff_t largest_system(ptrdiff_t M, ptrdiff_t d)
{
    return (M + d) * d;
}

static scratch scratch_in(double *work, ptrdiff_t M, ptrdiff_t d)
{
    double *b = work + largest_system(M, d);
    return (scratch){work, b, b + M + d, b + 2 * (M + d)};
}

ptrdiff_t lsa_linear_rule_work_size(ptrdiff_t M, ptrdiff_t d)
{
    return largest_system(M, d) + 2 * (M + d) + d;
}

/* Entry (j, c) of X T. */
static double feature(const lsa_linear_rule *rule, const lsa_prompt *prompt, ptrdiff_t j, ptrdiff_t c)
{
    const double *x = prompt->E + j * (prompt->d + 1);
    return rule->T ? lsa_vec_dot(prompt->d, x, rule->T + c * prompt->d) : x[c];
}

static void copy_labels(const lsa_prompt *prompt, double *b)
{
    for (ptrdiff_t j = 0; j < prompt->M; j++)
        b[j] = prompt->E[prompt->d + j * (prompt->d + 1)];
}

/* [X T; s I] v = [y; 0] in the sense of least squares, m rows. */
static void solve_tall(const lsa_linear_rule *rule, const lsa_prompt *prompt, ptrdiff_t m, scratch s)
{
    const ptrdiff_t M = prompt->M;
    memset(s.b, 0, (size_t)m * sizeof(double));
    copy_labels(prompt, s.b);
    for (ptrdiff_t c = 0; c < rule->r; c++) {
        double *column = s.A + c * m;
        for (ptrdiff_t j = 0; j < M; j++)
            column[j] = feature(rule, prompt, j, c);
        if (m > M) {
            memset(column + M, 0, (size_t)rule->r * sizeof(double));
            column[M + c] = rule->s;
        }
    }
    lsa_least_squares_tall(m, rule->r, s.A, s.b, s.v);
}

/* X T v = y with v of least norm, from the columns of (X T)'. */
static void solve_wide(const lsa_linear_rule *rule, const lsa_prompt *prompt, scratch s)
{
    copy_labels(prompt, s.b);
    for (ptrdiff_t j = 0; j < prompt->M; j++)
        for (ptrdiff_t c = 0; c < rule->r; c++)
            s.A[c + j * rule->r] = feature(rule, prompt, j, c);
    lsa_least_squares_wide(rule->r, prompt->M, s.A, s.b, s.v);
}

double lsa_linear_rule_predict(const lsa_linear_rule *rule, const lsa_prompt *prompt, double *work)
{
    const ptrdiff_t M = prompt->M, d = prompt->d;
    const double *xq = lsa_prompt_query(prompt);
    const scratch s = scratch_in(work, M, d);
    if (M == 0 || rule->r == 0)
        return 0.0;
    if (rule->s > 0.0)
        solve_tall(rule, prompt, M + rule->r, s);
    else if (M >= rule->r)
        solve_tall(rule, prompt, M, s);
    else
        solve_wide(rule, prompt, s);
    if (!rule->T)
        return lsa_vec_dot(d, s.v, xq);
    lsa_mat_vector(false, d, rule->r, 1.0, rule->T, s.v, 0.0, s.w);
    return lsa_vec_dot(d, s.w, xq);
}
