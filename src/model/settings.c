/* settings.c - how to integrate, how to sample, how to train, from where to start. */
#include "base/try.h"
#include "model/array.h"
#include "model/experiment.h"
#include "model/schema.h"
#include <math.h>
#include <string.h>

/* The gap at which a flow stops when no stop is asked for (the default of `flow.stop`). */
static const double standard_gap = 1e-14;

static void read_stop(const lsa_node *node, lsa_stop *out)
{
    out->gap = node == NULL ? standard_gap : lsa_value_real(node, "flow.stop.gap");
    out->gradient = lsa_value_real(node, "flow.stop.gradient");
    out->time = lsa_value_real(node, "flow.stop.time");
    out->wall = lsa_value_real(node, "flow.stop.wall");
}

static lsa_status read_times(lsa_reading *reading, const lsa_node *node, lsa_flow_settings *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (node == NULL)
        return LSA_OK;
    if (node->count == 0)
        return lsa_node_error(node, err, "found an empty list, expected times");
    LSA_TRY(lsa_reading_numbers(reading, node, node->count, 1, &out->times, err));
    LSA_TRY(lsa_array_read(node, LSA_ARRAY_VECTOR, node->count, 1, out->times, err));
    for (ptrdiff_t k = 1; k < node->count; k++)
        if (!(out->times[k] > out->times[k - 1]))
            return lsa_node_error(node->items[k], err, "the times must ascend: %s comes after %s", node->items[k]->text,
                                  node->items[k - 1]->text);
    out->n_times = node->count;
done:
    return status;
}

lsa_status lsa_flow_read(lsa_reading *reading, const lsa_node *flow, lsa_flow_settings *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *output = lsa_value_node(flow, "flow.output");
    const lsa_node *stop = lsa_value_node(flow, "flow.stop");
    if (stop != NULL && stop->count == 0)
        return lsa_node_error(stop, err, "expected one of the keys gap, gradient, time, wall");
    out->rtol = lsa_value_real(flow, "flow.rtol");
    read_stop(stop, &out->stop);
    out->method = (lsa_method)lsa_value_choice(flow, "flow.method");
    out->log_spacing = lsa_value_choice(output, "flow.output.spacing") == 0;
    out->points = (ptrdiff_t)lsa_value_real(output, "flow.output.points");
    LSA_TRY(read_times(reading, lsa_value_node(output, "flow.output.times"), out, err));
    out->parameters = (lsa_output_parameters)lsa_value_choice(output, "flow.output.parameters");
done:
    return status;
}

/* All baselines where the key is absent; the bits follow the order of the choices. */
static unsigned read_baselines(const lsa_node *node)
{
    static const char *const path = "monte_carlo.baselines";
    unsigned bits = 0;
    if (node == NULL)
        return LSA_BASELINE_OLS | LSA_BASELINE_RIDGE | LSA_BASELINE_BEST_LINEAR | LSA_BASELINE_ONE_STEP |
               LSA_BASELINE_ZERO;
    if (node->kind == LSA_NODE_SCALAR)
        return 1u << lsa_choice_of(node, path);
    for (ptrdiff_t k = 0; k < node->count; k++)
        bits |= 1u << lsa_choice_of(node->items[k], path);
    return bits;
}

void lsa_monte_carlo_read(const lsa_node *monte_carlo, lsa_monte_carlo *out)
{
    out->seed = lsa_value_seed(monte_carlo, "monte_carlo.seed");
    out->prompts = (ptrdiff_t)lsa_value_real(monte_carlo, "monte_carlo.prompts");
    out->relative_error = lsa_value_real(monte_carlo, "monte_carlo.relative_error");
    out->seconds = lsa_value_real(monte_carlo, "monte_carlo.seconds");
    out->fast = lsa_value_choice(monte_carlo, "monte_carlo.mode") == 1;
    out->baselines = read_baselines(lsa_value_node(monte_carlo, "monte_carlo.baselines"));
}

void lsa_train_read(const lsa_node *train, lsa_train_settings *out)
{
    const lsa_node *tasks = lsa_value_node(train, "train.tasks");
    out->asked = train != NULL;
    out->method = (lsa_train_method)lsa_value_choice(train, "train.method");
    out->schedule = (lsa_train_schedule)lsa_value_choice(train, "train.schedule");
    out->steps = (ptrdiff_t)lsa_value_real(train, "train.steps");
    out->batch = (ptrdiff_t)lsa_value_real(train, "train.batch");
    out->step_size = lsa_value_real(train, "train.step_size");
    out->decay = lsa_value_node(train, "train.decay") == NULL ? fmax(1.0, ceil(0.1 * (double)out->steps))
                                                              : lsa_value_real(train, "train.decay");
    out->momentum = lsa_value_real(train, "train.momentum");
    out->beta1 = lsa_value_real(train, "train.beta1");
    out->beta2 = lsa_value_real(train, "train.beta2");
    out->epsilon = lsa_value_real(train, "train.epsilon");
    out->tail_average = lsa_value_real(train, "train.tail_average");
    out->tasks = INFINITY;
    if (tasks != NULL && lsa_choice_of(tasks, "train.tasks") < 0)
        out->tasks = lsa_value_real(train, "train.tasks");
    out->checkpoint = (ptrdiff_t)lsa_value_real(train, "train.checkpoint");
    out->points = (ptrdiff_t)lsa_value_real(train, "train.points");
    out->seed = lsa_value_seed(train, "train.seed");
}

lsa_status lsa_basin_read(lsa_reading *reading, const lsa_node *basin, lsa_basin_settings *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *scale = lsa_value_node(basin, "basin.scale");
    const bool list = scale != NULL && scale->kind == LSA_NODE_SEQUENCE;
    double *scales = NULL;
    if (list && scale->count == 0)
        return lsa_node_error(scale, err, "found an empty list, expected scales");
    out->scheme = (lsa_basin_scheme)lsa_value_choice(basin, "basin.scheme");
    out->starts = (ptrdiff_t)lsa_value_real(basin, "basin.starts");
    out->seed = lsa_value_seed(basin, "basin.seed");
    out->n_scales = list ? scale->count : 1;
    scales = lsa_arena_alloc(reading->arena, (size_t)out->n_scales, sizeof *scales);
    LSA_TRY_MEMORY(scales, "the scales of many starts");
    if (list)
        LSA_TRY(lsa_array_read(scale, LSA_ARRAY_VECTOR, scale->count, 1, scales, err));
    else
        scales[0] = lsa_value_real(basin, "basin.scale");
    out->scales = scales;
done:
    return status;
}
