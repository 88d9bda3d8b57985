/* claims_loss.c - the derived loss against sampled prompts, and its shape: (3.8), (3.9), section 5, Lemma 5.2. */
#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/cubature.h"
#include "verify/flow_view.h"
#include "verify/probe.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

lsa_status claim_loss_by_sampling(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_workspace *work = NULL;
    double *user = NULL, *state = NULL;
    lsa_sample_result sample;
    lsa_sample_options options = lsa_study_sampling(context->study, context->alpha);
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(probe_parameters(context, program, PROBE_LOSS, &user, err));
    state = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(state, "random parameters");
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    LSA_TRY(lsa_sample_test(context->experiment, NULL, user, &options, &sample, err));
    const double derived = lsa_program_loss(program, work, state);
    claim_statistical(result, derived, sample.error.mean / 2, sample.error.half_width / 2, sample.resolved);
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
    lsa_study_reduced_view(context->study, program, &view);
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

/* How many prompts bring every standard error below relative_error * |gradient|_F / threshold, judged on a pilot of
 * prompts that are not used again. */
static lsa_status prompts_needed(const lsa_layer *layer, const lsa_prompt_law *law, lsa_sample_options options,
                                 double relative_error, double threshold, const double *derived, lsa_means *means,
                                 ptrdiff_t *needed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    options.seed = ~options.seed;
    options.prompts = 4096;
    LSA_TRY(lsa_sample_block_gradient(layer, law, &options, means, err));
    const double largest = lsa_vec_norm_max(means->n, means->standard_error);
    const double allowed = relative_error * lsa_vec_norm(means->n, derived) / threshold;
    *needed = (ptrdiff_t)ceil(fmin(1e15, 4096.0 * pow(largest / allowed, 2) * 1.1));
done:
    return status;
}

lsa_status claim_gradient_by_sampling(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_program *program;
    lsa_reduced_view view;
    lsa_prompt_law law;
    lsa_layer *layer = NULL;
    lsa_means *means = NULL;
    double *user = NULL, *derived = NULL;
    ptrdiff_t needed;
    const ptrdiff_t d = context->experiment->data.d, n = (d + 1) * (d + 1);
    lsa_sample_options options = lsa_study_sampling(context->study, context->alpha);
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_prompt_law_training(context->experiment, &law, err));
    LSA_TRY(lsa_study_full_program(context->study, &program, err));
    LSA_TRY(probe_parameters(context, program, PROBE_BLOCKS, &user, err));
    derived = lsa_vec_create(n);
    LSA_TRY_MEMORY(derived, "the derived gradient");
    LSA_TRY(full_gradient(context, program, user, derived, err));
    lsa_study_reduced_view(context->study, program, &view);
    LSA_TRY(lsa_layer_create(d, 1, false, &layer, err));
    lsa_layer_set_blocks(layer, 0, user + view.px, user[view.u], user + view.U, user + view.k);
    LSA_TRY(lsa_means_create(n, &means, err));
    const double threshold = lsa_means_zscore_threshold(n, context->alpha);
    LSA_TRY(prompts_needed(layer, &law, options, context->experiment->monte_carlo.relative_error, threshold, derived,
                           means, &needed, err));
    const bool resolved = needed <= options.prompts;
    const ptrdiff_t wanted = needed > fewest_prompts ? needed : fewest_prompts;
    options.prompts = wanted < options.prompts ? wanted : options.prompts;
    LSA_TRY(lsa_sample_block_gradient(layer, &law, &options, means, err));
    claim_statistical(result, 0.0, lsa_means_zscore(means, derived), threshold, resolved);
    if (result->verdict == LSA_VERDICT_INCONCLUSIVE)
        claim_why(result, "largest |z| over %td entries; %td prompts would be needed for the asked accuracy", n,
                  needed);
    else if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest |z| over the %td entries of px, u, U, k at %td prompts", n, means->prompts);
done:
    free(derived);
    free(user);
    lsa_means_destroy(means);
    lsa_layer_destroy(layer);
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
    lsa_study_reduced_view(context->study, program, &view);
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
