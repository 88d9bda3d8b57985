/* baseline.c - which baselines there are, when their errors exist, and their predictions. */
#include "empirical/baseline.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/linear_rule.h"
#include "empirical/prompt.h"
#include "empirical/tail.h"
#include <float.h>
#include <math.h>

enum { OLS, RIDGE, BEST_LINEAR, ONE_STEP, ZERO };

const char *lsa_baseline_name(int b)
{
    static const char *const names[LSA_BASELINE_COUNT] = {"ols", "ridge", "best-linear", "one-step", "zero"};
    return names[b];
}

int lsa_baseline_number(lsa_baseline baseline)
{
    int b = 0;
    while (b < LSA_BASELINE_COUNT && 1u << b != (unsigned)baseline)
        b++;
    return b;
}

/* <c, x_q>, c = (1/M) sum y_i x_i: what one gradient step of unit length from 0 predicts. */
static double unit_step(const lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d, D = d + 1;
    const double *xq = lsa_prompt_query(prompt);
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < prompt->M; j++)
        sum += prompt->E[d + j * D] * lsa_vec_dot(d, prompt->E + j * D, xq);
    return prompt->M > 0 ? sum / (double)prompt->M : 0.0;
}

/* A ratio of means over the pilot is off by O(1/4096) of itself squared in the error, far below the sampling error. */
enum { PILOT = 4096 };

/* eta = E[<c, x_q> <w, x_q>] / E[<c, x_q>^2] minimises E (eta <c, x_q> - label)^2; label noise drops out. */
static lsa_status find_step(lsa_baselines *baselines, uint64_t seed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompts *prompts = NULL;
    lsa_prompt *prompt = NULL;
    int exponent = 0;
    double cross = 0.0, square = 0.0;
    LSA_TRY(lsa_prompts_create(baselines->law, seed, LSA_PROMPTS_PILOT, &prompts, err));
    LSA_TRY(lsa_prompt_create(prompts, &prompt, err));
    for (uint64_t i = 0; i < PILOT; i++) {
        lsa_prompt_draw(prompts, i, prompt);
        const double step = unit_step(prompt);
        if (square == 0.0)
            frexp(step, &exponent);
        const double scaled = ldexp(step, -exponent); /* its square stays in range */
        cross += scaled * prompt->target;
        square += scaled * scaled;
    }
    baselines->step = square > 0.0 ? ldexp(cross / square, -exponent) : 0.0;
done:
    lsa_prompt_destroy(prompt);
    lsa_prompts_destroy(prompts);
    return status;
}

lsa_status lsa_baselines_init(lsa_baselines *baselines, unsigned asked, const lsa_prompt_law *law, uint64_t seed,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    *baselines = (lsa_baselines){.asked = asked, .law = law, .step = (double)NAN};
    if (asked & LSA_BASELINE_OLS)
        LSA_TRY(lsa_linear_rule_ols(&baselines->ols, law, &baselines->rank, err));
    if (asked & LSA_BASELINE_RIDGE)
        LSA_TRY(lsa_linear_rule_bayes(&baselines->ridge, law, &baselines->prior_covers, err));
    if (asked & LSA_BASELINE_ONE_STEP)
        LSA_TRY(find_step(baselines, seed, err));
done:
    return status;
}

void lsa_baselines_clear(lsa_baselines *baselines)
{
    lsa_linear_rule_clear(&baselines->ols);
    lsa_linear_rule_clear(&baselines->ridge);
}

/* E |X^+|^2 is finite unless M is within one of the rank, E |X^+|^4 unless within three (inverse Wishart moments). */
static bool near_square(ptrdiff_t M, ptrdiff_t rank, ptrdiff_t distance)
{
    return M >= 1 && rank >= 1 && M >= rank - distance && M <= rank + distance;
}

/* The rank of a context is min(M, rank of the covariance) almost surely: not with rows drawn again, nor where a drawn
 * covariance has less rank than its mean. */
static bool is_singular(const lsa_covariance *c)
{
    const double zero = 4.0 * (double)c->d * DBL_EPSILON * lsa_vec_norm_max(c->d, c->spectrum);
    for (ptrdiff_t i = 0; i < c->d; i++)
        if (!(c->spectrum[i] > zero))
            return true;
    return false;
}

bool lsa_baseline_rank_varies(const lsa_prompt_law *law)
{
    const lsa_covariance *c = law->setting.covariance;
    if (law->setting.task == LSA_TASK_DATA)
        return true;
    for (ptrdiff_t k = 0; c->kind == LSA_COVARIANCE_MIXTURE && k < c->n_components; k++)
        if (is_singular(&c->components[k]))
            return true;
    if (c->kind == LSA_COVARIANCE_WISHART)
        return c->dof < (double)law->d;
    for (ptrdiff_t i = 0; c->kind == LSA_COVARIANCE_LAWS && i < law->d; i++)
        if (c->laws[i].kind == LSA_LAW_TWO_POINT && (c->laws[i].parameter[0] == 0.0 || c->laws[i].parameter[1] == 0.0))
            return true;
    return false;
}

/* Whether E Lambda^-power of a drawn covariance exists: entries with a density like that of a gamma law near 0 need a shape
 * above it, a Wishart matrix of dof k needs k - d + 1 > 2 power. */
