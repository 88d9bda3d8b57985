/* setting_view.c - see setting_view.h. */
#include "theory/setting_view.h"
#include "base/try.h"
#include "lsaflow/theory.h"
#include <assert.h>
#include <math.h>

/* basis diag(spectrum) basis': small eigenvalues are then as exact as large ones, which the rounded matrix loses. */
static lsa_status from_spectrum(ext_matrix *out, const lsa_covariance *c, const char *what, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix basis = {.d = 0}, spectrum = {.d = 0};
    LSA_TRY(ext_from_doubles(&basis, c->d, 1.0, c->basis, err));
    LSA_TRY(ext_from_vector(&spectrum, c->d, EXT_DIAGONAL, c->spectrum, what, err));
    LSA_TRY(ext_congruence(out, &basis, spectrum.a, err));
done:
    ext_clear(&basis);
    ext_clear(&spectrum);
    return status;
}

lsa_status theory_covariance(ext_matrix *out, const lsa_covariance *covariance, const char *what, lsa_error *err)
{
    if (covariance->by_spectrum && covariance->d > 1 && covariance->d <= EXT_SMALL)
        return from_spectrum(out, covariance, what, err);
    if (covariance->matrix != NULL)
        return ext_from_matrix(out, covariance->d, covariance->matrix, what, err);
    return ext_from_vector(out, covariance->d, EXT_DIAGONAL, covariance->spectrum, what, err);
}

lsa_status theory_query(ext_matrix *out, const lsa_setting *setting, lsa_error *err)
{
    const lsa_covariance *query = setting->query_is_same ? setting->covariance : setting->query;
    assert(query->d == setting->covariance->d);
    return theory_covariance(out, query, "the query covariance", err);
}

static lsa_status identity(ext_matrix *out, ptrdiff_t d, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(ext_init(out, d, EXT_DIAGONAL, err));
    for (ptrdiff_t i = 0; i < d; i++)
        out->a[i] = 1.0L;
done:
    return status;
}

lsa_status theory_task(ext_matrix *out, const lsa_setting *setting, lsa_error *err)
{
    const ptrdiff_t d = setting->covariance->d;
    if (setting->task == LSA_TASK_FIXED)
        return ext_from_vector(out, d, EXT_RANK_ONE, setting->task_vector, "the task", err);
    if (setting->task_covariance == NULL)
        return identity(out, d, err);
    assert(setting->task_covariance->d == d);
    return theory_covariance(out, setting->task_covariance, "the task covariance", err);
}

lsa_status theory_task_full(ext_matrix *out, const lsa_setting *setting, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix task = {.d = 0};
    LSA_TRY(theory_task(&task, setting, err));
    if (task.kind == EXT_RANK_ONE) {
        LSA_TRY(ext_dense(out, &task, err));
    } else {
        *out = task; /* moved */
        task = (ext_matrix){.d = 0};
    }
done:
    ext_clear(&task);
    return status;
}

double theory_query_noise(const lsa_setting *setting)
{
    return setting->query_noise ? setting->label_noise : 0.0;
}

double theory_excess(const lsa_setting *setting)
{
    return setting->student > 0.0 ? lsa_theory_student_excess(setting->student) : 0.0;
}

lsa_status theory_check_setting(const lsa_setting *setting, lsa_error *err)
{
    if (setting->covariance->d < 1)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the dimension must be at least 1, got %td", setting->covariance->d);
    if (!(setting->label_noise >= 0.0) || !isfinite(setting->label_noise))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the label noise is a finite variance >= 0, got %.17g",
                             setting->label_noise);
    return LSA_OK;
}
