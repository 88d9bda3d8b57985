/* tail.c - degrees of predictions in a covariate, against the moments of its law. */
#include "empirical/tail.h"
#include "empirical/forward.h"
#include "empirical/layer.h"
#include <math.h>

double lsa_tail_label_degree(const lsa_prompt_law *law)
{
    const lsa_teacher *g = &law->setting.teacher;
    if (law->setting.task == LSA_TASK_DATA)
        return 0.0;
    if (law->setting.task != LSA_TASK_TEACHER || g->kind == LSA_TEACHER_RELU)
        return 1.0;
    switch (g->kind) {
    case LSA_TEACHER_CUBIC:
        return 3.0;
    case LSA_TEACHER_QUADRATIC:
        return 2.0;
    case LSA_TEACHER_POLYNOMIAL:
        return (double)g->n_coefficients - 1.0;
    default:
        return 0.0; /* sign and sine are bounded */
    }
}

/* Whether row d of W^PV, or of W^KQ, has an entry among its first d. */
static bool has_entries(const lsa_layer *layer, bool pv)
{
    const ptrdiff_t d = layer->d, D = d + 1;
    for (ptrdiff_t h = 0; h < layer->heads; h++) {
        const double *W = pv ? lsa_layer_read_pv(layer, h) : lsa_layer_read_kq(layer, h);
        for (ptrdiff_t j = 0; j < d; j++)
            if (W[d + j * D] != 0.0)
                return true;
    }
    return false;
}

/* (px'x + u y)(x'U x_q + y k'x_q): 2 by px, p + 1 always, 2p by k. Without a layer the statement tells its degree. */
double lsa_tail_degree(const lsa_predictor *predictor, const lsa_prompt_law *law)
{
    const double p = lsa_tail_label_degree(law);
    double q = p + 1.0;
    if (!predictor->layer)
        return lsa_forward_degree(predictor->forward);
    if (has_entries(predictor->layer, true))
        q = fmax(q, 2.0);
    if (has_entries(predictor->layer, false))
        q = fmax(q, 2.0 * p);
    return q;
}

bool lsa_tail_lacks_moment(const lsa_prompt_law *law, double degree, double power)
{
    const double nu = law->setting.student;
    return nu > 0.0 && law->M > 0 && law->setting.task != LSA_TASK_DATA && nu <= power * degree;
}

const char *lsa_tail_no_mean(const lsa_predictor *predictor, const lsa_prompt_law *law)
{
    return lsa_tail_lacks_moment(law, lsa_tail_degree(predictor, law), 2.0)
               ? "the squared error has no mean: Student contexts have too few moments"
               : NULL;
}

/* Moments of the squared error that the interval's expansion asks for (interval.h): its remainder of second order is made of
 * the fourth, and its spread and skewness are themselves known from the prompts only where those exist. */
static const double moments_of_interval = 4.0;

/* Prompts in which the second moment of an entry of Lambda must show: E l^4/(E l^2)^2 is the relative variance of one l^2,
 * the lowest power of which the squared error's variance is made. */
static const double prompts_for_spread = 100.0;

/* Times that a value must be expected. */
static const double times_for_value = 400.0;

const char *lsa_tail_no_interval(const lsa_prompt_law *law, double degree)
{
    return lsa_tail_lacks_moment(law, degree, 2.0 * moments_of_interval)
               ? "no interval holds: it asks for four moments of the squared error, and Student contexts have fewer"
               : NULL;
}

/* E l^4/(E l^2)^2 of a gamma law, which is large where its shape is small. */
static bool hides_spread(const lsa_covariance *covariance, double prompts)
{
    for (ptrdiff_t i = 0; covariance->kind == LSA_COVARIANCE_LAWS && i < covariance->d; i++) {
        const double shape = covariance->laws[i].parameter[0];
        if (covariance->laws[i].kind == LSA_LAW_GAMMA &&
            prompts_for_spread * (shape + 2.0) * (shape + 3.0) > prompts * shape * (shape + 1.0))
            return true;
    }
    return false;
}

const char *lsa_tail_seldom(const lsa_strata *strata, double prompts)
{
    const lsa_setting *setting = &strata->stratum[0].setting; /* laws that are not discrete are the same in all */
    const bool apart = !setting->query_is_same && setting->query != NULL;
    if (strata->rarest < 1.0 && strata->rarest * prompts < times_for_value)
        return "no interval holds: a value of the random covariance is too rare for the prompts drawn";
    if (hides_spread(setting->covariance, prompts) || (apart && hides_spread(setting->query, prompts)))
        return "no interval holds: an entry of the random covariance has a spread that the prompts drawn do not show";
    return NULL;
}

const char *lsa_tail_no_variance(const lsa_predictor *predictor, const lsa_prompt_law *law)
{
    return lsa_tail_lacks_moment(law, lsa_tail_degree(predictor, law), 4.0)
               ? "the squared error has no variance, and its mean no interval: Student contexts have too few moments"
               : NULL;
}
