/* cubature_sum.c - the sum over the points: covariances and taus outside, the groups of Gaussians inside, a row of lanes
 * at a time. */
#include "empirical/cubature.h"

#include "base/matrix.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { B = LSA_TAPE_LANES, MOST = LSA_CUBATURE_INPUTS + 1, MOST_DIGITS = 2 * MOST };

typedef enum quantity { ERROR, GRADIENT, HESSIAN } quantity;

/* One sum: lanes gather until they are run. */
typedef struct summation {
    lsa_cubature *c;
    quantity quantity;
    const double *direction, *size_of_direction; /* and its absolute values */
    long double *value, *scale, *size;           /* size: of the terms of both, point by point */
    int filled;
    double weight[B];
} summation;

/* ---- One row of lanes ------------------------------------------------------------------------------------------- */

/* One term a lane into a sum, and its size into another. */
static void add_terms(const double *weight, const double *term, long double *sum, long double *size)
{
    double total = 0.0, sizes = 0.0;
    for (int l = 0; l < B; l++) {
        total += weight[l] * term[l];
        sizes += fabs(weight[l] * term[l]);
    }
    *sum += total;
    *size += sizes;
}

/* What one run of the line adds to the sums: residual^2; the gradient of half of it; its Hessian along a direction. */
static void add_error(lsa_tape_run *run, const double *weight, long double *sum, long double *size)
{
    double term[B];
    const double *residual = lsa_tape_forward(run);
    for (int l = 0; l < B; l++)
        term[l] = residual[l] * residual[l];
    add_terms(weight, term, sum, size);
}

static void add_gradient(lsa_tape_run *run, const double *weight, ptrdiff_t n, long double *sum, long double *size)
{
    double term[B];
    const double *residual = lsa_tape_forward(run);
    lsa_tape_reverse(run);
    for (ptrdiff_t p = 0; p < n; p++) {
        const double *derivative = lsa_tape_derivative_row(run, p);
        for (int l = 0; l < B; l++)
            term[l] = residual[l] * derivative[l];
        add_terms(weight, term, sum + p, size + p);
    }
}

static void add_hessian(lsa_tape_run *run, const double *weight, const double *direction, ptrdiff_t n, long double *sum,
                        long double *size)
{
    double term[B];
    const double *residual = lsa_tape_forward(run);
    lsa_tape_reverse(run);
    const double *change = lsa_tape_forward_tangent(run, direction);
    lsa_tape_reverse_tangent(run);
    for (ptrdiff_t p = 0; p < n; p++) {
        const double *derivative = lsa_tape_derivative_row(run, p), *bend = lsa_tape_derivative_tangent_row(run, p);
        for (int l = 0; l < B; l++)
            term[l] = change[l] * derivative[l] + residual[l] * bend[l];
        add_terms(weight, term, sum + p, size + p);
    }
}

static void add(const summation *s, lsa_tape_run *run, const double *direction, long double *sum, long double *size)
{
    const double *weight = s->weight;
    const ptrdiff_t n = s->c->n_parameters;
    if (s->quantity == ERROR)
        add_error(run, weight, sum, size);
    else if (s->quantity == GRADIENT)
        add_gradient(run, weight, n, sum, size);
    else
        add_hessian(run, weight, direction, n, sum, size);
}

/* Lanes that were not filled hold an earlier point, with weight 0. */
static void flush(summation *s)
{
    for (int l = s->filled; l < B; l++)
        s->weight[l] = 0.0;
    s->filled = 0;
    add(s, &s->c->run, s->direction, s->value, s->size);
    add(s, &s->c->magnitude, s->size_of_direction, s->scale, s->size);
}

/* ---- Points ----------------------------------------------------------------------------------------------------- */

static void set_inputs(const lsa_tape_run *run, ptrdiff_t input, ptrdiff_t count, const double *values, int lane)
{
    for (ptrdiff_t k = 0; k < count; k++)
        lsa_tape_input_row(run, input + k)[lane] = values[k];
}

static void set_sizes(const lsa_tape_run *run, ptrdiff_t input, ptrdiff_t count, const double *values, int lane)
{
    for (ptrdiff_t k = 0; k < count; k++)
        lsa_tape_input_row(run, input + k)[lane] = fabs(values[k]);
}

