/* verify.c - the published claims, and the judgement of those that an experiment asks for. */
#include "verify/text_each.h"

#include "base/try.h"
#include "verify/confirm.h"
#include "verify/image.h"
#include <stdlib.h>
#include <string.h>

/* The false-alarm probability of all statistical claims of one study together. */
static const double family_alpha = 1e-6;

/* How a refutation comes about: by two numbers with errors, by prompts, or by two exact witnesses that differ. */
typedef enum claim_kind { CLAIM_NUMERICAL, CLAIM_SAMPLED, CLAIM_EXACT } claim_kind;

typedef struct claim_entry {
    lsa_claim claim;
    claim_check *check;
    claim_kind kind;
    bool each_test;
} claim_entry;

/* In the order in which they are judged: the layer, the loss, the flow, the tests. */
#define CLAIM_LIST(X)                                                                                                  \
    X("statement-is-layer", "(3.6)", "the statement's prediction is f(E)'s bottom-right entry", statement_is_layer,    \
      NUMERICAL, 0)                                                                                                    \
    X("loss-by-sampling", "(3.8)", "the derived loss is the mean over sampled prompts", loss_by_sampling, SAMPLED, 0)  \
    X("loss-by-cubature", "(3.8)", "the derived loss is the exact mean of the statement's text", loss_by_cubature,     \
      EXACT, 0)                                                                                                        \
    X("gradient-by-sampling", "(3.9)", "the derived gradient is the mean of backpropagation", gradient_by_sampling,    \
      SAMPLED, 0)                                                                                                      \
    X("quadratic-form", "Lemma 5.1", "yhat = v'Hv, H has min(rank+1, N+1) negative eigenvalues", quadratic_form,       \
      NUMERICAL, 0)                                                                                                    \
    X("non-convex", "section 5", "the loss has a point of negative curvature", non_convex, EXACT, 0)                   \
    X("scale-invariance", "after Theorem 4.1", "(c W^PV, W^KQ / c) predicts the same", scale_invariance, NUMERICAL, 0) \
    X("stationary-minimum", "Corollary A.2", "the derived gradient vanishes at the predicted minimum",                 \
      stationary_minimum, EXACT, 0)                                                                                    \
    X("fixed-points", "2501.16265 (18), (19)", "heads rest where any set of eigenvectors is learnt", fixed_points,     \
      EXACT, 0)                                                                                                        \
    X("rank-one-point", "W27", "the full layer rests at U = 0, u = 0, px k' the best of rank one", rank_one_point,     \
      EXACT, 0)                                                                                                        \
    X("reduced-blocks-stay-zero", "Lemma 5.2", "px = k = 0 along the full layer's flow", reduced_blocks, NUMERICAL, 0) \
    X("limit-u", "Theorem 4.1", "u tends to |Gamma^-1|_F^(1/2)", limit_u, NUMERICAL, 0)                                \
    X("limit-U", "Theorem 4.1", "U tends to |Gamma^-1|_F^(-1/2) Gamma^-1", limit_U, NUMERICAL, 0)                      \
    X("minimum-loss", "Corollary A.2", "the loss tends to its global minimum", minimum_loss, NUMERICAL, 0)             \
    X("balanced", "Lemma A.3", "u^2 - |U|_F^2 is conserved", balanced, NUMERICAL, 0)                                   \
    X("u-lower-bound", "Lemma A.5 (A.14)", "u(t) stays above its bound", u_lower_bound, NUMERICAL, 0)                  \
    X("pl-inequality", "Lemma 5.4 (5.7)", "|grad L|^2 >= mu (L - min L)", pl_inequality, NUMERICAL, 0)                 \
    X("exponential-decay", "Lemma 5.4", "gap(t) <= gap(0) exp(-mu t)", exponential_decay, NUMERICAL, 0)                \
    X("sharp-decay", "W8", "gap(t) <= gap(0) exp(-2 h_min int u^2)", sharp_decay, NUMERICAL, 0)                        \
    X("off-diagonal-decay", "(5.4), W3", "U_ij(t) = U_ij(0) exp(-h_ij int u^2), i != j", off_diagonal_decay,           \
      NUMERICAL, 0)                                                                                                    \
    X("limit-product", "2501.16265 (11), W6", "sum_h u_h U_h tends to A from any start", limit_product, NUMERICAL, 0)  \
    X("conserved", "Lemma A.3", "what symmetries of the derived loss conserve, found from it", conserved, NUMERICAL,   \
      0)                                                                                                               \
    X("heads-conserved", "2501.16265, W6", "each head's balances are conserved", heads_conserved, NUMERICAL, 0)        \
    X("growth-rate", "W10", "near zero (u, <B, U>) grows at the rate |B|_F", growth_rate, NUMERICAL, 0)                \
    X("white-course", "W10, 2501.16265 (10)", "the isotropic course is a logistic", white_course, NUMERICAL, 0)        \
    X("local-rate", "W9", "in the end the gap falls at the linearised flow's rate", local_rate, NUMERICAL, 0)          \
    X("monotone-loss", "(3.9)", "the loss never rises along the flow", monotone_loss, NUMERICAL, 0)                    \
    X("resting-point", "(3.9)", "the flow comes to rest where no curvature is negative", resting_point, EXACT, 0)      \
    X("plateaus", "2501.16265 (19)", "heads with keys and queries rest at the losses of (19)", plateaus, NUMERICAL, 0) \
    X("escape-times", "2501.16265 (21), W29", "when each plateau is left", escape_times, NUMERICAL, 0)                 \
    X("test-error", "Theorem 4.2 (4.6)", "error of the trained layer on new prompts", test_error, SAMPLED, 1)          \
    X("limit-error", "section 4.2, (4.8), (4.13)", "the error that no N and M remove", limit_error, EXACT, 0)          \
    X("context-rate", "(4.8), (4.13), W21", "the error is its limit in M plus V/M", context_rate, EXACT, 0)            \
    X("least-squares", "section 4.2, W23", "least squares does not feel the scale of the covariates", least_squares,   \
      SAMPLED, 1)                                                                                                      \
    X("test-error-bounds", "after (4.6)", "the error is below the bounds for linear tasks", test_error_bounds,         \
      SAMPLED, 1)                                                                                                      \
    X("context-needed", "Corollary 4.3", "error <= eta + eps at M = ceil((d+1) tr(Lambda)/eps)", context_needed,       \
      SAMPLED, 0)                                                                                                      \
    X("competitive-with-best-linear", "Theorem 4.2 (4.6)", "the error above the best linear one, over E y^2",          \
      competitive, SAMPLED, 1)                                                                                         \
    X("like-ols", "section 4.2, W32", "E(yhat - yhat_OLS)^2 on the same prompts", like_ols, SAMPLED, 1)                \
    X("gd-follows-flow", "(3.9), W33", "gradient descent is off the flow as Euler's method is", gd_follows_flow,       \
      NUMERICAL, 0)                                                                                                    \
    X("sgd-limit", "Theorem 4.1, W31", "SGD on the layer ends at uU = Gamma^-1", sgd_limit, SAMPLED, 0)

