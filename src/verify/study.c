/* study.c - one experiment and its stages, each made once, when it is first asked for. */
#include "verify/study.h"

#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/test_error.h"
#include "verify/limit.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lsa_study {
    const lsa_experiment *experiment;
    lsa_study_options options;
    lsa_derivation *derivation;
    lsa_program *program;
    double *start, *limit;
    lsa_trajectory *trajectory;
    lsa_theory *theory;
    lsa_test_evaluator *tests;
    lsa_arena *arena; /* of the full statement */
    const lsa_statement *full_statement;
    lsa_derivation *full_derivation;
    lsa_program *full_program;
    lsa_predictions *predictions;
    lsa_limit_sample *samples; /* one for each test of the experiment */
};

/* ---------------------------------------------------------------- life */

lsa_status lsa_study_create(const lsa_experiment *experiment, const lsa_study_options *options, lsa_study **out,
                            lsa_error *err)
{
    lsa_study *study = calloc(1, sizeof *study);
    if (study == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a study");
    study->experiment = experiment;
    if (options != NULL)
        study->options = *options;
    *out = study;
    return LSA_OK;
}

static void predictions_destroy(lsa_predictions *predictions)
{
    if (predictions == NULL)
        return;
    free(predictions->A);
    free(predictions->U);
    free(predictions);
}

void lsa_study_destroy(lsa_study *study)
{
    if (study == NULL)
        return;
    free(study->samples);
    predictions_destroy(study->predictions);
    lsa_program_destroy(study->full_program);
    lsa_derivation_destroy(study->full_derivation);
    lsa_arena_destroy(study->arena);
    lsa_test_evaluator_destroy(study->tests);
    lsa_theory_destroy(study->theory);
    lsa_trajectory_destroy(study->trajectory);
    free(study->limit);
    free(study->start);
    lsa_program_destroy(study->program);
    lsa_derivation_destroy(study->derivation);
    free(study);
}

const lsa_experiment *lsa_study_experiment(const lsa_study *study)
{
    return study->experiment;
}

const lsa_study_options *lsa_study_settings(const lsa_study *study)
{
    return &study->options;
}

/* ---------------------------------------------------------------- the road of symbols and the flow */

static bool is_identity(const lsa_covariance *covariance)
{
    return covariance->kind == LSA_COVARIANCE_SCALAR && covariance->spectrum[0] == 1.0;
}

lsa_derive_options lsa_study_derive_options(const lsa_experiment *experiment)
{
    return (lsa_derive_options){.rho_is_N = !experiment->data.normalise_plus_one,
                                .noiseless = experiment->data.label_noise == 0.0,
                                .identity_task = is_identity(experiment->data.task_covariance),
                                .with_hessian = true};
}

lsa_status lsa_study_derivation(lsa_study *study, const lsa_derivation **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (study->derivation == NULL) {
        lsa_derive_options options = lsa_study_derive_options(study->experiment);
        LSA_TRY(lsa_derive(study->experiment->statement, &options, &study->derivation, err));
    }
    *out = study->derivation;
done:
    return status;
}

lsa_status lsa_study_program(lsa_study *study, const lsa_program **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_derivation *derivation;
    if (study->program == NULL) {
        LSA_TRY(lsa_study_derivation(study, &derivation, err));
        lsa_binding binding = lsa_binding_training(study->experiment);
        LSA_TRY(lsa_program_create(derivation, &binding, &study->program, err));
    }
    *out = study->program;
done:
    return status;
}

lsa_status lsa_study_start(lsa_study *study, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    double *start = NULL;
    if (study->start == NULL) {
        LSA_TRY(lsa_study_program(study, &program, err));
        start = lsa_vec_create(lsa_program_size(program));
        LSA_TRY_MEMORY(start, "the initial parameters");
        LSA_TRY(lsa_start(program, study->experiment, start, err));
        study->start = start;
        start = NULL;
    }
    *out = study->start;
done:
    free(start);
    return status;
}

static void show_flow(void *context, double time, double gap, ptrdiff_t steps)
{
    const lsa_study *study = context;
    (void)time;
    (void)steps;
    if (study->options.progress == NULL)
        return;
    const double target = study->experiment->flow.stop.gap;
    const double fraction = gap > 0 && gap < 1 && target > 0 && target < 1 ? log(gap) / log(target) : 0.0;
    study->options.progress(study->options.progress_context, "gradient flow", fraction > 1 ? 1 : fraction);
}

static bool is_symbol(const lsa_statement *statement, const lsa_expr *expr, const char *name)
{
    return expr->kind == LSA_EXPR_SYMBOL && strcmp(statement->symbols[expr->symbol].name, name) == 0;
}

/* a' * b for two symbols. */
static bool is_inner_product(const lsa_statement *statement, const lsa_expr *expr, const char *a, const char *b)
{
    return expr->kind == LSA_EXPR_PRODUCT && expr->n_children == 2 && expr->children[0]->kind == LSA_EXPR_TRANSPOSE &&
           is_symbol(statement, expr->children[0]->children[0], a) && is_symbol(statement, expr->children[1], b);
}

static bool has_covariance(const lsa_statement *statement, const char *gaussian, const char *covariance)
{
    const int id = lsa_statement_find(statement, gaussian);
    return id >= 0 && statement->symbols[id].kind == LSA_SYMBOL_GAUSSIAN &&
           strcmp(statement->symbols[statement->symbols[id].covariance].name, covariance) == 0;
}

bool lsa_study_has_theory(const lsa_study *study)
{
    const lsa_statement *statement = study->experiment->statement;
    return statement->has_layer && has_covariance(statement, "x", "Lambda") &&
           has_covariance(statement, "xq", "Lambda") && has_covariance(statement, "w", "Omega") &&
           (is_inner_product(statement, statement->target, "w", "xq") ||
            is_inner_product(statement, statement->target, "xq", "w"));
}

ptrdiff_t lsa_study_rank(const lsa_study *study)
{
    const lsa_data_law *data = &study->experiment->data;
    const lsa_statement *statement = study->experiment->statement;
    for (int i = 0; i < statement->n_dims; i++)
        if (strcmp(statement->dims[i], "r") == 0 && data->rank * data->heads < data->d)
            return data->rank * data->heads;
    return data->d;
}

/* The least loss over all parameters, as the flow's reference where compile found no form; NAN when not known. By the
 * parity identity the full layer's minimum is the reduced one's, for any noise and task. */
static lsa_status reference_minimum(lsa_study *study, double *minimum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    *minimum = NAN;
    if (!lsa_study_has_theory(study))
        goto done;
    LSA_TRY(lsa_study_theory(study, &theory, err));
    *minimum = lsa_theory_minimum_loss(theory, lsa_study_rank(study));
done:
    return status;
}

lsa_status lsa_study_trajectory(lsa_study *study, const lsa_trajectory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *start;
    if (study->trajectory == NULL) {
        const lsa_flow_settings *flow = &study->experiment->flow;
        lsa_flow_options options = lsa_flow_options_defaults();
        LSA_TRY(lsa_study_program(study, &program, err));
        LSA_TRY(lsa_study_start(study, &start, err));
        LSA_TRY(reference_minimum(study, &options.minimum, err));
        options.rtol = flow->rtol;
        options.stop = flow->stop;
        options.method = flow->method;
        options.log_spacing = flow->log_spacing;
        options.points = flow->points;
        options.n_times = flow->n_times;
        options.times = flow->times;
        options.interrupt = study->options.interrupt;
        options.progress = show_flow;
        options.progress_context = study;
        LSA_TRY(lsa_flow_run(program, start, &options, &study->trajectory, err));
    }
    *out = study->trajectory;
done:
    return status;
}

static lsa_status test_evaluator(lsa_study *study, lsa_test_evaluator **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (study->tests == NULL)
        LSA_TRY(lsa_test_evaluator_create(study->experiment, &study->tests, err));
    *out = study->tests;
done:
    return status;
}

lsa_status lsa_study_test_error(lsa_study *study, const lsa_test *test, const double *parameters, double *error,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_test_evaluator *evaluator;
    LSA_TRY(test_evaluator(study, &evaluator, err));
    LSA_TRY(lsa_program_test_error(evaluator, test, parameters, error, err));
done:
    return status;
}

/* ---------------------------------------------------------------- the full layer under the same law */

lsa_status lsa_study_full_statement(lsa_study *study, const lsa_statement **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (study->full_statement == NULL) {
        if (study->arena == NULL)
            study->arena = lsa_arena_create();
        LSA_TRY_MEMORY(study->arena, "the statement of the full layer");
        LSA_TRY(lsa_statement_shipped("full", study->arena, &study->full_statement, err));
    }
    *out = study->full_statement;
done:
    return status;
}

void lsa_study_set_full_statement(lsa_study *study, const lsa_statement *statement)
{
    study->full_statement = statement;
}

lsa_status lsa_study_full_program(lsa_study *study, const lsa_program **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *statement;
    if (study->full_program == NULL) {
        lsa_derive_options options = lsa_study_derive_options(study->experiment);
        lsa_binding binding = lsa_binding_training(study->experiment);
        binding.n_values = 0;
        LSA_TRY(lsa_study_full_statement(study, &statement, err));
        if (study->full_derivation == NULL)
            LSA_TRY(lsa_derive(statement, &options, &study->full_derivation, err));
        binding.dims[LSA_DIM_ONE] = 1;
        binding.dims[LSA_DIM_D] = study->experiment->data.d;
        binding.heads = 1;
        LSA_TRY(lsa_program_create(study->full_derivation, &binding, &study->full_program, err));
    }
    *out = study->full_program;
done:
    return status;
}

/* ---------------------------------------------------------------- views */

/* Offset of the parameter that the block expression is, in the state; -1 when it is absent, -2 when it is no parameter. */
static ptrdiff_t parameter_offset(const lsa_program *program, const lsa_expr *block)
{
    if (block == NULL)
        return -1;
    if (block->kind != LSA_EXPR_SYMBOL)
        return -2;
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++)
        if (lsa_program_block(program, k)->symbol == block->symbol && !lsa_program_block(program, k)->family)
            return lsa_program_block(program, k)->offset;
    return -2;
}

