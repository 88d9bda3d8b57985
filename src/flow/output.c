/* output.c - asked times, or a grid that thins itself. */
#include "flow/output.h"
#include "base/matrix.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Grid points per decade before any thinning; more than a path needs that ends after one decade. */
static const double PER_DECADE = 128.0;
/* The first grid time, in units of the start's own time scale: before it nothing has moved by more than a hundredth. */
static const double FIRST = 0.01;

/* Without a gap to stop at, the end of a run in time is known: then the grid is exact. */
static bool end_is_known(const lsa_flow_options *options)
{
    return isfinite(options->stop.time) && isnan(options->stop.gap) && isnan(options->stop.gradient);
}

static void fill_exact(flow_output *output, double end)
{
    const double first = fmin(output->unit, 1e-3 * end), steps = (double)(output->n - (output->logarithmic ? 2 : 1));
    for (ptrdiff_t i = 0; i < output->n; i++) {
        if (output->logarithmic)
            output->times[i] = i == 0 ? 0.0 : first * pow(end / first, (double)(i - 1) / fmax(steps, 1.0));
        else
            output->times[i] = end * (double)i / fmax(steps, 1.0);
    }
    output->times[output->n - 1] = end;
}

lsa_status flow_output_create(const lsa_flow_options *options, double rate, flow_output **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool asked = options->n_times > 0, known = !asked && end_is_known(options);
    flow_output *output = calloc(1, sizeof *output);
    LSA_TRY_MEMORY(output, "the output times");
    output->logarithmic = options->log_spacing;
    output->points = options->points;
    output->unit = rate > 0.0 ? fmax(FIRST / rate, DBL_MIN) : 1.0;
    output->k = -1.0;
    output->stride = 1.0;
    if (asked || known) {
        output->n = asked ? options->n_times : options->points;
        output->times = lsa_vec_create(output->n);
        LSA_TRY_MEMORY(output->times, "the output times");
        if (asked)
            memcpy(output->times, options->times, (size_t)output->n * sizeof *output->times);
        else
            fill_exact(output, options->stop.time);
    }
    *out = output;
    output = NULL;
done:
    flow_output_destroy(output);
    return status;
}

void flow_output_destroy(flow_output *output)
{
    if (output == NULL)
        return;
    free(output->times);
    free(output);
}

ptrdiff_t flow_output_capacity(const flow_output *output)
{
    return output->times != NULL ? output->n : 2 * output->points + 2;
}

static double grid_time(const flow_output *output, double k)
{
    if (k < 0.0)
        return 0.0;
    if (output->logarithmic)
        return output->unit * pow(10.0, k / PER_DECADE);
    return output->unit * (k + 1.0);
}

double flow_output_next(const flow_output *output)
{
    if (output->times == NULL)
        return grid_time(output, output->k);
    return output->next < output->n ? output->times[output->next] : (double)INFINITY;
}

/* Keeps the start and every second point of the grid after it: sample 1 + j has index j * stride, and the even j stay. The
 * stride is a power of two and j is small: their product is exact. */
static void thin(flow_output *output, lsa_trajectory *trajectory)
{
    ptrdiff_t kept = 1;
    for (ptrdiff_t i = 1; i < trajectory->count; i += 2)
        flow_trajectory_move(trajectory, i, kept++);
    trajectory->count = kept;
    output->stride *= 2.0;
    output->k = (double)(kept - 1) * output->stride;
}

void flow_output_taken(flow_output *output, lsa_trajectory *trajectory)
{
    if (output->times != NULL) {
        output->next++;
        return;
    }
    output->k = output->k < 0.0 ? 0.0 : output->k + output->stride;
    if (trajectory->count == 2 * output->points + 1)
        thin(output, trajectory);
}

/* Keeps `points` samples spread evenly over the record, the first and the last among them. */
static void spread(const flow_output *output, lsa_trajectory *trajectory)
{
    const ptrdiff_t last = trajectory->count - 1, points = output->points;
    for (ptrdiff_t i = 0; i < points;
         i++) /* increasing, and never before i: nothing is overwritten before it is read */
        flow_trajectory_move(trajectory, (i * last + (points - 1) / 2) / (points - 1), i);
    trajectory->count = points;
}

/* Asked times past the end. */
static lsa_status finish_asked(flow_output *output, lsa_trajectory *trajectory, lsa_sample end, double action,
                               double hold, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (; flow_output_next(output) <= hold && output->next < output->n; output->next++) {
        end.time = flow_output_next(output);
        flow_trajectory_append(trajectory, end, action);
    }
    const ptrdiff_t missing = output->n - output->next;
    if (missing > 0) {
        trajectory->missing = lsa_vec_create(missing);
        LSA_TRY_MEMORY(trajectory->missing, "the output times past the end");
        memcpy(trajectory->missing, output->times + output->next, (size_t)missing * sizeof *output->times);
        trajectory->n_missing = missing;
    }
done:
    return status;
}

lsa_status flow_output_finish(flow_output *output, lsa_trajectory *trajectory, lsa_sample end, double action,
                              double hold, lsa_error *err)
{
    const double end_time = end.time;
    if (output->times != NULL)
        return finish_asked(output, trajectory, end, action, hold, err);
    if (trajectory->count == 0 || trajectory->samples[trajectory->count - 1].time < end_time)
        flow_trajectory_append(trajectory, end, action);
    if (trajectory->count > output->points)
        spread(output, trajectory);
    return LSA_OK;
}
