/* law.c - the law of a prompt, read off an experiment: what is drawn, and what cannot be. */
#include "lsaflow/empirical.h"
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

static lsa_status set_context(const lsa_experiment *experiment, const lsa_setting *setting, lsa_prompt_law *out,
                              lsa_error *err)
{
    const lsa_status status = check_context(setting->context, experiment->data.d, err);
    if (status != LSA_OK)
        return status;
    out->d = experiment->data.d;
    out->M = (ptrdiff_t)setting->context;
    out->rho = lsa_setting_rho(setting);
    return LSA_OK;
}

lsa_status lsa_prompt_law_training(const lsa_experiment *experiment, lsa_prompt_law *out, lsa_error *err)
{
    const lsa_setting *training = &experiment->training;
    *out = (lsa_prompt_law){
        .covariance = training->covariance,
        .query = training->covariance,
        .task = training->task_covariance,
        .prior = training->task_covariance,
        .label_noise = training->label_noise,
    };
    return set_context(experiment, training, out, err);
}

lsa_status lsa_prompt_law_test(const lsa_experiment *experiment, const lsa_setting *test, lsa_prompt_law *out,
                               lsa_error *err)
{
    if (test->task == LSA_TASK_MOMENTS)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "test %s: the task is known by its moments only, so no prompt can be drawn", test->name);
    const bool gaussian = test->task == LSA_TASK_GAUSSIAN, teacher = test->task == LSA_TASK_TEACHER;
    const lsa_covariance *task = gaussian ? test->task_covariance : experiment->training.task_covariance;
    *out = (lsa_prompt_law){
        .covariance = test->covariance,
        .query = test->query_is_same || !test->query ? test->covariance : test->query,
        .task = task,
        .fixed_task = test->task == LSA_TASK_FIXED ? test->task_vector : NULL,
        .prior = task,
        .label_noise = test->label_noise,
        .query_noise = test->query_noise,
        .query_apart = !test->query_is_same,
        .query_orthogonal = test->query_orthogonal,
        .student = test->student,
        .mean = test->mean,
        .radius = test->task == LSA_TASK_SPHERE ? test->radius : 0.0,
        .teacher = teacher ? &test->teacher : NULL,
        .direction = teacher ? test->task_vector : NULL,
        .n_rows = test->task == LSA_TASK_DATA ? test->n_rows : 0,
        .rows = test->rows,
        .labels = test->labels,
    };
    lsa_status status = set_context(experiment, test, out, err);
    if (status == LSA_OK && out->query_orthogonal && out->M >= out->d)
        status = lsa_error_set(err, LSA_ERR_DOMAIN,
                               "a query orthogonal to a context of %td pairs in dimension %td is zero", out->M, out->d);
    if (status != LSA_OK)
        lsa_error_add(err, "  in test %s", test->name);
    return status;
}
