/* setting.c - what follows from a setting's data alone; two settings and covariances compared as numbers. */
#include "lsaflow/setting.h"
#include <string.h>

double lsa_setting_rho(const lsa_setting *setting)
{
    return setting->context + (setting->normalise_plus_one ? 1.0 : 0.0);
}

bool lsa_setting_is_linear(const lsa_setting *setting)
{
    return setting->task == LSA_TASK_GAUSSIAN || setting->task == LSA_TASK_FIXED || setting->task == LSA_TASK_SPHERE;
}

bool lsa_setting_covariates_as_trained(const lsa_setting *test)
{
    return test->covariance_is_train && test->query_is_same && test->mean == NULL && test->student == 0.0 &&
           !test->query_orthogonal;
}

/* NULL is equal to NULL alone. */
static bool same_numbers(ptrdiff_t n, const double *a, const double *b)
{
    return a == b || (a != NULL && b != NULL && memcmp(a, b, (size_t)n * sizeof *a) == 0);
}

static bool same_laws(ptrdiff_t d, const lsa_law *a, const lsa_law *b)
{
    for (ptrdiff_t i = 0; i < d; i++)
        if (a[i].kind != b[i].kind || !same_numbers(3, a[i].parameter, b[i].parameter))
            return false;
    return true;
}

static bool same_mixture(const lsa_covariance *a, const lsa_covariance *b)
{
    if (a->n_components != b->n_components || !same_numbers(a->n_components, a->weights, b->weights))
        return false;
    for (ptrdiff_t c = 0; c < a->n_components; c++)
        if (!lsa_covariance_same(&a->components[c], &b->components[c]))
            return false;
    return true;
}

/* A matrix that is diagonal is the same as the diagonal. */
static bool same_fixed(const lsa_covariance *a, const lsa_covariance *b)
{
    const bool diagonal = a->matrix == NULL && b->matrix == NULL;
    for (ptrdiff_t j = 0; j < a->d; j++)
        for (ptrdiff_t i = diagonal ? j : 0; i < (diagonal ? j + 1 : a->d); i++)
            if (lsa_covariance_entry(a, i, j) != lsa_covariance_entry(b, i, j))
                return false;
    return true;
}

bool lsa_covariance_same(const lsa_covariance *a, const lsa_covariance *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->d != b->d)
        return false;
    if (!lsa_covariance_is_random(a) && !lsa_covariance_is_random(b))
        return same_fixed(a, b);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case LSA_COVARIANCE_LAWS:
        return same_laws(a->d, a->laws, b->laws);
    case LSA_COVARIANCE_MIXTURE:
        return same_mixture(a, b);
    default:
        return a->dof == b->dof && lsa_covariance_same(a->scale, b->scale);
    }
}

static bool same_covariates(const lsa_setting *a, const lsa_setting *b)
{
    const bool scaled = a->covariance_is_scaled && b->covariance_is_scaled;
    return (scaled || lsa_covariance_same(a->covariance, b->covariance)) && a->query_is_same == b->query_is_same &&
           (a->query_is_same || lsa_covariance_same(a->query, b->query)) && a->student == b->student &&
           same_numbers(a->covariance->d, a->mean, b->mean) && a->query_orthogonal == b->query_orthogonal;
}

static bool same_teacher(const lsa_teacher *a, const lsa_teacher *b)
{
    return a->kind == b->kind && a->frequency == b->frequency && a->n_coefficients == b->n_coefficients &&
           same_numbers(a->n_coefficients, a->coefficients, b->coefficients);
}

static bool same_labels(const lsa_setting *a, const lsa_setting *b)
{
    const ptrdiff_t d = a->covariance->d;
    return a->task == b->task && lsa_covariance_same(a->task_covariance, b->task_covariance) &&
           same_numbers(d, a->task_vector, b->task_vector) && a->radius == b->radius &&
           same_teacher(&a->teacher, &b->teacher) && a->n_rows == b->n_rows &&
           same_numbers(a->n_rows * d, a->rows, b->rows) && same_numbers(a->n_rows, a->labels, b->labels) &&
           same_numbers(d * d, a->moment_covariance, b->moment_covariance) && a->best_linear == b->best_linear &&
           a->label_noise == b->label_noise && a->query_noise == b->query_noise;
}

bool lsa_setting_same_law(const lsa_setting *a, const lsa_setting *b)
{
    return a->normalise_plus_one == b->normalise_plus_one && same_covariates(a, b) && same_labels(a, b);
}
