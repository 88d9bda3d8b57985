/* cubature_sum.c - the sum over the points: covariances and taus outside, the groups of Gaussians inside, a row of lanes
 * at a time. */
#include "empirical/cubature.h"

#include "base/matrix.h"
#include <math.h>
#include <string.h>

enum { B = LSA_TAPE_LANES, MOST_DIGITS = 2 * 4096 + 128 };

typedef enum quantity { ERROR, GRADIENT, HESSIAN } quantity;

/* One sum: lanes gather until they are run. */
typedef struct summation {
    lsa_cubature *c;
    quantity quantity;
    const double *direction, *size_of_direction; /* and its absolute values */
    long double *value, *scale;
    int filled;
    double weight[B];
} summation;

/* ---- One row of lanes ------------------------------------------------------------------------------------------- */

/* What one run of the line adds to the sums: the terms of f, of f's gradient, of its Hessian along a direction, for
 * f = residual^2/2; of the error f = residual^2. */
static void add_error(lsa_tape_run *run, const double *weight, long double *sum)
{
    const double *residual = lsa_tape_forward(run);
    double total = 0.0;
    for (int l = 0; l < B; l++)
        total += weight[l] * residual[l] * residual[l];
    sum[0] += total;
}

static void add_gradient(lsa_tape_run *run, const double *weight, ptrdiff_t n, long double *sum)
{
    const double *residual = lsa_tape_forward(run);
    lsa_tape_reverse(run);
    for (ptrdiff_t p = 0; p < n; p++) {
        const double *derivative = lsa_tape_derivative_row(run, p);
        double total = 0.0;
        for (int l = 0; l < B; l++)
            total += weight[l] * residual[l] * derivative[l];
        sum[p] += total;
    }
}

static void add_hessian(lsa_tape_run *run, const double *weight, const double *direction, ptrdiff_t n, long double *sum)
{
    const double *residual = lsa_tape_forward(run);
    lsa_tape_reverse(run);
    const double *change = lsa_tape_forward_tangent(run, direction);
    lsa_tape_reverse_tangent(run);
    for (ptrdiff_t p = 0; p < n; p++) {
        const double *derivative = lsa_tape_derivative_row(run, p), *bend = lsa_tape_derivative_tangent_row(run, p);
        double total = 0.0;
        for (int l = 0; l < B; l++)
            total += weight[l] * (change[l] * derivative[l] + residual[l] * bend[l]);
        sum[p] += total;
    }
}

static void add(const summation *s, lsa_tape_run *run, const double *weight, const double *direction, long double *sum)
{
    const ptrdiff_t n = s->c->n_parameters;
    if (s->quantity == ERROR)
        add_error(run, weight, sum);
    else if (s->quantity == GRADIENT)
        add_gradient(run, weight, n, sum);
    else
        add_hessian(run, weight, direction, n, sum);
}

static void set_magnitudes(const lsa_cubature *c)
{
    for (ptrdiff_t k = 0; k < lsa_tape_input_count(c->tape); k++) {
        const double *from = lsa_tape_input_row(&c->run, k);
        double *to = lsa_tape_input_row(&c->magnitude, k);
        for (int l = 0; l < B; l++)
            to[l] = fabs(from[l]);
    }
}

/* Lanes that were not filled hold an earlier point, with weight 0. */
static void flush(summation *s)
{
    double size[B];
    for (int l = 0; l < B; l++) {
        s->weight[l] = l < s->filled ? s->weight[l] : 0.0;
        size[l] = fabs(s->weight[l]);
    }
    s->filled = 0;
    set_magnitudes(s->c);
    add(s, &s->c->run, s->weight, s->direction, s->value);
    add(s, &s->c->magnitude, size, s->size_of_direction, s->scale);
}

/* ---- Points ----------------------------------------------------------------------------------------------------- */

static void set_inputs(const lsa_cubature *c, ptrdiff_t input, ptrdiff_t count, const double *values, int lane)
{
    for (ptrdiff_t k = 0; k < count; k++)
        lsa_tape_input_row(&c->run, input + k)[lane] = values[k];
}

static void set_group(const lsa_cubature *c, const lsa_cubature_group *group, ptrdiff_t point, int lane)
{
    const double *values = group->moved + point * group->rows;
    for (int v = 0; v < group->n_vectors; v++) {
        const lsa_cubature_vector *vector = &c->vector[group->vector[v]];
        set_inputs(c, vector->input, vector->rows, values, lane);
        values += vector->rows;
    }
}

/* digit[k] counts up in base radix[k], the first fastest; false after the last. */
static bool count_up(int n, ptrdiff_t *digit, const ptrdiff_t *radix)
{
    for (int k = 0; k < n; k++) {
        if (++digit[k] < radix[k])
            return true;
        digit[k] = 0;
    }
    return false;
}

static void sum_groups(summation *s, const double *letters, double weight, ptrdiff_t *digit, const ptrdiff_t *radix)
{
    lsa_cubature *c = s->c;
    const ptrdiff_t square = c->setting.d * c->setting.d;
    do {
        double w = weight;
        for (int g = 0; g < c->n_groups; g++) {
            set_group(c, &c->group[g], digit[g], s->filled);
            w *= c->group[g].rule.weight[digit[g]];
        }
        if (letters)
            set_inputs(c, c->letters, square, letters, s->filled);
        s->weight[s->filled++] = w;
        if (s->filled == B)
            flush(s);
    } while (count_up(c->n_groups, digit, radix));
}