bool lsa_study_reduced_view(lsa_study *study, const lsa_program *program, lsa_reduced_view *out)
{
    const lsa_statement *statement =
        program == study->full_program ? study->full_statement : study->experiment->statement;
    if (!statement->has_layer)
        return false;
    out->u = parameter_offset(program, statement->layer.u);
    out->U = parameter_offset(program, statement->layer.U);
    out->px = parameter_offset(program, statement->layer.px);
    out->k = parameter_offset(program, statement->layer.k);
    return out->u >= 0 && out->U >= 0 && out->px > -2 && out->k > -2;
}

/* ---------------------------------------------------------------- the road of theory */

lsa_second_moment lsa_study_moment(const lsa_covariance *covariance)
{
    if (covariance->kind == LSA_COVARIANCE_MATRIX)
        return (lsa_second_moment){.matrix = covariance->matrix};
    return (lsa_second_moment){.diagonal = covariance->spectrum};
}

static lsa_status require_theory(const lsa_study *study, lsa_error *err)
{
    if (lsa_study_has_theory(study))
        return LSA_OK;
    return lsa_error_set(
        err, LSA_ERR_UNABLE,
        "statement %s: theory has closed forms for a layer with the target w' * xq and the laws of the "
        "shipped statements only",
        study->experiment->statement->name);
}

