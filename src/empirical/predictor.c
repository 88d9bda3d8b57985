/* predictor.c - draws a prompt and runs on it whatever predicts. */
#include "empirical/predictor.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/prompt.h"
#include <stdlib.h>

lsa_status lsa_trial_init(lsa_trial *trial, const lsa_prompts *prompts, const lsa_predictor *predictor, bool literal,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t M = lsa_prompts_law(prompts)->M;
    LSA_TRY(lsa_prompt_create(prompts, &trial->prompt, err));
    if (predictor->layer) {
        trial->layer_work = lsa_vec_create(literal ? lsa_layer_work_size(predictor->layer, M)
                                                   : lsa_layer_fast_work_size(predictor->layer, M));
        LSA_TRY_MEMORY(trial->layer_work, "scratch for a layer");
    }
    if (predictor->forward)
        LSA_TRY(lsa_forward_work_create(predictor->forward, &trial->forward_work, err));
done:
    return status;
}

void lsa_trial_clear(lsa_trial *trial)
{
    lsa_prompt_destroy(trial->prompt);
    free(trial->layer_work);
    lsa_forward_work_destroy(trial->forward_work);
    *trial = (lsa_trial){0};
}

void lsa_trial_predict(lsa_trial *trial, const lsa_prompts *prompts, const lsa_predictor *predictor, bool literal,
                       uint64_t index, double *prediction, double *target)
{
    lsa_prompt_draw(prompts, index, trial->prompt);
    *target = trial->prompt->target;
    const bool labelled = lsa_prompt_law_labels(lsa_prompts_law(prompts));
    double stated = *target;
    if (predictor->forward && !predictor->layer)
        lsa_forward_evaluate(predictor->forward, trial->forward_work, predictor->parameters, trial->prompt, prediction,
                             &stated);
    else if (predictor->forward && !labelled)
        lsa_forward_target(predictor->forward, trial->forward_work, predictor->parameters, trial->prompt, &stated);
    if (!labelled)
        *target = stated;
    if (predictor->layer)
        *prediction = (literal ? lsa_layer_predict_literal : lsa_layer_predict)(predictor->layer, trial->prompt,
                                                                                trial->layer_work);
}

void lsa_trial_target(lsa_trial *trial, const lsa_prompts *prompts, const lsa_predictor *predictor, uint64_t index,
                      double *target)
{
    lsa_prompt_draw(prompts, index, trial->prompt);
    *target = trial->prompt->target;
    if (predictor->forward && !lsa_prompt_law_labels(lsa_prompts_law(prompts)))
        lsa_forward_target(predictor->forward, trial->forward_work, predictor->parameters, trial->prompt, target);
}

lsa_status lsa_sample_check(const lsa_sample_options *options, const lsa_predictor *predictor, lsa_error *err)
{
    if (options->prompts < 1)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "at least one prompt must be drawn, got %td", options->prompts);
    if (!(options->alpha > 0.0 && options->alpha < 1.0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "alpha must lie in (0, 1), got %.17g", options->alpha);
    if (!(options->relative_error >= 0.0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the relative error must be >= 0, got %.17g",
                             options->relative_error);
    if (!predictor->layer && !predictor->forward)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "neither a layer nor a statement is given to predict");
    return LSA_OK;
}
