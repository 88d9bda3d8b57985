/* claims_reduced.c - Lemma 5.2: from the paper's start the full layer moves in u and U alone, as the reduced layer does. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <math.h>
#include <stdlib.h>

enum { TIMES_MAX = 40 };

/* The comparison needs no more than this of either flow; the full layer's Newton systems are dense. */
static const double least_gap = 1e-6, least_rtol = 1e-8;

/* Up to TIMES_MAX of the run's sample times, from the start until the gap is below least_gap. */
static ptrdiff_t choose_times(const flow_view *view, ptrdiff_t chosen[TIMES_MAX])
{
    ptrdiff_t last = 0, count = 0;
    while (last + 1 < view->count && lsa_trajectory_sample(view->trajectory, last).gap > least_gap)
        last++;
    const ptrdiff_t stride = last / TIMES_MAX + 1;
    for (ptrdiff_t i = 0; i <= last && count < TIMES_MAX; i += stride)
        chosen[count++] = i;
    return count;
}

/* The study's (u, U) at sample 0 as a state of the full layer, px = k = 0. */
static void place_start(const flow_view *view, const lsa_reduced_view *full, double *start)
{
    const lsa_sample first = lsa_trajectory_sample(view->trajectory, 0);
    start[full->u] = flow_view_u(view, first);
    for (ptrdiff_t i = 0; i < view->d * view->d; i++)
        start[full->U + i] = flow_view_U(view, first)[i];
}

/* Largest entry of px, k in the sample, and the largest distance of its (u, U) to the study's sample. While that is larger
 * than `end`, the size of the limit, distances are shares of it: a path is known relative to its parameters' size. */
static void compare(const flow_view *view, const lsa_reduced_view *full, lsa_sample ours, lsa_sample reduced,
                    double end, double *blocks, double *distance)
{
    const double size =
        fmax(fabs(flow_view_u(view, reduced)), lsa_vec_norm(view->d * view->d, flow_view_U(view, reduced)));
    const double share = size > end ? end / size : 1.0;
    *blocks = fmax(*blocks, lsa_vec_norm_max(view->d, ours.state + full->px));
    *blocks = fmax(*blocks, lsa_vec_norm_max(view->d, ours.state + full->k));
    *distance = fmax(*distance, share * fabs(ours.state[full->u] - flow_view_u(view, reduced)));
    for (ptrdiff_t i = 0; i < view->d * view->d; i++)
        *distance = fmax(*distance, share * fabs(ours.state[full->U + i] - flow_view_U(view, reduced)[i]));
}

lsa_status claim_reduced_blocks(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_view view;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_reduced_view full;
    lsa_trajectory *trajectory = NULL;
    ptrdiff_t chosen[TIMES_MAX];
    double times[TIMES_MAX], *start = NULL, blocks = 0.0, distance = 0.0;
    LSA_TRY(flow_view_of(context, &view, err));
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_full_program(context->study, &program, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &full, err));
    start = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(start, "the start of the full layer");
    place_start(&view, &full, start);
    lsa_flow_options options = lsa_flow_options_defaults();
    options.rtol = fmax(view.rtol, least_rtol);
    options.n_times = choose_times(&view, chosen);
    for (ptrdiff_t i = 0; i < options.n_times; i++)
        times[i] = lsa_trajectory_sample(view.trajectory, chosen[i]).time;
    options.times = times;
    options.stop = (lsa_stop){.gap = NAN, .gradient = NAN, .time = times[options.n_times - 1], .wall = NAN};
    options.minimum = view.p->minimum_loss;
    options.interrupt = lsa_study_settings(context->study)->interrupt;
    LSA_TRY(lsa_flow_run(program, start, &options, &trajectory, err));
    const double end = fmax(view.p->u, lsa_vec_norm(view.d * view.d, view.p->U));
    for (ptrdiff_t i = 0; i < lsa_trajectory_count(trajectory); i++)
        compare(&view, &full, lsa_trajectory_sample(trajectory, i), lsa_trajectory_sample(view.trajectory, chosen[i]),
                end, &blocks, &distance);
    suppose_reduced(result, &view);
    claim_equal(result, 0.0, fmax(blocks, distance), 100.0 * options.rtol * end);
    /* u^2 - |U|^2 = C is kept to 120 rtol of the start's squares (2501.16265 (14)'s claim), and du = dC/(4 u) at the limit */
    const double first = flow_view_u(&view, lsa_trajectory_sample(view.trajectory, 0));
    const double balance = 30.0 * options.rtol * first * first / end;
    if (result->verdict == LSA_VERDICT_FAILS && blocks <= result->tolerance && distance <= balance) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "from a start of %.3g either flow knows its u^2 - |U|^2, and with it u and U, to %.2g only",
                  first, balance);
    } else if (result->verdict != LSA_VERDICT_NOT_APPLICABLE)
        claim_why(result, "largest |px|, |k|: %.3g; largest distance of (u, U) to the reduced flow: %.3g", blocks,
                  distance);
done:
    lsa_trajectory_destroy(trajectory);
    free(start);
    return status;
}
