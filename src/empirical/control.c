/* control.c - regression on the squared label. */
#include "empirical/control.h"
#include "empirical/interval.h"
#include "empirical/prompt.h"
#include <math.h>

bool lsa_control_label_square(const lsa_prompt_law *law, double *out)
{
    const lsa_setting *s = &law->setting;
    double sum = s->query_noise ? s->label_noise : 0.0;
    if (lsa_prompt_law_labels(law) || law->n_tasks > 0 || s->query_orthogonal)
        return false;
    for (ptrdiff_t j = 0; j < law->d; j++)
        for (ptrdiff_t i = 0; i < law->d; i++) {
            const double mean = s->mean ? s->mean[i] * s->mean[j] : 0.0;
            sum += (lsa_covariance_entry(lsa_prompt_law_query(law), i, j) + mean) * lsa_task_moment(s, i, j);
        }
    *out = sum;
    return true;
}

/* Var(a - b) = Var a + Var b - 2 Cov(a, b), all as sums of squares. */
lsa_sample_estimate lsa_control_estimate(const lsa_moments *error, const lsa_moments *label,
                                         const lsa_moments *difference, double label_square, double count, double alpha,
                                         double *reduction)
{
    const double cross = 0.5 * (error->m2 + label->m2 - difference->m2);
    const double beta = label->m2 > 0.0 ? cross / label->m2 : 0.0;
    const lsa_moments controlled = {.mean = error->mean - beta * (label->mean - label_square),
                                    .m2 = fmax(error->m2 - beta * cross, 0.0)};
    lsa_sample_estimate estimate = lsa_interval(&controlled, count, alpha);
    const lsa_sample_estimate plain = lsa_interval(error, count, alpha);
    *reduction = error->m2 > 0.0 ? controlled.m2 / error->m2 : 1.0;
    estimate.skewness = plain.skewness;
    estimate.half_width = plain.standard_error > 0.0
                              ? plain.half_width * (estimate.standard_error / plain.standard_error)
                              : estimate.half_width;
    return estimate;
}
