/* prompt_law.c - the law of a prompt: a setting, if it can be drawn; its query and its task. */
#include "empirical/prompt.h"
#include <assert.h>
#include <math.h>

/* 2^27 doubles are 1 GiB: beyond that one prompt no longer fits a thread's memory. */
static const double largest_prompt = 134217728.0;

static lsa_status check_context(double context, ptrdiff_t d, lsa_error *err)
{
    if (isinf(context))
        return lsa_error_set(err, LSA_ERR_UNABLE, "a prompt with an infinite context cannot be drawn");
    if (!(context >= 0.0 && context == floor(context)))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the context length must be an integer >= 0, got %.17g", context);
    if ((context + 1.0) * ((double)d + 1.0) > largest_prompt)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a prompt of %.17g pairs in dimension %td is more than 2^27 numbers",
                             context, d);
    return LSA_OK;
}

lsa_status lsa_prompt_law_of(const lsa_setting *setting, lsa_prompt_law *out, lsa_error *err)
{
    const ptrdiff_t d = setting->covariance->d;
    const lsa_status status = check_context(setting->context, d, err);
    assert(setting->task != LSA_TASK_MOMENTS);
    if (status != LSA_OK)
        return status;
    *out = (lsa_prompt_law){.setting = *setting,
                            .d = d,
                            .M = (ptrdiff_t)setting->context,
                            .rho = lsa_setting_rho(setting),
                            .prior = setting->task_covariance};
    if (setting->query_orthogonal && out->M >= d)
        return lsa_error_set(err, LSA_ERR_DOMAIN,
                             "a query orthogonal to a context of %td pairs in dimension %td is zero", out->M, d);
    return LSA_OK;
}

lsa_status lsa_prompt_law_training(const lsa_experiment *experiment, lsa_prompt_law *out, lsa_error *err)
{
    return lsa_prompt_law_of(&experiment->training, out, err);
}

lsa_status lsa_prompt_law_test(const lsa_experiment *experiment, const lsa_setting *test, lsa_prompt_law *out,
                               lsa_error *err)
{
    if (test->task == LSA_TASK_MOMENTS)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "test %s: the task is known by its moments only, so no prompt can be drawn", test->name);
    const lsa_status status = lsa_prompt_law_of(test, out, err);
    if (status != LSA_OK)
        lsa_error_add(err, "  in test %s", test->name);
    else if (test->task != LSA_TASK_GAUSSIAN)
        out->prior = experiment->training.task_covariance;
    return status;
}

const lsa_covariance *lsa_prompt_law_query(const lsa_prompt_law *law)
{
    const lsa_setting *s = &law->setting;
    return s->query_is_same || s->query == NULL ? s->covariance : s->query;
}

bool lsa_prompt_law_labels(const lsa_prompt_law *law)
{
    return law->setting.task == LSA_TASK_TEACHER || law->setting.task == LSA_TASK_DATA;
}

double lsa_task_moment(const lsa_setting *setting, ptrdiff_t i, ptrdiff_t j)
{
    const ptrdiff_t d = setting->covariance->d;
    if (setting->task == LSA_TASK_FIXED)
        return setting->task_vector[i] * setting->task_vector[j];
    if (setting->task == LSA_TASK_SPHERE)
        return i == j ? setting->radius * setting->radius / (double)d : 0.0;
    return lsa_covariance_entry(setting->task_covariance, i, j);
}