static void set_group(const lsa_cubature *c, const lsa_cubature_group *group, ptrdiff_t point, int lane)
{
    ptrdiff_t at = point * group->rows;
    for (int v = 0; v < group->n_vectors; v++) {
        const lsa_cubature_vector *vector = &c->vector[group->vector[v]];
        set_inputs(&c->run, vector->input, vector->rows, group->moved + at, lane);
        set_inputs(&c->magnitude, vector->input, vector->rows, group->sizes + at, lane);
        at += vector->rows;
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
    const ptrdiff_t square = c->d * c->d;
    do {
        double w = weight;
        for (int g = 0; g < c->n_groups; g++) {
            set_group(c, &c->group[g], digit[g], s->filled);
            w *= c->group[g].rule.weight[digit[g]];
        }
        if (letters) {
            set_inputs(&c->run, c->letters, square, letters, s->filled);
            set_sizes(&c->magnitude, c->letters, square, letters, s->filled);
        }
        s->weight[s->filled++] = w;
        if (s->filled == B)
            flush(s);
    } while (count_up(c->n_groups, digit, radix));
}

/* x = F z sqrt(tau), and |F| z sqrt(tau). */
static void move_gaussian(const lsa_cubature *c, const lsa_cubature_vector *v, const ptrdiff_t *digit, const double *z,
                          double *x, double *size)
{
    const double root = v->tau >= 0 ? sqrt(c->tau[v->tau].point[digit[c->n_sources + v->tau]]) : 1.0;
    const lsa_cubature_source *source = &c->source[v->source];
    const double *F = source->factor + digit[v->source] * source->rows * source->cols;
    for (ptrdiff_t i = 0; i < v->rows; i++) {
        x[i] = size[i] = 0.0;
        for (ptrdiff_t k = 0; k < source->cols; k++) {
            x[i] += F[i + k * v->rows] * z[k] * root;
            size[i] += fabs(F[i + k * v->rows]) * z[k] * root;
        }
    }
}

/* A fixed task, or a point of the sphere. */
static void move_task(const lsa_cubature *c, const lsa_cubature_vector *v, const double *z, double *x, double *size)
{
    const bool on_sphere = v->kind == LSA_CUBATURE_SPHERE;
    for (ptrdiff_t i = 0; i < v->rows; i++) {
        x[i] = (on_sphere ? c->setting.radius : 1.0) * z[i];
        size[i] = on_sphere ? x[i] : fabs(x[i]);
    }
}

static void move_group(const lsa_cubature *c, lsa_cubature_group *group, const ptrdiff_t *digit)
{
    double *x = group->moved, *size = group->sizes;
    for (ptrdiff_t k = 0; k < group->rule.count; k++) {
        const double *z = group->rule.point + k * group->dims;
        for (int v = 0; v < group->n_vectors; v++) {
            const lsa_cubature_vector *vector = &c->vector[group->vector[v]];
            const bool gaussian = vector->kind == LSA_CUBATURE_GAUSSIAN;
            if (gaussian)
                move_gaussian(c, vector, digit, z, x, size);
            else
                move_task(c, vector, z, x, size);
            z += gaussian ? c->source[vector->source].cols : vector->rows;
            x += vector->rows;
            size += vector->rows;
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
    ptrdiff_t outer[MOST_DIGITS] = {0}, outer_radix[MOST_DIGITS] = {0};
    ptrdiff_t inner[MOST_DIGITS] = {0}, inner_radix[MOST_DIGITS] = {0};
    const ptrdiff_t square = c->d * c->d;
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
    long double value[MOST] = {0}, scale[MOST] = {0}, size[MOST] = {0};
    double size_of_direction[MOST];
    for (ptrdiff_t k = 0; direction && k < n; k++)
        size_of_direction[k] = fabs(direction[k]);
    summation s = {.c = c,
                   .quantity = wanted,
                   .direction = direction,
                   .size_of_direction = size_of_direction,
                   .value = value,
                   .scale = scale,
                   .size = size};
    for (int l = 0; l < B; l++) {
        set_inputs(&c->run, 0, c->n_parameters, parameters, l);
        set_sizes(&c->magnitude, 0, c->n_parameters, parameters, l);
    }
    sum_points(&s);
    for (ptrdiff_t k = 0; k < n; k++)
        out[k] = (lsa_cubature_sum){(double)value[k], (double)scale[k], 8.0 * DBL_EPSILON * (double)size[k]};
}

void lsa_cubature_error(lsa_cubature *cubature, const double *parameters, lsa_cubature_sum *error)
{
    sum(cubature, ERROR, parameters, NULL, 1, error);
    const double noise = cubature->setting.query_noise ? cubature->setting.label_noise : 0.0;
    error->value += noise;
    error->scale += noise;
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
