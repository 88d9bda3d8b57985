/* claims_reduced.c - Lemma 5.2: from the paper's start the full layer moves in u and U alone, as the reduced layer does. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <math.h>
#include <stdlib.h>

enum { TIMES_MAX = 40 };

/* Where L(0) - L* is less than this of L(0) (label noise far above the signal), the full layer's loss, a sum without a form,
 * does not show where its flow is. */
static const double resolved_depth = 1e-9;
/* Seconds for either run of the full layer, where the model asks for none. */
static const double longest = 30.0;
/* The comparison needs no more than this of either flow; the full layer's Newton systems are dense. */
static const double least_gap = 1e-6, least_rtol = 1e-8;

/* Up to TIMES_MAX of the run's sample times, from the start until the gap is below least_gap. */
static ptrdiff_t choose_times(const flow_view *view, ptrdiff_t chosen[TIMES_MAX])
{
    ptrdiff_t last = 0, count = 0;
    while (last + 1 < view->path.count && path_sample(&view->path, last).gap > least_gap)
        last++;
    const ptrdiff_t stride = last / TIMES_MAX + 1;
    for (ptrdiff_t i = 0; i <= last && count < TIMES_MAX; i += stride)
        chosen[count++] = i;
    return count;
}

/* The study's (u, U) at sample 0 as a state of the full layer, px = k = 0. */
static void place_start(const flow_view *view, const lsa_reduced_view *full, double *start)
{
    const lsa_sample first = path_sample(&view->path, 0);
    start[full->u] = flow_view_u(view, first);
    for (ptrdiff_t i = 0; i < view->d * view->d; i++)
        start[full->U + i] = flow_view_U(view, first)[i];
}

/* What is compared: the study's flow and the full layer's. */
typedef struct both {
    const flow_view *view;
    flow_path full;
    lsa_reduced_view at;
    const ptrdiff_t *chosen; /* sample i of the full layer is sample chosen[i] of the study's */
} both;

/* |(u, U) - (u, U)'|_2 at one time, and how far either may be off. */
static path_number distance_at(const both *b, ptrdiff_t i)
{
    const flow_view *view = b->view;
    const ptrdiff_t square = view->d * view->d, own = b->chosen[i];
    const double *full = path_sample(&b->full, i).state;
    const lsa_sample reduced = path_sample(&view->path, own);
    double sum = pow(full[b->at.u] - flow_view_u(view, reduced), 2.0);
    for (ptrdiff_t k = 0; k < square; k++)
        sum += pow(full[b->at.U + k] - flow_view_U(view, reduced)[k], 2.0);
    return (path_number){sqrt(sum), flow_view_u_error(view, own) + flow_view_U_error(view, own) +
                                        path_state_error(&b->full, i, b->at.u, 1) +
                                        path_state_error(&b->full, i, b->at.U, square)};
}

/* The worst distance; *blocks is the largest entry of px and k. */
static path_number compare(const both *b, double *blocks)
{
    path_number worst = PATH_NONE;
    *blocks = 0.0;
    for (ptrdiff_t i = 0; i < b->full.count; i++) {
        const double *full = path_sample(&b->full, i).state;
        *blocks = fmax(
            *blocks, fmax(lsa_vec_norm_max(b->view->d, full + b->at.px), lsa_vec_norm_max(b->view->d, full + b->at.k)));
        path_take_worst(&worst, distance_at(b, i));
    }
    return worst;
}

/* The full layer's flow at those times, and a coarser one. */
static lsa_status run_full(const claim_context *context, const lsa_program *program, const double *start,
                           const double *times, ptrdiff_t count, flow_path *path, lsa_trajectory *made[2],
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_predictions *p;
    lsa_flow_options options = lsa_flow_options_defaults();
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    options.rtol = fmax(context->experiment->flow.rtol, least_rtol);
    options.n_times = count;
    options.times = times;
    const double wall = context->experiment->flow.stop.wall;
    options.stop =
        (lsa_stop){.gap = NAN, .gradient = NAN, .time = times[count - 1], .wall = isnan(wall) ? longest : wall};
    options.minimum = p->minimum_loss;
    options.interrupt = lsa_study_settings(context->study)->interrupt;
    LSA_TRY(lsa_flow_run(program, start, &options, &made[0], err));
    path->run = made[0];
    LSA_TRY(study_path_complete(program, start, &options, path, &made[1], err));
done:
    return status;
}

lsa_status claim_reduced_blocks(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_view view;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_trajectory *made[2] = {NULL, NULL};
    ptrdiff_t chosen[TIMES_MAX];
    both b = {.view = &view, .chosen = chosen};
    double times[TIMES_MAX], *start = NULL, blocks = 0.0;
    LSA_TRY(flow_view_of(context, &view, err));
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_full_program(context->study, &program, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &b.at, err));
    start = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(start, "the start of the full layer");
    place_start(&view, &b.at, start);
    const ptrdiff_t count = choose_times(&view, chosen);
    for (ptrdiff_t i = 0; i < count; i++)
        times[i] = path_sample(&view.path, chosen[i]).time;
    if (view.path.depth <= resolved_depth * view.path.loss_at_zero) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "L(0) - L* is a share of %.2g of L(0): the full layer's loss does not resolve its flow",
                  view.path.depth / view.path.loss_at_zero);
        goto done;
    }
    LSA_TRY(run_full(context, program, start, times, count, &b.full, made, err));
    const path_number worst = compare(&b, &blocks);
    suppose_reduced(result, &view);
    claim_equal(result, 0.0, worst.value, worst.error);
    claim_scale(result, fmax(fabs(view.p->u), lsa_vec_norm(view.d * view.d, view.p->U)));
    claim_also(result, blocks, 0.0, "px and k, which stay zero, reach %.3g", blocks);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest |px|, |k|: %.3g; largest distance of (u, U) to the reduced flow: %.3g", blocks,
                  worst.value);
done:
    lsa_trajectory_destroy(made[1]);
    lsa_trajectory_destroy(made[0]);
    free(start);
    return status;
}
