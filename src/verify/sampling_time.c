/* sampling_time.c - how long whole prompts take, and the fast mode in their place. */
#include "verify/study_state.h"
#include <math.h>

/* A normal number, drawn and used, in seconds of one thread. */
static const double seconds_for_normal = 4e-9;

/* The first look at a sample. */
static const double first_look = 16384.0;

/* More than this is said beforehand, and avoided where another way is exact. */
static const double long_time = 60.0;

/* 0 where the setting cannot be drawn. */
static double first_look_seconds(const lsa_experiment *experiment, const lsa_setting *setting)
{
    lsa_prompt_law law;
    if (setting->task == LSA_TASK_MOMENTS || lsa_prompt_law_of(setting, &law, NULL) != LSA_OK)
        return 0.0;
    return fmin(first_look, (double)experiment->monte_carlo.prompts) * (double)law.M * (double)law.d *
           seconds_for_normal;
}

double lsa_verify_sampling_seconds(const lsa_experiment *experiment)
{
    double longest = first_look_seconds(experiment, &experiment->training);
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        longest = fmax(longest, first_look_seconds(experiment, &experiment->tests[t]));
    return longest > long_time ? longest : 0.0;
}

lsa_status lsa_study_sample_test(const lsa_study *study, const lsa_setting *test, const double *parameters,
                                 const lsa_sample_options *options, bool *fast, lsa_sample_result *result,
                                 lsa_error *err)
{
    const lsa_setting *setting = test != NULL ? test : &study->experiment->training;
    const double seconds = first_look_seconds(study->experiment, setting);
    lsa_sample_options other = *options;
    lsa_error story = {0};
    other.fast = true;
    *fast = options->fast || seconds > fmin(long_time, options->seconds);
    if (*fast && !options->fast) {
        const lsa_status status = lsa_sample_test(study->experiment, test, parameters, &other, result, &story);
        if (status != LSA_ERR_UNABLE)
            return status == LSA_OK ? status : lsa_error_copy(err, status, &story);
        *fast = false;
    }
    return lsa_sample_test(study->experiment, test, parameters, options, result, err);
}