#define CLAIM_NUMBER(name, source, summary, function, kind, each) NUMBER_##function,
enum { CLAIM_LIST(CLAIM_NUMBER) CLAIM_COUNT };

#define CLAIM_ENTRY(name, source, summary, function, kind, each)                                                       \
    {{name, source, summary, CLAIM_##kind == CLAIM_SAMPLED}, claim_##function, CLAIM_##kind, each},
static const claim_entry claim_entries[CLAIM_COUNT] = {CLAIM_LIST(CLAIM_ENTRY)};

#define CLAIM_PUBLIC(name, source, summary, function, kind, each)                                                      \
    {name, source, summary, CLAIM_##kind == CLAIM_SAMPLED},
static const lsa_claim public_claims[CLAIM_COUNT] = {CLAIM_LIST(CLAIM_PUBLIC)};

const lsa_claim *lsa_claims(ptrdiff_t *count)
{
    *count = CLAIM_COUNT;
    return public_claims;
}

static bool is_asked(const lsa_experiment *experiment, const char *name)
{
    if (experiment->all_claims)
        return true;
    for (ptrdiff_t i = 0; i < experiment->n_claims; i++)
        if (strcmp(experiment->claims[i], name) == 0)
            return true;
    return false;
}

/* A name that was not checked when the model was read. */
static lsa_status require_known(const lsa_experiment *experiment, lsa_error *err)
{
    for (ptrdiff_t i = 0; i < experiment->n_claims; i++) {
        bool known = false;
        for (int k = 0; k < CLAIM_COUNT && !known; k++)
            known = strcmp(claim_entries[k].claim.name, experiment->claims[i]) == 0;
        if (!known)
            return lsa_error_set(err, LSA_ERR_INPUT, "no claim is called '%s'", experiment->claims[i]);
    }
    return LSA_OK;
}

/* Bonferroni: the family's level over the number of statistical verdicts. */
static double share_of_alpha(const lsa_experiment *experiment)
{
    ptrdiff_t verdicts = 0;
    for (int i = 0; i < CLAIM_COUNT; i++)
        if (claim_entries[i].claim.sampled && is_asked(experiment, claim_entries[i].claim.name))
            verdicts += claim_entries[i].each_test ? experiment->n_tests : 1;
    return family_alpha / (double)(verdicts > 0 ? verdicts : 1);
}

/* One claim, context->claim; `confirm` (or NULL) tells of its results, number `first` on of the list, whether what they refute
 * is put to the net. Those of a claim that did not come to its end are dropped. */
typedef bool judge_confirm(const claim_list *list, ptrdiff_t first);
static lsa_status judge_one(const claim_context *context, claim_check *check, judge_confirm *confirm, double fraction,
                            confirmer *net, lsa_error *err)
{
    const lsa_study_options *options = lsa_study_settings(context->study);
    const ptrdiff_t first = context->out->count;
    if (options->progress != NULL)
        options->progress(options->progress_context, context->claim->name, fraction);
    lsa_status status = claim_judge(context, check, err);
    if (status == LSA_OK && confirm != NULL && confirm(context->out, first))
        status = confirmer_ask(net, context, check, first, err);
    if (status == LSA_OK && options->interrupt != NULL && *options->interrupt != 0)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted while judging %s", context->claim->name);
    if (status != LSA_OK)
        context->out->count = first;
    return status;
}

/* Whether a result rests on a path, so that another one may confirm it. */
static bool rests_on_flow(const claim_list *list, ptrdiff_t first)
{
    for (ptrdiff_t i = first; i < list->count; i++)
        if (list->results[i].text == NULL || !list->results[i].enclosed)
            return true;
    return false;
}

/* The claims that the file wrote itself. */
static lsa_status judge_texts(claim_context *context, const text_claims *texts, confirmer *net, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t count = context->experiment->n_text_claims;
    for (ptrdiff_t i = 0; i < count && status == LSA_OK; i++) {
        const lsa_text_claim *text = &context->experiment->text_claims[i];
        const lsa_claim claim = {.name = text->name, .source = text->source, .summary = ""};
        context->claim = &claim;
        context->text = text;
        context->instances = &texts->claims[i];
        status = judge_one(context, claim_text, rests_on_flow, (double)i / (double)count, net, err);
    }
    context->claim = NULL;
    context->text = NULL;
    context->instances = NULL;
    return status;
}

static lsa_status judge_all(claim_context *context, confirmer *net, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int i = 0; i < CLAIM_COUNT && status == LSA_OK; i++) {
        const claim_entry *entry = &claim_entries[i];
        context->claim = &entry->claim;
        if (is_asked(context->experiment, entry->claim.name))
            status = judge_one(context, entry->check, entry->kind == CLAIM_NUMERICAL ? rests_on_flow : NULL,
                               (double)i / CLAIM_COUNT, net, err);
    }
    return status;
}

/* Squares and cubes of what a claim reads stay within the range of doubles below this power of two of the law. */
enum { FREE_EXPONENT = 100 };

lsa_units lsa_verify_units(lsa_study *study)
{
    const lsa_units none = {0, 0, 0, 0};
    const lsa_program *program;
    if (lsa_study_program(study, &program, NULL) != LSA_OK) /* a claim that needs it says why */
        return none;
    const lsa_units units = lsa_program_units(program);
    return abs(units.law) > FREE_EXPONENT && image_exists(lsa_study_experiment(study)) ? units : none;
}

/* The study of the experiment in those units, where they are not the user's; else NULL. */
static lsa_status make_image(lsa_study *study, lsa_arena *arena, lsa_study **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const lsa_experiment *image;
    const lsa_units units = lsa_verify_units(study);
    *out = NULL;
    if (units.law == 0)
        return LSA_OK;
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(image_make(arena, lsa_study_experiment(study), program, &(image_units){.binary = units, .law = 1.0}, &image,
                       err));
    LSA_TRY(lsa_study_create(image, lsa_study_settings(study), out, err));
done:
    return status;
}

/* Results of the image's tests are about those of the experiment. */
static void bring_back(const lsa_experiment *experiment, lsa_claim_result *results, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_setting *test = results[i].test;
        if (test != NULL && test->number >= 0)
            results[i].test = &experiment->tests[test->number];
    }
}

/* The published claims and those of the file (NULL: without them), or some of them, appended to the list. */
static lsa_status judge_some(lsa_study *study, confirmer *net, bool published, const text_claims *texts,
                             claim_list *list, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_context context = {.study = study, .experiment = lsa_study_experiment(study), .out = list};
    context.alpha = share_of_alpha(context.experiment);
    if (published)
        LSA_TRY(judge_all(&context, net, err));
    if (texts != NULL)
        LSA_TRY(judge_texts(&context, texts, net, err));
done:
    return status;
}

/* What a list comes to: kept after an interrupt, nothing after another failure. */
static lsa_status give_list(claim_list *list, lsa_status status, lsa_claim_result **results, ptrdiff_t *count)
{
    if (status != LSA_OK && status != LSA_ERR_INTERRUPTED) {
        free(list->results);
        return status;
    }
    *results = list->results;
    *count = list->count;
    return status;
}

lsa_status claims_judge(lsa_study *study, confirmer *net, lsa_claim_result **results, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    text_claims *texts = NULL;
    LSA_TRY(text_claims_create(lsa_study_experiment(study), &texts, err));
    status = judge_some(study, net, true, texts, &list, err);
done:
    text_claims_destroy(texts);
    return give_list(&list, status, results, count);
}

static lsa_status judge_plain(lsa_study *study, const text_claims *texts, lsa_claim_result **results, ptrdiff_t *count,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    confirmer *net = NULL;
    LSA_TRY(confirmer_create(study, &net, err));
    LSA_TRY(judge_some(study, net, true, texts, &list, err));
done:
    confirmer_destroy(net);
    return give_list(&list, status, results, count);
}

/* In units of its own a law is judged by an image; formulas are in the user's units, and are judged as they are. */
static lsa_status judge_image(lsa_study *study, const text_claims *texts, lsa_study *image, lsa_claim_result **results,
                              ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    confirmer *net = NULL, *own = NULL;
    LSA_TRY(confirmer_create(image, &net, err));
    LSA_TRY(confirmer_create(study, &own, err));
    LSA_TRY(judge_some(image, net, true, NULL, &list, err));
    LSA_TRY(judge_some(study, own, false, texts, &list, err));
done:
    confirmer_destroy(own);
    confirmer_destroy(net);
    return give_list(&list, status, results, count);
}

lsa_status lsa_verify(lsa_study *study, lsa_claim_result **out, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *image = NULL;
    text_claims *texts = NULL;
    lsa_arena *arena = lsa_arena_create();
    *out = NULL;
    *count = 0;
    LSA_TRY_MEMORY(arena, "the claims");
    LSA_TRY(require_known(lsa_study_experiment(study), err));
    LSA_TRY(text_claims_create(lsa_study_experiment(study), &texts, err));
    LSA_TRY(make_image(study, arena, &image, err));
    status =
        image == NULL ? judge_plain(study, texts, out, count, err) : judge_image(study, texts, image, out, count, err);
    bring_back(lsa_study_experiment(study), *out, *count);
done:
    text_claims_destroy(texts);
    lsa_study_destroy(image);
    lsa_arena_destroy(arena);
    return status;
}

ptrdiff_t lsa_verify_left(const lsa_experiment *experiment, const lsa_claim_result *results, ptrdiff_t count)
{
    ptrdiff_t left = 0;
    for (int i = 0; i < CLAIM_COUNT; i++) {
        const char *name = claim_entries[i].claim.name;
        bool finished = !is_asked(experiment, name);
        for (ptrdiff_t k = 0; k < count && !finished; k++)
            finished = strcmp(results[k].name, name) == 0;
        left += !finished;
    }
    for (ptrdiff_t i = 0; i < experiment->n_text_claims; i++) {
        bool finished = false;
        for (ptrdiff_t k = 0; k < count && !finished; k++)
            finished = results[k].text == &experiment->text_claims[i];
        left += !finished;
    }
    return left;
}

lsa_verdict lsa_verify_overall(const lsa_claim_result *results, ptrdiff_t count)
{
    ptrdiff_t judged = 0, open = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        if (results[i].verdict == LSA_VERDICT_FAILS)
            return LSA_VERDICT_FAILS;
        open += results[i].verdict == LSA_VERDICT_INCONCLUSIVE || results[i].verdict == LSA_VERDICT_CONSISTENT;
        judged += results[i].verdict == LSA_VERDICT_HOLDS || results[i].verdict == LSA_VERDICT_PROVED;
    }
    return open > 0 || judged == 0 ? LSA_VERDICT_INCONCLUSIVE : LSA_VERDICT_HOLDS;
}
