/* cubature_law.c - the laws of a setting and the points of covariances that are drawn. */
#include "empirical/cubature.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <string.h>

/* ---- Settings --------------------------------------------------------------------------------------------------- */

static lsa_status check_sizes(ptrdiff_t d, double context, lsa_error *err)
{
    if (d > 64)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature in dimension %td (64 at most)", d);
    if (!(context <= LSA_CUBATURE_INPUTS))
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature over a context of %.17g examples (%d at most)", context,
                             LSA_CUBATURE_INPUTS);
    return LSA_OK;
}

static lsa_status refuse(const lsa_setting *test, lsa_error *err)
{
    if (test->task != LSA_TASK_GAUSSIAN && test->task != LSA_TASK_FIXED && test->task != LSA_TASK_SPHERE)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature knows Gaussian, fixed and spherical tasks only");
    if (test->query_orthogonal)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature needs a query that is independent of its context");
    for (ptrdiff_t i = 0; test->mean && i < test->covariance->d; i++)
        if (test->mean[i] != 0.0)
            return lsa_error_set(err, LSA_ERR_UNABLE, "cubature needs covariates of mean zero");
    return LSA_OK;
}

lsa_status lsa_cubature_check_setting(const lsa_setting *setting, ptrdiff_t d, lsa_error *err)
{
    const lsa_status status = check_sizes(d, setting->context, err);
    return status == LSA_OK ? refuse(setting, err) : status;
}

/* ---- Covariances ------------------------------------------------------------------------------------------------ */

static lsa_status make_source(lsa_arena *arena, ptrdiff_t rows, ptrdiff_t cols, ptrdiff_t count,
                              lsa_cubature_source *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)count, whole = n * (size_t)(rows * rows), part = n * (size_t)(rows * cols);
    *out = (lsa_cubature_source){.rows = rows, .cols = cols, .count = count};
    out->weight = lsa_arena_alloc(arena, n, sizeof(double));
    out->factor = lsa_arena_alloc(arena, part, sizeof(double));
    out->matrix = lsa_arena_alloc(arena, whole, sizeof(double));
    LSA_TRY_MEMORY(out->weight && out->factor && out->matrix ? out->weight : NULL, "the points of a covariance");
done:
    return status;
}

/* F with F F' = A, a column for each eigenvalue that is not rounding: at most rows of them, *cols. */
static lsa_status factor_of(lsa_arena *arena, ptrdiff_t rows, const double *A, double *F, ptrdiff_t *cols,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *lambda = lsa_arena_alloc(arena, (size_t)rows, sizeof *lambda);
    double *Q = lsa_arena_alloc(arena, (size_t)(rows * rows), sizeof *Q);
    LSA_TRY_MEMORY(lambda && Q ? Q : NULL, "the factor of a covariance");
    LSA_TRY(lsa_mat_eigen(rows, A, lambda, Q, err));
    *cols = 0;
    for (ptrdiff_t k = 0; k < rows; k++)
        if (lambda[k] > 1e-15 * (double)rows * lambda[rows - 1])
            lsa_vec_axpy(rows, sqrt(lambda[k]), Q + k * rows, F + (*cols)++ * rows);
done:
    return status;
}

lsa_status lsa_cubature_source_fixed(lsa_arena *arena, ptrdiff_t rows, const double *matrix, lsa_cubature_source *out,
                                     lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make_source(arena, rows, rows, 1, out, err));
    memcpy(out->matrix, matrix, (size_t)(rows * rows) * sizeof(double));
    out->weight[0] = 1.0;
    LSA_TRY(factor_of(arena, rows, matrix, out->factor, &out->cols, err));
done:
    return status;
}

/* matrix := factor factor', where the factors were set. */
static void square_factors(lsa_cubature_source *out)
{
    for (ptrdiff_t k = 0; k < out->count; k++) {
        const double *F = out->factor + k * out->rows * out->cols;
        lsa_mat_product(false, true, out->rows, out->rows, out->cols, 1.0, F, F, 0.0,
                        out->matrix + k * out->rows * out->rows);
    }
}

static lsa_status mixture(lsa_arena *arena, const lsa_covariance *law, lsa_cubature_source *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = law->d;
    ptrdiff_t cols;
    LSA_TRY(make_source(arena, d, d, law->n_components, out, err));
    for (ptrdiff_t c = 0; c < law->n_components; c++) {
        out->weight[c] = law->weights[c];
        lsa_covariance_matrix(&law->components[c], out->matrix + c * d * d);
        LSA_TRY(factor_of(arena, d, out->matrix + c * d * d, out->factor + c * d * d, &cols, err));
    }
done:
    return status;
}

/* All combinations of the points of n rules of one number: digit i of number k. */
static lsa_status check_count(ptrdiff_t n, const lsa_rule *rule, double most, ptrdiff_t *out, lsa_error *err)
{
    double count = 1.0;
    for (ptrdiff_t i = 0; i < n; i++)
        count *= (double)rule[i].count;
    if (count > most)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature over a random covariance needs %.3g points alone", count);
    *out = (ptrdiff_t)count;
    return LSA_OK;
}