lsa_status lsa_study_theory(lsa_study *study, const lsa_theory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (study->theory == NULL) {
        const lsa_data_law *data = &study->experiment->data;
        lsa_theory_law law = {.d = data->d,
                              .context = data->context,
                              .normalise_plus_one = data->normalise_plus_one,
                              .covariance = lsa_study_moment(data->covariance),
                              .task = lsa_study_moment(data->task_covariance),
                              .label_noise = data->label_noise};
        LSA_TRY(lsa_theory_create(&law, &study->theory, err));
    }
    *out = study->theory;
done:
    return status;
}

lsa_theory_shift lsa_study_shift(const lsa_experiment *experiment, const lsa_test *test)
{
    lsa_theory_shift shift = {.context = test->context,
                              .normalise_plus_one = experiment->data.normalise_plus_one,
                              .covariance = lsa_study_moment(test->covariance),
                              .query = lsa_study_moment(test->query),
                              .label_noise = test->label_noise,
                              .query_noise = test->query_noise};
    if (test->task == LSA_TASK_FIXED)
        shift.task = (lsa_second_moment){.vector = test->task_vector};
    else
        shift.task = lsa_study_moment(test->task_covariance);
    return shift;
}

lsa_status lsa_study_judge(const lsa_theory *theory, const lsa_experiment *experiment, const lsa_test *test,
                           const double *A, lsa_theory_error *out, lsa_error *err)
{
    const ptrdiff_t d = experiment->data.d;
    if (test->task == LSA_TASK_MOMENTS) {
        lsa_theory_moments moments = {.context = test->context,
                                      .normalise_plus_one = experiment->data.normalise_plus_one,
                                      .covariance = lsa_study_moment(test->covariance),
                                      .a = test->task_vector,
                                      .S = test->moment_covariance,
                                      .best_linear = test->best_linear};
        return A == NULL ? lsa_theory_judge_moments(theory, &moments, out, err)
                         : lsa_theory_judge_moments_product(d, &moments, A, out, err);
    }
    lsa_theory_shift shift = lsa_study_shift(experiment, test);
    return A == NULL ? lsa_theory_judge(theory, &shift, out, err) : lsa_theory_judge_product(d, &shift, A, out, err);
}

