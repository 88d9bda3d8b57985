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
static double prediction_degree(const lsa_predictor *predictor, const lsa_prompt_law *law)
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
    return lsa_tail_lacks_moment(law, prediction_degree(predictor, law), 2.0)
               ? "the squared error has no mean: Student contexts have too few moments"
               : NULL;
}

const char *lsa_tail_no_variance(const lsa_predictor *predictor, const lsa_prompt_law *law)
{
    return lsa_tail_lacks_moment(law, prediction_degree(predictor, law), 4.0)
               ? "the squared error has no variance, and its mean no interval: Student contexts have too few moments"
               : NULL;
}