static bool has_inverse_moment(const lsa_covariance *c, double power)
{
    if (c->kind == LSA_COVARIANCE_WISHART)
        return c->dof - (double)c->d + 1.0 > 2.0 * power;
    for (ptrdiff_t i = 0; c->kind == LSA_COVARIANCE_LAWS && i < c->d; i++) {
        const lsa_law *law = &c->laws[i];
        const bool flat =
            law->kind == LSA_LAW_EXPONENTIAL || (law->kind == LSA_LAW_UNIFORM && law->parameter[0] == 0.0);
        if ((flat && !(1.0 > power)) || (law->kind == LSA_LAW_GAMMA && !(law->parameter[0] > power)))
            return false;
    }
    return true;
}

/* A query of the context's own covariance cancels it from the error of least squares, x_q'(X'X)^-1 x_q; another does not,
 * and meets the inverse of the context's. */
static bool meets_inverse(const lsa_prompt_law *law, double power)
{
    return !law->setting.query_is_same && law->M >= law->d && !has_inverse_moment(law->setting.covariance, power);
}

/* How the prediction grows with one covariate: c = (1/M) sum y_i x_i like label times covariate, a least squares solution
 * like their quotient; the others see no context. */
static double degree(int b, const lsa_prompt_law *law)
{
    const double p = lsa_tail_label_degree(law);
    if (b == ONE_STEP)
        return p + 1.0;
    return b == OLS || b == RIDGE ? fmax(p - 1.0, 0.0) : 0.0;
}

/* Whether a least squares solution meets labels that no linear function of the covariates (of the prior's range) gives,
 * with M within `distance` of the rank. */
static bool is_unstable(const lsa_baselines *baselines, int b, ptrdiff_t distance)
{
    const lsa_setting *s = &baselines->law->setting;
    const ptrdiff_t M = baselines->law->M;
    const bool taught = s->task == LSA_TASK_TEACHER;
    if (b == OLS)
        return (s->label_noise > 0.0 || taught) && near_square(M, baselines->rank, distance);
    const bool outside = taught || (s->task == LSA_TASK_FIXED && !baselines->prior_covers);
    return b == RIDGE && s->label_noise == 0.0 && outside && near_square(M, baselines->ridge.r, distance);
}

const char *lsa_baseline_infinite(const lsa_baselines *baselines, int b)
{
    const lsa_prompt_law *law = baselines->law;
    if (b == BEST_LINEAR && lsa_prompt_law_labels(law))
        return "the best linear predictor of a nonlinear task is not sampled";
    if ((b == OLS || (b == RIDGE && law->setting.label_noise == 0.0)) && lsa_baseline_rank_varies(law))
        return "least squares is not offered where the rank of the context varies by its law";
    if (lsa_tail_lacks_moment(law, degree(b, law), 2.0))
        return "the squared error has no mean: Student contexts have too few moments";
    if (b == OLS && law->setting.label_noise > 0.0 && meets_inverse(law, 1.0))
        return "the error of noisy least squares is infinite: the inverse of the drawn covariance has no mean, and the "
               "query another covariance";
    if (is_unstable(baselines, b, 1))
        return b == OLS
                   ? "the error of noisy least squares is infinite where M is within one of the rank of the covariance"
                   : "the noiseless Bayes rule has no finite error here: the labels lie outside its prior, and M is "
                     "within one of its rank";
    return NULL;
}

const char *lsa_baseline_no_variance(const lsa_baselines *baselines, int b)
{
    const lsa_prompt_law *law = baselines->law;
    if (lsa_tail_lacks_moment(law, degree(b, law), 4.0))
        return "the squared error has no variance, and its mean no interval: Student contexts have too few moments";
    if (b == OLS && law->setting.label_noise > 0.0 && meets_inverse(law, 2.0))
        return "the squared error of noisy least squares has no variance: the square of the inverse of the drawn "
               "covariance "
               "has no mean, and the query another covariance";
    if (is_unstable(baselines, b, 3))
        return "the squared error of noisy least squares has no variance where M is within three of the rank of the "
               "covariance";
    return NULL;
}

const char *lsa_baseline_no_interval(const lsa_baselines *baselines, int b)
{
    const lsa_prompt_law *law = baselines->law;
    if (is_unstable(baselines, b, 7) || (b == OLS && law->setting.label_noise > 0.0 && meets_inverse(law, 4.0)))
        return "no interval holds: it asks for four moments of the squared error, and least squares on few pairs more "
               "or fewer than the rank of the covariance has fewer";
    return lsa_tail_no_interval(law, degree(b, law));
}

ptrdiff_t lsa_baseline_work_size(const lsa_baselines *baselines)
{
    const ptrdiff_t M = baselines->law->M, d = baselines->law->d;
    return lsa_linear_rule_work_size(M, d);
}

double lsa_baseline_without_context(int b, double target)
{
    return b == BEST_LINEAR ? target : 0.0;
}

double lsa_baseline_predict(const lsa_baselines *baselines, int b, const lsa_prompt *prompt, double *work)
{
    switch (b) {
    case OLS:
        return lsa_linear_rule_predict(&baselines->ols, prompt, work);
    case RIDGE:
        return lsa_linear_rule_predict(&baselines->ridge, prompt, work);
    case BEST_LINEAR:
        return lsa_vec_dot(prompt->d, prompt->w, lsa_prompt_query(prompt));
    case ONE_STEP:
        return baselines->step * unit_step(prompt);
    default:
        return 0.0;
    }
}
