/* text_extreme.c - the largest and the least value along the flow: the best sample, and the top of the parabola through it. */
#include "base/try.h"
#include "verify/text_flow.h"
#include <float.h>
#include <math.h>

/* The top of the parabola through three points, where it is between the outer two. */
static double top_of(const double t[3], const double f[3])
{
    const double a = (f[1] - f[0]) / (t[1] - t[0]), b = (f[2] - f[1]) / (t[2] - t[1]), c = (b - a) / (t[2] - t[0]);
    if (!(c < 0.0))
        return f[1];
    const double at = 0.5 * (t[0] + t[1]) - a / (2.0 * c);
    return at > t[0] && at < t[2] ? f[0] + (at - t[0]) * (a + c * (at - t[1])) : f[1];
}

lsa_status text_extreme(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double sign = call->function->id == FORMULA_largest ? 1.0 : -1.0;
    const flow_path *path;
    const formula_value *value;
    ptrdiff_t best = 0;
    LSA_TRY(text_path(w, &path, err));
    double *t = lsa_arena_alloc(w->arena, (size_t)path->count, sizeof *t);
    double *f = lsa_arena_alloc(w->arena, (size_t)path->count, sizeof *f);
    LSA_TRY_MEMORY(t, "the course of a formula");
    LSA_TRY_MEMORY(f, "the course of a formula");
    for (ptrdiff_t i = 0; i < path->count; i++) {
        text_place place;
        LSA_TRY(text_place_of_sample(w, i, &place, err));
        LSA_TRY(text_at(w, &place, call->children[0], &value, err));
        t[i] = place.time;
        f[i] = sign * formula_value_double(value, 0, 0);
        if (f[i] > f[best])
            best = i;
    }
    double top = f[best];
    if (best > 0 && best + 1 < path->count)
        top = fmax(top, top_of(t + best - 1, f + best - 1));
    const double found = sign * top;
    *out = formula_value_near(w->run.pool, 1, 1, &found, top - f[best] + 4.0 * DBL_EPSILON * fabs(top));
done:
    return status;
}
