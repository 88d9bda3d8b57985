/* claims_loss.c - the derived loss against sampled prompts, and its shape: (3.8), (3.9), section 5, Lemma 5.2. */
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "lsaflow/cubature.h"
#include "verify/flow_view.h"
#include "verify/probe.h"
#include "verify/sampled.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* *A = uU of a state where that is the whole layer; NULL where it is not. The caller frees it. */
static lsa_status whole_product(const claim_context *context, const double *user, double **A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_reduced_view view;
    const ptrdiff_t d = context->experiment->data.d;
    *A = NULL;
    LSA_TRY(lsa_study_program(context->study, &program, err));
    if (!lsa_study_has_theory(context->study) || !lsa_study_is_reduced(context->study, program) ||
        d > LSA_SPREAD_DIMENSION)
        goto done;
    LSA_TRY(lsa_study_reduced_view(context->study, program, &view, err));
    if (view.px >= 0 || view.k >= 0)
        goto done;
    *A = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(*A, "the product uU");
    lsa_vec_axpy(d * d, user[view.u], user + view.U, *A);
done:
    return status;
}

/* The loss of the training law at the parameters `what`, user's basis. */
static lsa_status measure_loss(const claim_context *context, void *what, const sampled_draw *draw, sampled_value *out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_sample_result sample;
    bool fast;
    double *A = NULL;
    char reason[LSA_WHY_MAX] = "";
    const lsa_sample_options options = sampled_options(context, draw);
    LSA_TRY(whole_product(context, what, &A, err));
    LSA_TRY(lsa_study_sample_test(context->study, NULL, what, &options, &fast, &sample, err));
    if (sample.error.infinite)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the expectation does not exist: %s", sample.error.reason));
    if (isfinite(sample.attained))
        LSA_TRY(lsa_study_check_spread(context->study, &context->experiment->training, A, &sample, reason, err));
    *out = sampled_value_of(context, &sample, &sample.error);
    if (reason[0] != '\0')
        memcpy(out->doubt, reason, sizeof out->doubt);
    out->value /= 2.0;
    out->half_width /= 2.0;
    out->standard_error /= 2.0;
done:
    free(A);
    return status;
}

lsa_status claim_loss_by_sampling(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_workspace *work = NULL;
    double *user = NULL, *state = NULL;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(probe_parameters(context, program, PROBE_LOSS, &user, err));
    state = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(state, "random parameters");
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    LSA_TRY(claim_statistical(context, result, lsa_program_loss(program, work, state), measure_loss, user, err));
done:
    free(state);
    free(user);
    lsa_workspace_destroy(work);
    return status;
}

/* What cubature may cost here: less than a second. */
static const double most_points = 1e5;

