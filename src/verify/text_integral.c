/* text_integral.c - the integral of a formula from 0 to a sample, found for all samples at once. */
#include "base/try.h"
#include "verify/text_flow.h"
#include <math.h>

/* The integral of e up to every sample, once for each e. */
typedef struct text_integral {
    const formula_node *e;
    double *value, *error;
    struct text_integral *next;
} text_integral;

/* Trapezoids with the derivatives at their ends: h/2 (f0 + f1) + h^2/12 (f0' - f1'), off by O(h^5) each. */
static double trapezoid(double h, double f0, double f1, double s0, double s1)
{
    return h / 2.0 * (f0 + f1) + h * h / 12.0 * (s0 - s1);
}

/* Errors are as h^5: of what one step over h + k differs by from two of h and k, the share that the step h is off by. */
static double step_share(double h, double k)
{
    return pow(h, 5.0) / (pow(h + k, 5.0) - pow(h, 5.0) - pow(k, 5.0));
}

static lsa_status course_of(text_world *w, const flow_path *path, const formula_node *e, double *t, double *f,
                            double *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *value;
    for (ptrdiff_t i = 0; i < path->count; i++) {
        text_place place;
        LSA_TRY(text_place_of_sample(w, i, &place, err));
        LSA_TRY(text_at(w, &place, e, &value, err));
        t[i] = place.time;
        f[i] = formula_value_double(value, 0, 0);
        const void *before = w->run.place;
        w->run.place = &place;
        status = text_derivative(w, e, &value, err);
        w->run.place = before;
        LSA_TRY(status);
        s[i] = formula_value_double(value, 0, 0);
    }
done:
    return status;
}

static lsa_status make_integral(text_world *w, const formula_node *e, text_integral **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    LSA_TRY(text_path(w, &path, err));
    const size_t n = (size_t)path->count;
    text_integral *made = lsa_arena_alloc(w->arena, 1, sizeof *made);
    double *all = lsa_arena_alloc(w->arena, 5 * n, sizeof *all);
    LSA_TRY_MEMORY(made, "an integral");
    LSA_TRY_MEMORY(all, "an integral");
    double *t = all, *f = all + n, *s = all + 2 * n;
    *made = (text_integral){.e = e, .value = all + 3 * n, .error = all + 4 * n, .next = w->integrals};
    LSA_TRY(course_of(w, path, e, t, f, s, err));
    for (size_t i = 1; i < n; i++) {
        made->value[i] = made->value[i - 1] + trapezoid(t[i] - t[i - 1], f[i - 1], f[i], s[i - 1], s[i]);
        made->error[i] = made->error[i - 1];
        if (i >= 2) {
            const double once = trapezoid(t[i] - t[i - 2], f[i - 2], f[i], s[i - 2], s[i]);
            const double apart = fabs(once - (made->value[i] - made->value[i - 2]));
            made->error[i] += apart * step_share(t[i] - t[i - 1], t[i - 1] - t[i - 2]);
            if (i == 2)
                made->error[i] += apart * step_share(t[1] - t[0], t[2] - t[1]);
        }
    }
    w->integrals = made;
    *out = made;
done:
    return status;
}

lsa_status text_integral_of(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    text_integral *made = w->integrals;
    LSA_TRY(text_here(w, &place, err));
    if (place->sample < 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "an integral is known at the samples of the flow");
    while (made != NULL && made->e != e)
        made = made->next;
    if (made == NULL)
        LSA_TRY(make_integral(w, e, &made, err));
    *out = formula_value_near(w->run.pool, 1, 1, &made->value[place->sample], made->error[place->sample]);
done:
    return status;
}
