/* output.h - at which times a run is sampled.
 *
 * Asked times are met exactly. Otherwise the end is not known in advance: the run samples a grid in t or in log t that
 * begins finer than needed, drops every other point whenever its memory of 2 points is full, and at the end keeps
 * `points` of them, the start and the end among them. Memory stays bounded by 2 points + 2 samples. */
#ifndef LSAFLOW_FLOW_OUTPUT_H
#define LSAFLOW_FLOW_OUTPUT_H

#include "flow/trajectory.h"

typedef struct flow_output {
    double *times;     /* asked, or NULL: a grid                                       */
    ptrdiff_t n, next; /* of the asked times                                           */
    bool logarithmic;
    double unit; /* grid: the first time, and the spacing of a linear grid       */
    ptrdiff_t points;
    double k,
        stride; /* grid: index of the next time, -1 the start; step of indices: beyond any integer where the path is long */
} flow_output;

/* rate: the fastest relative motion of the start, so that 1/rate is its own time scale. */
lsa_status flow_output_create(const lsa_flow_options *options, double rate, flow_output **out, lsa_error *err);
void flow_output_destroy(flow_output *output);
/* The most samples the trajectory ever holds. */
ptrdiff_t flow_output_capacity(const flow_output *output);

/* The next time, INFINITY when there is none. */
double flow_output_next(const flow_output *output);
/* The sample at that time was appended; thins the trajectory's grid when it is full. */
void flow_output_taken(flow_output *output, lsa_trajectory *trajectory);
/* Closes the record with the end: asked times past it hold the end up to `hold`, and those beyond are missing; a grid gets
 * the end as its last point. LSA_ERR_MEMORY. */
lsa_status flow_output_finish(flow_output *output, lsa_trajectory *trajectory, lsa_sample end, double action,
                              double hold, lsa_error *err);

#endif