/* At random parameters as for sampling; to the rounding of the loss's terms. */
lsa_status claim_loss_by_cubature(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_workspace *work = NULL;
    lsa_cubature *cubature = NULL;
    lsa_cubature_sum error;
    double *user = NULL, *state = NULL;
    LSA_TRY(claim_add(context, &result, err));
    if (lsa_statement_is_shipped(context->experiment->statement))
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the claim is about statements of one's own"));
    LSA_TRY(lsa_cubature_create(context->experiment, NULL, most_points, &cubature, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(probe_parameters(context, program, PROBE_LOSS, &user, err));
    state = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(state, "random parameters");
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    lsa_cubature_error(cubature, user, &error);
    claim_equal(result, lsa_program_loss(program, work, state), error.value / 2,
                (1e-12 * error.scale + error.rounding) / 2);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "at %.0f points, exact for the degree %d of the squared error", lsa_cubature_points(cubature),
                  lsa_cubature_degree(cubature));
done:
    free(state);
    free(user);
    lsa_workspace_destroy(work);
    lsa_cubature_destroy(cubature);
    return status;
}

/* The gradient of the full layer's derived loss in the order of lsa_sample_block_gradient: px, u, U, k. */
static lsa_status full_gradient(const claim_context *context, const lsa_program *program, const double *user,
                                double *blocks, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_workspace *work = NULL;
    lsa_reduced_view view;
    const ptrdiff_t d = context->experiment->data.d, size = lsa_program_size(program);
    double *state = lsa_vec_create(size), *gradient = lsa_vec_create(size);
    LSA_TRY_MEMORY(state && gradient ? state : NULL, "the derived gradient");
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    lsa_program_gradient(program, work, state, gradient);
    LSA_TRY(lsa_program_to_user(program, gradient, gradient, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &view, err));
    for (ptrdiff_t i = 0; i < d; i++) {
        blocks[i] = gradient[view.px + i];
        blocks[d + 1 + d * d + i] = gradient[view.k + i];
    }
    blocks[d] = gradient[view.u];
    for (ptrdiff_t i = 0; i < d * d; i++)
        blocks[d + 1 + i] = gradient[view.U + i];
done:
    lsa_workspace_destroy(work);
    free(gradient);
    free(state);
    return status;
}

/* Prompts drawn at least, where the budget has them: they cost less than a second, and small entries of a large gradient are
 * then judged more sharply than the asked accuracy, which is a share of the whole gradient's length. */
static const ptrdiff_t fewest_prompts = 65536;

/* A layer and the derived gradient by its blocks. */
typedef struct block_gradient {
    lsa_prompt_law law;
    lsa_layer *layer;
    double *derived;
    lsa_means *means;
    ptrdiff_t needed; /* prompts for the asked accuracy */
} block_gradient;

/* How many prompts bring every standard error below relative_error * |gradient|_F / threshold, judged on a pilot of
 * prompts that are not used again. */
static lsa_status count_prompts(block_gradient *g, lsa_sample_options options, double threshold, lsa_error *err)
{
    lsa_status status = LSA_OK;
    options.seed = lsa_stream_pilot_seed(options.seed);
    options.prompts = 4096;
    LSA_TRY(lsa_sample_block_gradient(g->layer, &g->law, &options, g->means, err));
    const double largest = lsa_vec_norm_max(g->means->n, g->means->standard_error);
    const double allowed = options.relative_error * lsa_vec_norm(g->means->n, g->derived) / threshold;
    g->needed = (ptrdiff_t)ceil(fmin(1e15, 4096.0 * pow(largest / allowed, 2) * 1.1));
done:
    return status;
}

/* The largest |z| over the entries, at the prompts that are needed. */
static lsa_status measure_gradient(const claim_context *context, void *what, const sampled_draw *draw,
                                   sampled_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    block_gradient *g = what;
    lsa_sample_options options = sampled_options(context, draw);
    const ptrdiff_t budget = options.prompts;
    const double threshold = lsa_means_zscore_threshold(g->means->n, context->alpha);
    LSA_TRY(count_prompts(g, options, threshold, err));
    const ptrdiff_t wanted = g->needed > fewest_prompts ? g->needed : fewest_prompts;
    options.prompts = wanted < budget ? wanted : budget;
    LSA_TRY(lsa_sample_block_gradient(g->layer, &g->law, &options, g->means, err));
    *out = (sampled_value){.value = lsa_means_zscore(g->means, g->derived),
                           .half_width = threshold,
                           .standard_error = (double)NAN,
                           .attained = draw->relative_error * sqrt((double)g->needed / (double)options.prompts)};
    if (g->means->late) {
        out->attained = (double)INFINITY;
        sampled_late(context, g->means->prompts, out);
    } else if (g->means->reason != NULL) {
        out->attained = (double)INFINITY;
        snprintf(out->doubt, sizeof out->doubt, "%s", g->means->reason);
    } else {
        snprintf(out->doubt, sizeof out->doubt,
                 "largest |z| over %td entries; %td prompts would be needed for the asked accuracy", g->means->n,
                 g->needed);
    }
done:
    return status;
}

lsa_status claim_gradient_by_sampling(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_reduced_view view;
    block_gradient g = {.layer = NULL};
    double *user = NULL;
    const ptrdiff_t d = context->experiment->data.d, n = (d + 1) * (d + 1);
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_prompt_law_training(context->experiment, &g.law, err));
    LSA_TRY(lsa_study_full_program(context->study, &program, err));
    LSA_TRY(probe_parameters(context, program, PROBE_BLOCKS, &user, err));
    g.derived = lsa_vec_create(n);
    LSA_TRY_MEMORY(g.derived, "the derived gradient");
    LSA_TRY(full_gradient(context, program, user, g.derived, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &view, err));
    LSA_TRY(lsa_layer_create(d, 1, false, &g.layer, err));
    lsa_layer_set_blocks(g.layer, 0, user + view.px, user[view.u], user + view.U, user + view.k);
    LSA_TRY(lsa_means_create(n, &g.means, err));
    LSA_TRY(claim_statistical(context, result, 0.0, measure_gradient, &g, err));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest |z| over the %td entries of px, u, U, k at %td prompts", n, g.means->prompts);
done:
    free(g.derived);
    free(user);
    lsa_means_destroy(g.means);
    lsa_layer_destroy(g.layer);
    return status;
}

/* The direction (u, U) = (1, B/|B|_F)/sqrt 2 at zero parameters, B read off as minus the Hessian's own image of (1, 0). */
lsa_status claim_non_convex(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_workspace *work = NULL;
    lsa_reduced_view view;
    lsa_predictions *p;
    double *zero = NULL, *direction = NULL, *image = NULL;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(flow_view_require_reduced(context, p, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &view, err));
    const ptrdiff_t size = lsa_program_size(program), square = p->d * p->d;
    zero = lsa_vec_create(size);
    direction = lsa_vec_create(size);
    image = lsa_vec_create(size);
    LSA_TRY_MEMORY(zero && direction ? image : NULL, "the Hessian at zero");
    direction[view.u] = 1.0;
    lsa_program_hessian(program, work, zero, direction, image);
    const double norm = lsa_vec_norm(square, image + view.U);
    for (ptrdiff_t i = 0; i < square && norm > 0.0; i++)
        direction[view.U + i] = -image[view.U + i] / norm;
    lsa_program_hessian(program, work, zero, direction, image);
    const double curvature = lsa_vec_dot(size, direction, image) / lsa_vec_dot(size, direction, direction);
    claim_equal(result, p->negative_curvature, curvature, 1e-12 * fabs(p->negative_curvature));
    if (result->verdict == LSA_VERDICT_HOLDS && !(curvature < 0.0)) {
        result->verdict = LSA_VERDICT_FAILS;
        claim_why(result, "the curvature is not negative");
    } else if (result->verdict == LSA_VERDICT_HOLDS) {
        claim_why(result, "curvature at zero parameters along (u, U) = (1, B/|B|_F)/sqrt 2");
    }
done:
    free(image);
    free(direction);
    free(zero);
    lsa_workspace_destroy(work);
    return status;
}