lsa_status lsa_study_limit(lsa_study *study, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const lsa_theory *theory;
    double *limit = NULL;
    if (study->limit == NULL) {
        LSA_TRY(require_theory(study, err));
        LSA_TRY(lsa_study_program(study, &program, err));
        LSA_TRY(lsa_study_theory(study, &theory, err));
        limit = lsa_vec_create(lsa_program_size(program));
        LSA_TRY_MEMORY(limit, "the predicted parameters");
        LSA_TRY(limit_fill(study->experiment, program, theory, lsa_study_rank(study), limit, err));
        study->limit = limit;
        limit = NULL;
    }
    *out = study->limit;
done:
    free(limit);
    return status;
}

/* ---------------------------------------------------------------- predictions */

/* What theory says of the course of (u, U) from this start. */
static lsa_status fill_course(const lsa_program *program, const double *start, lsa_study *study, lsa_predictions *p,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_reduced_view view;
    p->reduced = lsa_study_reduced_view(study, program, &view);
    p->u = p->conserved = p->u_lower_bound = p->pl = NAN;
    if (!p->reduced)
        goto done;
    const double u0 = start[view.u], *U0 = start + view.U;
    LSA_TRY(lsa_theory_limit(p->theory, u0, U0, &p->u, p->U, err));
    LSA_TRY(lsa_theory_assess_start(p->theory, u0, U0, &p->start, err));
    p->conserved = u0 * u0 - lsa_vec_dot(p->d * p->d, U0, U0);
    p->u_lower_bound = lsa_theory_u_lower_bound(p->theory, &p->start);
    p->pl = lsa_theory_pl_constant(p->theory, &p->start);
done:
    return status;
}

