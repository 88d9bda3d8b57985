/* path.c - differences of two runs, and the rounding of what is read from a state. */
#include "verify/path.h"

#include "base/matrix.h"
#include <float.h>
#include <math.h>

/* Entries of a path are within about 3 rtol of their block's size, from a start near the saddle within 10 (flow.h, property/path_accuracy):
 * what two runs may be off alike. */
static const double asked_share = 12.0;
/* The distance of two runs is taken this often: they may be off to the same side. */
static const double distance_share = 3.0;

lsa_sample path_sample(const flow_path *path, ptrdiff_t i)
{
    return i < path->count ? lsa_trajectory_sample(path->run, i) : lsa_trajectory_raw(path->run);
}

static lsa_sample coarse_sample(const flow_path *path, ptrdiff_t i)
{
    return i < path->count ? lsa_trajectory_sample(path->coarse, i) : lsa_trajectory_raw(path->coarse);
}

double path_state_error(const flow_path *path, ptrdiff_t i, ptrdiff_t offset, ptrdiff_t n)
{
    if (path->coarse == NULL)
        return INFINITY;
    const double *x = path_sample(path, i).state + offset, *other = coarse_sample(path, i).state + offset;
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < n; k++)
        sum += (x[k] - other[k]) * (x[k] - other[k]);
    return distance_share * sqrt(sum) + (asked_share * path->rtol + 4.0 * DBL_EPSILON) * lsa_vec_norm(n, x);
}

double path_error(const flow_path *path, ptrdiff_t i)
{
    return path_state_error(path, i, 0, path->size);
}

/* What a number of the run and the same of the coarse one say of its error. */
static double apart(const flow_path *path, double value, double other)
{
    if (path->alone)
        return 0.0;
    return path->coarse == NULL ? (double)INFINITY : distance_share * fabs(value - other);
}

/* sum_h |u_h| |U_h| over |V|, at least 1: roundings of W are those of its terms. */
static double spread_of_heads(const flow_path *path, const double *state)
{
    double sum = 0.0;
    if (state == NULL)
        return 1.0;
    for (ptrdiff_t h = 0; h < path->form->n_heads; h++) {
        const lsa_form_head *head = &path->form->heads[h];
        sum += fabs(state[head->u]) * lsa_vec_norm(path->form->d * path->form->d, state + head->U);
    }
    return fmax(1.0, sum / path->product);
}

/* With a form the gap is 1/2 sum H (W - V)^2, whose differences are off by a few roundings of W's terms; without, it is a
 * difference of losses, sums of terms as large as L(0) or the loss. */
static double gap_rounding(const flow_path *path, lsa_sample sample)
{
    const double hidden = sample.rounding / path->depth;
    if (path->form != NULL)
        return 8.0 * DBL_EPSILON * spread_of_heads(path, sample.state) *
                   (sqrt(fmax(sample.gap, 0.0)) + fabs(sample.gap)) +
               hidden;
    return 1e-14 * fmax(fabs(sample.loss), path->loss_at_zero) / path->depth + hidden;
}

path_number path_gap_of_state(const flow_path *path, ptrdiff_t i)
{
    const lsa_sample sample = path_sample(path, i);
    return (path_number){sample.gap, gap_rounding(path, sample)};
}

/* What the asked share e of every parameter does to the gap: to first order by the gradient; to second order a product of
 * two or three of them moves by 3e, and the gap by the square of that where it is a sum of squares of products. */
static double asked_gap(const flow_path *path, lsa_sample sample)
{
    const double share = asked_share * path->rtol, depth = path->depth;
    const double spread = path->form != NULL ? spread_of_heads(path, sample.state) : sqrt(path->loss_at_zero / depth);
    return share * lsa_vec_norm(path->size, sample.state) * sample.gradient_norm / depth +
           pow(3.0 * share * spread, 2.0);
}

path_number path_gap_at_time(const flow_path *path, ptrdiff_t i)
{
    path_number gap = path_gap_of_state(path, i);
    gap.error += asked_gap(path, path_sample(path, i));
    gap.error += apart(path, gap.value, path->coarse != NULL ? coarse_sample(path, i).gap : (double)NAN);
    return gap;
}

path_number path_decay_rate(const flow_path *path, ptrdiff_t i)
{
    const lsa_sample sample = path_sample(path, i);
    const double rate = sample.gradient_norm * sample.gradient_norm / (sample.gap * path->depth);
    return (path_number){rate, 3.0 * gap_rounding(path, sample) / fabs(sample.gap) * fabs(rate)};
}

path_number path_action(const flow_path *path, ptrdiff_t i)
{
    const double action = lsa_trajectory_action(path->run, i);
    const double other = path->coarse != NULL ? lsa_trajectory_action(path->coarse, i) : (double)INFINITY;
    return (path_number){action,
                         fabs(action - other) + (2.0 * asked_share * path->rtol + 4.0 * DBL_EPSILON) * fabs(action)};
}

path_number path_number_of(const flow_path *path, double value, double other, double size)
{
    const double asked = (asked_share * path->rtol + 4.0 * DBL_EPSILON) * size;
    return (path_number){value, apart(path, value, other) + asked};
}

bool path_take_worst(path_number *worst, path_number number)
{
    if (isnan(number.value) || fabs(worst->value) - worst->error >= fabs(number.value) - number.error)
        return false;
    *worst = number;
    return true;
}
