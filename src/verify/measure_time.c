/* measure_time.c - when the gap falls below a number. The loss falls along its flow, so it does so once, and a flow that is asked to
 * stop there finds the time within its step; no other formula is asked for as often. */
#include "verify/measure_time.h"

#include "base/try.h"
#include "verify/study_state.h"
#include <math.h>
#include <stdlib.h>

/* Below it a gap means "converged" to the flow, not a place to stop. */
static const double least_gap = 1e-13;

static const formula_node *inside(const formula_node *node)
{
    while (node->kind == FORMULA_DEFINED)
        node = node->children[0];
    return node;
}

bool measure_is_gap_time(const formula_node *node, double *gap)
{
    node = inside(node);
    if (node->kind != FORMULA_CALL || node->function->id != FORMULA_first)
        return false;
    const formula_node *condition = inside(node->children[1]);
    if (condition->kind != FORMULA_COMPARE || condition->n_children != 2 ||
        (condition->relations[0] != LSA_RELATION_BELOW && condition->relations[0] != LSA_RELATION_AT_MOST))
        return false;
    const formula_node *left = inside(condition->children[0]), *right = inside(condition->children[1]);
    if (left->kind != FORMULA_NAME || left->name->id != FORMULA_NAME_gap || right->kind != FORMULA_NUMBER)
        return false;
    *gap = strtod(right->text, NULL);
    return *gap > least_gap && *gap < 1.0;
}

lsa_status measure_gap_time(lsa_study *study, double gap, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *whole;
    lsa_trajectory *run = NULL;
    lsa_flow_options options;
    LSA_TRY(lsa_study_trajectory(study, &whole, err));
    LSA_TRY(study_flow_options(study, &options, err));
    options.stop.gap = gap;
    options.stop.gradient = (double)NAN;
    options.n_times = 0;
    options.points = 2;
    options.drop_states = true;
    LSA_TRY(lsa_flow_run(study->program, study->start, &options, &run, err));
    const lsa_sample end = lsa_trajectory_raw(run);
    if (lsa_trajectory_reason(run) == LSA_STOPPED_GAP || end.gap <= gap)
        *out = end.time;
    else
        status =
            lsa_error_set(err, LSA_ERR_UNABLE, "the gap is %.3g at the end of the run, t = %.6g", end.gap, end.time);
done:
    lsa_trajectory_destroy(run);
    return status;
}
