/* basin.c - many starts, each a flow of its own, shared among threads. */
#include "lsaflow/basin.h"

#include "base/matrix.h"
#include "base/special.h"
#include "base/streams.h"
#include "base/try.h"
#include "verify/study.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>

/* How a start ended. */
typedef enum outcome { OUTCOME_GLOBAL, OUTCOME_OTHER, OUTCOME_CREEPING, OUTCOME_FAILED, OUTCOME_COUNT } outcome;

/* A relative gap below this is the global minimum: spurious minima seen so far are above 1e-3. */
static const double global_gap = 1e-8;
/* The end is what counts, not the path: the counts of 2500 starts (tests/monte_carlo/basin.c) are those at 1e-8, which takes
 * twice the time. */
static const double basin_rtol = 1e-5;
/* A flow that needs more steps than this creeps along a plateau. */
enum { STEP_BUDGET = 100000 };

/* What all starts of one scale share; read-only. */
typedef struct basin {
    const lsa_program *program;
    const lsa_basin_settings *settings;
    const double *start; /* of `init`, for scheme: perturb */
    ptrdiff_t scale;
    lsa_flow_options options;
} basin;

static void make_start(const basin *b, ptrdiff_t k, double *out)
{
    const ptrdiff_t size = lsa_program_size(b->program);
    lsa_rng rng =
        lsa_stream_at(b->settings->seed, LSA_STREAM_BASIN, ((uint64_t)b->scale << LSA_STREAM_SCALE_BITS) + (uint64_t)k);
    lsa_rng_normals(&rng, size, out);
    lsa_vec_scale(size, b->settings->scales[b->scale], out);
    if (b->settings->scheme == LSA_BASIN_PERTURB)
        lsa_vec_axpy(size, 1.0, b->start, out);
}

static outcome outcome_of(const lsa_trajectory *trajectory)
{
    const lsa_stop_reason reason = lsa_trajectory_reason(trajectory);
    if (lsa_trajectory_raw(trajectory).gap <= global_gap)
        return OUTCOME_GLOBAL;
    return reason == LSA_STOPPED_GRADIENT ? OUTCOME_OTHER : OUTCOME_CREEPING;
}

static lsa_status run_start(const basin *b, ptrdiff_t k, double *start, outcome *out, lsa_error *err)
{
    lsa_trajectory *trajectory = NULL;
    make_start(b, k, start);
    lsa_status status = lsa_flow_run(b->program, start, &b->options, &trajectory, err);
    if (status == LSA_ERR_SOLVER) {
        /* the step budget ends a run as the integrator's own failures do; what was reached tells them apart */
        *out = trajectory != NULL && lsa_trajectory_stats(trajectory).steps >= STEP_BUDGET ? OUTCOME_CREEPING
                                                                                           : OUTCOME_FAILED;
        status = LSA_OK;
    } else if (status == LSA_OK) {
        *out = outcome_of(trajectory);
        if (lsa_trajectory_reason(trajectory) == LSA_STOPPED_INTERRUPT)
            status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted among the starts");
    }
    lsa_trajectory_destroy(trajectory);
    return status;
}

/* outcomes: of each start, OUTCOME_COUNT where it was not run to its end. */
static lsa_status run_starts(const basin *b, int threads, outcome *outcomes, lsa_error *err)
{
    lsa_status first = LSA_OK;
    const ptrdiff_t size = lsa_program_size(b->program), starts = b->settings->starts;
#pragma omp parallel num_threads(threads)
    {
        lsa_error story = {0};
        double *start = lsa_vec_create(size);
#pragma omp for schedule(dynamic)
        for (ptrdiff_t k = 0; k < starts; k++) {
            outcome out = OUTCOME_FAILED;
            lsa_status status, seen;
#pragma omp atomic read
            seen = first;
            if (seen != LSA_OK)
                continue;
            status = start == NULL ? lsa_error_set(&story, LSA_ERR_MEMORY, "out of memory for a start")
                                   : run_start(b, k, start, &out, &story);
#pragma omp critical(lsa_basin)
            {
                if (status == LSA_OK)
                    outcomes[k] = out;
                else if (first == LSA_OK)
                    first = lsa_error_copy(err, status, &story);
            }
        }
        free(start);
    }
    return first;
}

/* The starts before the first one that was not run to its end: those after it that were are the quick ones. */
static void count_outcomes(const basin *b, const outcome *outcomes, lsa_basin_count *out)
{
    ptrdiff_t counts[OUTCOME_COUNT] = {0}, starts = 0;
    while (starts < b->settings->starts && outcomes[starts] != OUTCOME_COUNT)
        counts[outcomes[starts++]]++;
    *out = (lsa_basin_count){.scale = b->settings->scales[b->scale],
                             .starts = starts,
                             .global = counts[OUTCOME_GLOBAL],
                             .other = counts[OUTCOME_OTHER],
                             .creeping = counts[OUTCOME_CREEPING],
                             .failed = counts[OUTCOME_FAILED]};
    if (starts > 0)
        lsa_binomial_interval(out->global, out->starts, 0.05, &out->low, &out->high);
}

lsa_status lsa_basin_run(lsa_study *study, ptrdiff_t j, lsa_basin_count *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    outcome *outcomes = NULL;
    const lsa_study_options *options = lsa_study_settings(study);
    basin b = {.settings = &lsa_study_experiment(study)->basin, .scale = j, .options = lsa_flow_options_defaults()};
    LSA_TRY(lsa_study_program(study, &b.program, err));
    LSA_TRY(lsa_study_start(study, &b.start, err));
    LSA_TRY(lsa_study_minimum_loss(study, &b.options.minimum, err));
    if (isnan(b.options.minimum)) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the global minimum of this loss is not known");
        goto done;
    }
    b.options.rtol = basin_rtol;
    b.options.stop = (lsa_stop){.gap = global_gap, .gradient = NAN, .time = NAN, .wall = NAN};
    b.options.points = 2;
    b.options.drop_states = true;
    b.options.max_steps = STEP_BUDGET;
    b.options.interrupt = options->interrupt;
    outcomes = malloc((size_t)b.settings->starts * sizeof *outcomes);
    LSA_TRY_MEMORY(outcomes, "the outcomes of the starts");
    for (ptrdiff_t k = 0; k < b.settings->starts; k++)
        outcomes[k] = OUTCOME_COUNT;
    status = run_starts(&b, options->threads > 0 ? options->threads : omp_get_max_threads(), outcomes, err);
    if (status == LSA_OK || status == LSA_ERR_INTERRUPTED)
        count_outcomes(&b, outcomes, out);
done:
    free(outcomes);
    return status;
}