static double combine(ptrdiff_t n, const lsa_rule *rule, ptrdiff_t k, double *values)
{
    double weight = 1.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t digit = k % rule[i].count;
        k /= rule[i].count;
        values[i] = rule[i].point[digit];
        weight *= rule[i].weight[digit];
    }
    return weight;
}

static lsa_status diagonal(lsa_arena *arena, const lsa_covariance *law, int degree, double most,
                           lsa_cubature_source *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = law->d;
    ptrdiff_t count = 0;
    lsa_rule *rule = lsa_arena_alloc(arena, (size_t)d, sizeof *rule);
    double *entry = lsa_arena_alloc(arena, (size_t)d, sizeof *entry);
    LSA_TRY_MEMORY(rule && entry ? rule : NULL, "the points of a covariance");
    for (ptrdiff_t i = 0; i < d; i++)
        LSA_TRY(lsa_rule_law(arena, &law->laws[i], degree, &rule[i], err));
    LSA_TRY(check_count(d, rule, most, &count, err));
    LSA_TRY(make_source(arena, d, d, count, out, err));
    for (ptrdiff_t k = 0; k < count; k++) {
        out->weight[k] = combine(d, rule, k, entry);
        for (ptrdiff_t i = 0; i < d; i++) {
            out->factor[i + i * d + k * d * d] = sqrt(entry[i]);
            out->matrix[i + i * d + k * d * d] = entry[i];
        }
    }
done:
    return status;
}

/* T of Bartlett (1933), lower triangular with c columns: T_jj^2 chi-square with k - j degrees of freedom (j from 0), the
 * entries below normal. T T' is even in every column, so that a polynomial of its entries has a mean in the T_jj^2. */
static lsa_status bartlett_rules(lsa_arena *arena, ptrdiff_t d, ptrdiff_t c, double k, int degree, lsa_rule *rule,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t j = 0; j < c; j++)
        for (ptrdiff_t i = j; i < d; i++)
            LSA_TRY(i == j ? lsa_rule_chi_square(arena, k - (double)j, degree, rule++, err)
                           : lsa_rule_normal(arena, 2 * degree, rule++, err));
done:
    return status;
}

static void bartlett(ptrdiff_t d, ptrdiff_t c, const double *entry, double *T)
{
    for (ptrdiff_t j = 0; j < c; j++)
        for (ptrdiff_t i = j; i < d; i++, entry++)
            T[i + j * d] = i == j ? sqrt(*entry) : *entry;
}

/* W/k with W = S T T' S', S S' the scale. */
static lsa_status wishart(lsa_arena *arena, const lsa_covariance *law, int degree, double most,
                          lsa_cubature_source *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = law->d, c = law->dof < (double)d ? (ptrdiff_t)law->dof : d, n = c * d - c * (c - 1) / 2;
    lsa_cubature_source scale;
    ptrdiff_t count = 0;
    lsa_rule *rule = lsa_arena_alloc(arena, (size_t)n, sizeof *rule);
    double *entry = lsa_arena_alloc(arena, (size_t)n, sizeof *entry);
    double *T = lsa_arena_alloc(arena, (size_t)(d * c), sizeof *T);
    double *S = lsa_arena_alloc(arena, (size_t)(d * d), sizeof *S);
    LSA_TRY_MEMORY(rule && entry && T && S ? rule : NULL, "the points of a covariance");
    lsa_covariance_matrix(law->scale, S);
    LSA_TRY(lsa_cubature_source_fixed(arena, d, S, &scale, err));
    LSA_TRY(bartlett_rules(arena, d, c, law->dof, degree, rule, err));
    LSA_TRY(check_count(n, rule, most, &count, err));
    LSA_TRY(make_source(arena, d, c, count, out, err));
    for (ptrdiff_t k = 0; k < count; k++) {
        out->weight[k] = combine(n, rule, k, entry);
        bartlett(d, c, entry, T);
        lsa_mat_product(false, false, d, c, d, 1.0 / sqrt(law->dof), scale.factor, T, 0.0, out->factor + k * d * c);
    }
    square_factors(out);
done:
    return status;
}

lsa_status lsa_cubature_source_law(lsa_arena *arena, const lsa_covariance *law, int degree, double most,
                                   lsa_cubature_source *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *matrix;
    switch (law->kind) {
    case LSA_COVARIANCE_LAWS:
        return diagonal(arena, law, degree, most, out, err);
    case LSA_COVARIANCE_MIXTURE:
        return mixture(arena, law, out, err);
    case LSA_COVARIANCE_WISHART:
        return wishart(arena, law, degree, most, out, err);
    default:
        matrix = lsa_arena_alloc(arena, (size_t)(law->d * law->d), sizeof *matrix);
        LSA_TRY_MEMORY(matrix, "a covariance");
        lsa_covariance_matrix(law, matrix);
        LSA_TRY(lsa_cubature_source_fixed(arena, law->d, matrix, out, err));
    }
done:
    return status;
}