/* The points of a group as numbers of its vectors: F z, times sqrt(tau). */
static void move_vector(const lsa_cubature *c, const lsa_cubature_vector *v, const ptrdiff_t *digit, const double *z,
                        double *x)
{
    const double tau = v->tau >= 0 ? c->tau[v->tau].point[digit[c->n_sources + v->tau]] : 1.0;
    if (v->kind == LSA_CUBATURE_GAUSSIAN) {
        const lsa_cubature_source *source = &c->source[v->source];
        const double *F = source->factor + digit[v->source] * source->rows * source->cols;
        for (ptrdiff_t i = 0; i < v->rows; i++) {
            x[i] = 0.0;
            for (ptrdiff_t k = 0; k < source->cols; k++)
                x[i] += F[i + k * v->rows] * z[k] * sqrt(tau);
        }
    } else {
        for (ptrdiff_t i = 0; i < v->rows; i++)
            x[i] = (v->kind == LSA_CUBATURE_SPHERE ? c->setting.radius : 1.0) * z[i];
    }
}

static void move_group(const lsa_cubature *c, lsa_cubature_group *group, const ptrdiff_t *digit)
{
    for (ptrdiff_t k = 0; k < group->rule.count; k++) {
        const double *z = group->rule.point + k * group->dims;
        double *x = group->moved + k * group->rows;
        for (int v = 0; v < group->n_vectors; v++) {
            const lsa_cubature_vector *vector = &c->vector[group->vector[v]];
            move_vector(c, vector, digit, z, x);
            z += vector->kind == LSA_CUBATURE_GAUSSIAN ? c->source[vector->source].cols : vector->rows;
            x += vector->rows;
        }
    }
}

static double outer_weight(const lsa_cubature *c, const ptrdiff_t *digit)
{
    double weight = 1.0;
    for (int k = 0; k < c->n_sources; k++)
        weight *= c->source[k].weight[digit[k]];
    for (int t = 0; t < c->n_taus; t++)
        weight *= c->tau[t].weight[digit[c->n_sources + t]];
    return weight;
}

static void sum_points(summation *s)
{
    lsa_cubature *c = s->c;
    ptrdiff_t outer[MOST_DIGITS] = {0}, outer_radix[MOST_DIGITS], inner[MOST_DIGITS] = {0}, inner_radix[MOST_DIGITS];
    const ptrdiff_t square = c->setting.d * c->setting.d;
    for (int k = 0; k < c->n_sources; k++)
        outer_radix[k] = c->source[k].count;
    for (int t = 0; t < c->n_taus; t++)
        outer_radix[c->n_sources + t] = c->tau[t].count;
    for (int g = 0; g < c->n_groups; g++)
        inner_radix[g] = c->group[g].rule.count;
    do {
        for (int g = 0; g < c->n_groups; g++)
            move_group(c, &c->group[g], outer);
        const double *letters =
            c->letters >= 0 ? c->source[c->letters_source].matrix + outer[c->letters_source] * square : NULL;
        sum_groups(s, letters, outer_weight(c, outer), inner, inner_radix);
    } while (count_up(c->n_sources + c->n_taus, outer, outer_radix));
    if (s->filled > 0)
        flush(s);
}

/* ---- The sums --------------------------------------------------------------------------------------------------- */

static void sum(lsa_cubature *c, quantity wanted, const double *parameters, const double *direction, ptrdiff_t n,
                lsa_cubature_sum *out)
{
    enum { MOST = 4097 };
    long double value[MOST] = {0}, scale[MOST] = {0};
    double size[MOST];
    for (ptrdiff_t k = 0; direction && k < n; k++)
        size[k] = fabs(direction[k]);
    summation s = {
        .c = c, .quantity = wanted, .direction = direction, .size_of_direction = size, .value = value, .scale = scale};
    for (int l = 0; l < B; l++)
        set_inputs(c, 0, c->n_parameters, parameters, l);
    sum_points(&s);
    for (ptrdiff_t k = 0; k < n; k++)
        out[k] = (lsa_cubature_sum){(double)value[k], (double)scale[k]};
}

void lsa_cubature_error(lsa_cubature *cubature, const double *parameters, lsa_cubature_sum *error)
{
    sum(cubature, ERROR, parameters, NULL, 1, error);
    error->value += cubature->setting.query_noise;
    error->scale += cubature->setting.query_noise;
}

void lsa_cubature_gradient(lsa_cubature *cubature, const double *parameters, lsa_cubature_sum *gradient)
{
    sum(cubature, GRADIENT, parameters, NULL, cubature->n_parameters, gradient);
}

void lsa_cubature_hessian(lsa_cubature *cubature, const double *parameters, const double *direction,
                          lsa_cubature_sum *out)
{
    sum(cubature, HESSIAN, parameters, direction, cubature->n_parameters, out);
}
