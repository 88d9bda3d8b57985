/* text_plateau.c - the loss of the saddle beside a rest of the flow. */
#include "base/try.h"
#include "verify/text_flow.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The number of an event "plateau 3", or -1. */
static long plateau_number(const char *name)
{
    return strncmp(name, "plateau ", 8) == 0 ? strtol(name + 8, NULL, 10) : -1;
}

/* Whether the run's first plateau is the start's own: its saddle has the loss of the zero parameters. */
static bool begins_at_rest(const flow_path *path, const lsa_event *first)
{
    return fabs(first->saddle - path->loss_at_zero) <= 1e-6 * path->loss_at_zero;
}

static lsa_status event_of(const flow_path *path, const lsa_trajectory *run, long k, lsa_event *out, lsa_error *err)
{
    long seen = 0, own = 0;
    for (ptrdiff_t i = 0; i < lsa_trajectory_event_count(run); i++) {
        const lsa_event event = lsa_trajectory_event(run, i);
        if (plateau_number(event.name) < 0)
            continue;
        if (seen == 0)
            own = begins_at_rest(path, &event) ? 0 : 1;
        if (own + seen == k) {
            *out = event;
            return LSA_OK;
        }
        seen++;
    }
    return lsa_error_set(err, LSA_ERR_DOMAIN, "the run rests at no plateau with %ld modes learned: it has %ld plateaus",
                         k, seen);
}

/* A function of the loss at the saddle beside the path's slowest point, off by how far the two are apart. */
lsa_status text_at_plateau(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    const formula_value *index;
    const formula_node *e = call->children[1];
    lsa_event event = {0};
    long k = 0;
    const bool risk = e->kind == FORMULA_NAME && e->name->id == FORMULA_NAME_risk;
    const bool loss = e->kind == FORMULA_NAME && e->name->id == FORMULA_NAME_loss;
    if (!risk && !loss)
        return lsa_error_set(err, LSA_ERR_UNABLE, "of a plateau the loss and the risk are known");
    LSA_TRY(formula_evaluate(&w->run, call->children[0], &index, err));
    LSA_TRY(formula_value_long(index, &k, err));
    LSA_TRY(text_path(w, &path, err));
    w->asks_share = true;
    LSA_TRY(event_of(path, w->coarse ? path->coarse : path->run, k, &event, err));
    if (!isfinite(event.saddle))
        return lsa_error_set(err, LSA_ERR_UNABLE, "Newton's method finds no saddle beside plateau %ld", k);
    const double factor = risk ? 2.0 : 1.0, value = factor * event.saddle;
    *out = formula_value_near(w->run.pool, 1, 1, &value,
                              factor * fabs(event.loss - event.saddle) + 1e-14 * factor * path->loss_at_zero);
done:
    return status;
}
