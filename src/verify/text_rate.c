/* text_rate.c - the rate in the end: by the path's last e-folds and by the Hessian at the end. */
#include "base/try.h"
#include "verify/text_flow.h"
#include "verify/text_points.h"
#include <math.h>

/* log e at the samples, and what it may be off. */
typedef struct course {
    ptrdiff_t n, last; /* samples; the last one that is known well */
    double *t, *log_e, *noise;
} course;

/* Samples at which e is known to a ten-thousandth give its slope. */
static const double well_known = 1e-4;

static lsa_status log_course(text_world *w, const formula_node *e, course *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    const formula_value *value;
    LSA_TRY(text_path(w, &path, err));
    double *all = lsa_arena_alloc(w->arena, 3 * (size_t)path->count, sizeof *all);
    LSA_TRY_MEMORY(all, "a rate");
    *out = (course){.t = all, .log_e = all + path->count, .noise = all + 2 * path->count};
    for (; out->n < path->count; out->n++) {
        const ptrdiff_t n = out->n;
        text_place place;
        LSA_TRY(text_place_of_sample(w, n, &place, err));
        LSA_TRY(text_at(w, &place, e, &value, err));
        const double size = formula_value_double(value, 0, 0);
        if (!(size > 0.0))
            break;
        out->t[n] = place.time;
        out->log_e[n] = log(size);
        out->noise[n] = path_number_of(path, size, size, formula_value_scale(value)).error / size +
                        formula_value_radius(value, 0, 0) / size;
        if (out->noise[n] < well_known)
            out->last = n;
    }
done:
    return status;
}

/* Over the last e-fold that the path knows well, and the one before it. */
static bool tail_slope(const course *c, text_rate *out)
{
    const ptrdiff_t end = c->last;
    ptrdiff_t middle = end, begin;
    while (middle > 0 && c->log_e[middle] - c->log_e[end] < 1.0)
        middle--;
    begin = middle;
    while (begin > 0 && c->log_e[begin] - c->log_e[middle] < 1.0)
        begin--;
    if (c->n < 3 || middle == end || begin == middle || c->log_e[begin] - c->log_e[middle] < 0.5)
        return false;
    const double late = (c->log_e[middle] - c->log_e[end]) / (c->t[end] - c->t[middle]);
    const double early = (c->log_e[begin] - c->log_e[middle]) / (c->t[middle] - c->t[begin]);
    *out = (text_rate){late, fabs(late - early) + (c->noise[end] + c->noise[middle]) / (c->t[end] - c->t[middle])};
    return true;
}

/* The eigenvalue of the Hessian at the end, or twice that, which the slope is near: e falls as its mode or as the square of it. */
static lsa_status rate_of_end(text_world *w, text_rate path, text_rate *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place end;
    const formula_value *hessian;
    formula_value *values;
    const text_image *image = w->image;
    w->image = NULL; /* of a symmetry that is none of the loss the image is no end */
    status = text_end_place(w, &end, err);
    w->image = image;
    LSA_TRY(status);
    LSA_TRY(text_whole_hessian(w, &end, &hessian, err));
    LSA_TRY(formula_apply(w->run.pool, FORMULA_eigvals, 1, &hessian, 0, &values, err));
    *out = (text_rate){NAN, 0.0};
    for (ptrdiff_t i = 0; i < formula_value_rows(values); i++) {
        for (int k = 1; k <= 2; k++) {
            const double rate = k * formula_value_double(values, i, 0);
            if (isnan(out->value) || fabs(rate - path.value) < fabs(out->value - path.value))
                *out = (text_rate){rate, k * formula_value_radius(values, i, 0) + 1e-12 * fabs(rate)};
        }
    }
done:
    return status;
}

/* The eigenvalue where it explains the path's slope, else the path's word alone. */
static lsa_status rate_of_course(text_world *w, const course *c, text_rate *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_rate path, end;
    if (!tail_slope(c, &path))
        return lsa_error_set(err, LSA_ERR_UNABLE, "it falls by too little along the run to tell its rate");
    LSA_TRY(rate_of_end(w, path, &end, err));
    *out = fabs(end.value - path.value) <= fmax(3.0 * path.error, 0.02 * fabs(path.value)) ? end : path;
done:
    return status;
}

lsa_status text_rate_of(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    course c;
    text_rate found;
    LSA_TRY(log_course(w, e, &c, err));
    LSA_TRY(rate_of_course(w, &c, &found, err));
    *out = formula_value_near(w->run.pool, 1, 1, &found.value, found.error);
done:
    return status;
}

lsa_status text_tail(text_world *w, const formula_node *e, text_rate *found, double *time, double *log_value,
                     double *log_error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    course c;
    LSA_TRY(log_course(w, e, &c, err));
    LSA_TRY(rate_of_course(w, &c, found, err));
    *time = c.t[c.last];
    *log_value = c.log_e[c.last];
    *log_error = c.noise[c.last];
done:
    return status;
}