static lsa_status fill_predictions(lsa_study *study, lsa_predictions *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *start, context = study->experiment->data.context;
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    LSA_TRY(fill_course(program, start, study, p, err));
    LSA_TRY(lsa_theory_minimum(p->theory, p->rank, p->A, err));
    p->minimum_loss = lsa_theory_minimum_loss(p->theory, p->rank);
    p->loss_at_zero = lsa_theory_loss_at_zero(p->theory);
    p->least_rate = lsa_theory_least_rate(p->theory);
    p->probe_pairs = context < LSA_PROBE_PAIRS ? (ptrdiff_t)context : LSA_PROBE_PAIRS;
    p->negative_count = lsa_theory_negative_count(lsa_theory_rank(p->theory), p->probe_pairs);
    p->kq_exponent = -1.0;
    p->gap_quotient = 1.0;
    p->bound_factor = 1.0;
    p->negative_curvature = -lsa_theory_growth_rate(p->theory);
    p->floor = lsa_theory_learning_floor(p->theory);
    /* Corollary 4.3 holds for every epsilon; tr(Lambda)/4 asks for a context of 4(d + 1), which sampling can afford. */
    p->learning_gap = lsa_theory_trace(p->theory) / 4.0;
    p->context_needed = lsa_theory_context_needed(p->theory, p->learning_gap);
done:
    return status;
}

lsa_status lsa_study_predictions(lsa_study *study, lsa_predictions **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_predictions *p = NULL;
    if (study->predictions == NULL) {
        LSA_TRY(require_theory(study, err));
        p = calloc(1, sizeof *p);
        LSA_TRY_MEMORY(p, "the predictions");
        p->d = study->experiment->data.d;
        p->rank = lsa_study_rank(study);
        p->A = lsa_vec_create(p->d * p->d);
        p->U = lsa_vec_create(p->d * p->d);
        LSA_TRY_MEMORY(p->A, "the predictions");
        LSA_TRY_MEMORY(p->U, "the predictions");
        LSA_TRY(lsa_study_theory(study, &p->theory, err));
        LSA_TRY(fill_predictions(study, p, err));
        study->predictions = p;
        p = NULL;
    }
    *out = study->predictions;
done:
    predictions_destroy(p);
    return status;
}

lsa_sample_options lsa_study_sampling(const lsa_study *study, double alpha)
{
    lsa_sample_options options = lsa_sample_options_of(study->experiment);
    options.alpha = alpha;
    options.baselines = 0;
    options.threads = study->options.threads;
    options.interrupt = study->options.interrupt;
    return options;
}

static lsa_status draw_limit(lsa_study *study, const lsa_test *test, double alpha, lsa_limit_sample *out,
                             lsa_error *err)
{
    const double *limit;
    lsa_error story = {0};
    lsa_sample_options options = lsa_study_sampling(study, alpha);
    lsa_status status = lsa_study_limit(study, &limit, err);
    if (status != LSA_OK)
        return status;
    *out = (lsa_limit_sample){.made = true};
    status = lsa_sample_test(study->experiment, test, limit, &options, &out->result, &story);
    if (status != LSA_OK && status != LSA_ERR_UNABLE)
        return lsa_error_set(err, status, "%s", story.text);
    out->drawn = status == LSA_OK && !out->result.error.infinite;
    if (status == LSA_ERR_UNABLE)
        snprintf(out->reason, sizeof out->reason, "%.*s", LSA_WHY_MAX - 1, story.text);
    else if (!out->drawn)
        snprintf(out->reason, sizeof out->reason, "the expectation does not exist: %s", out->result.error.reason);
    return LSA_OK;
}

lsa_status lsa_study_sample_limit(lsa_study *study, const lsa_test *test, double alpha, lsa_limit_sample *out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = study->experiment;
    if (study->samples == NULL) {
        study->samples = calloc((size_t)experiment->n_tests + 1, sizeof *study->samples);
        LSA_TRY_MEMORY(study->samples, "the sampled tests");
    }
    ptrdiff_t t = 0; /* its place among the experiment's tests, n_tests for another setting */
    while (t < experiment->n_tests && test != &experiment->tests[t])
        t++;
    lsa_limit_sample *kept = &study->samples[t];
    if (t == experiment->n_tests || !kept->made)
        LSA_TRY(draw_limit(study, test, alpha, kept, err));
    *out = *kept;
done:
    return status;
}
