/* study.c - one experiment and its stages, each made once, when it is first asked for. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const lsa_experiment *lsa_study_experiment(const lsa_study *study)
{
    return study->experiment;
}

const lsa_study_options *lsa_study_settings(const lsa_study *study)
{
    return &study->options;
}

/* ---------------------------------------------------------------- the road of symbols and the flow */

lsa_derive_options lsa_study_derive_options(const lsa_experiment *experiment)
{
    lsa_derive_options options = lsa_derive_options_of(&experiment->training, true);
    options.with_hessian = true;
    return options;
}

lsa_status lsa_study_derivation(lsa_study *study, const lsa_derivation **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (study->derivation == NULL) {
        lsa_derive_options options = lsa_study_derive_options(study->experiment);
        options.with_hessian = !study->options.gradient_only;
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

lsa_status lsa_study_minimum_loss(lsa_study *study, double *minimum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    const lsa_theory_random *random;
    const lsa_program *program;
    lsa_least least;
    const bool full_rank = lsa_study_rank(study) == study->experiment->data.d;
    if (lsa_study_has_theory(study) && !lsa_study_is_random(study)) {
        LSA_TRY(lsa_study_theory(study, &theory, err));
        *minimum = lsa_theory_minimum_loss(theory, lsa_study_rank(study));
    } else if (lsa_study_has_theory(study) && full_rank) {
        LSA_TRY(lsa_study_random_theory(study, &random, err));
        *minimum = lsa_theory_random_least_loss(random);
    } else if (!lsa_study_has_theory(study)) {
        LSA_TRY(lsa_study_program(study, &program, err));
        LSA_TRY(lsa_program_least(program, &least, err));
        *minimum = least.loss;
    } else {
        LSA_TRY(lsa_study_program(study, &program, err));
        *minimum = lsa_program_form(program) != NULL ? lsa_program_form(program)->minimum : (double)NAN;
    }
done:
    return status;
}

/* A run keeps the parameters of its samples up to so many numbers (160 MB), beyond that where the model asks for them. */
static const double states_kept = 2e7;

static bool drops_states(const lsa_study *study, const lsa_program *program)
{
    const lsa_flow_settings *flow = &study->experiment->flow;
    const double samples = (double)(flow->n_times > 0 ? flow->n_times : flow->points);
    const bool asked = flow->parameters == LSA_PARAMETERS_ALL || flow->parameters == LSA_PARAMETERS_DIAGONAL;
    return study->options.may_reduce && !asked && samples * (double)lsa_program_size(program) > states_kept;
}

/* The asked times; for verdicts with the start before them, which claims read as the first sample. */
static lsa_status asked_times(lsa_study *study, lsa_flow_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_flow_settings *flow = &study->experiment->flow;
    const bool start = !study->options.may_reduce && flow->n_times > 0 && flow->times[0] > 0.0;
    options->n_times = flow->n_times + start;
    options->times = flow->times;
    if (!start)
        return LSA_OK;
    if (study->times == NULL) {
        study->times = lsa_vec_create(options->n_times);
        LSA_TRY_MEMORY(study->times, "the output times");
        memcpy(study->times + 1, flow->times, (size_t)flow->n_times * sizeof *flow->times);
    }
    options->times = study->times;
done:
    return status;
}

lsa_status study_flow_options(lsa_study *study, lsa_flow_options *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_least least;
    const lsa_flow_settings *flow = &study->experiment->flow;
    *out = lsa_flow_options_defaults();
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_minimum_loss(study, &out->minimum, err));
    if (isnan(out->minimum) && !lsa_study_has_theory(study)) {
        LSA_TRY(lsa_program_least(program, &least, err));
        out->bound = least.bound;
    }
    out->rtol = flow->rtol;
    out->stop = flow->stop;
    /* `reduced` and `spectral`, asked by hand, are for runs: they know the law of the entries that B leaves alone; a verdict
     * on the flow needs its path as it is */
    const bool knows_law = flow->method == LSA_METHOD_REDUCED || flow->method == LSA_METHOD_SPECTRAL;
    const bool as_it_is = !study->options.may_reduce && !study->allows_law;
    out->method = knows_law && as_it_is ? LSA_METHOD_AUTO : flow->method;
    out->log_spacing = flow->log_spacing;
    out->points = flow->points;
    LSA_TRY(asked_times(study, out, err));
    out->may_reduce = study->options.may_reduce;
    out->drop_states = drops_states(study, program);
    out->interrupt = study->options.interrupt;
done:
    return status;
}

lsa_status study_require_hessian(const lsa_study *study, lsa_error *err)
{
    return study->options.gradient_only ? lsa_error_set(err, LSA_ERR_UNABLE,
                                                        "the study is for gradients only: it "
                                                        "derives no Hessian and follows no flow")
                                        : LSA_OK;
}

lsa_status lsa_study_trajectory(lsa_study *study, const lsa_trajectory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *start;
    LSA_TRY(study_require_hessian(study, err));
    if (study->trajectory == NULL) {
        lsa_flow_options options;
        LSA_TRY(study_flow_options(study, &options, err));
        LSA_TRY(lsa_study_start(study, &start, err));
        options.progress = show_flow;
        options.progress_context = study;
        study->flow_failed = true;
        LSA_TRY(lsa_flow_run(study->program, start, &options, &study->trajectory, err));
        study->flow_failed = false;
    }
    *out = study->trajectory;
done:
    return status;
}

bool lsa_study_flow_failed(const lsa_study *study)
{
    return study->flow_failed;
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

lsa_status lsa_study_test_error(lsa_study *study, const lsa_setting *test, const double *parameters, double *error,
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
    const lsa_statement *statement = NULL;
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

/* Offset of a block of the layer in the state: -1 where the layer has none, -2 where it is no parameter, or one per head. */
static ptrdiff_t offset_of(const lsa_block *block, int parameter)
{
    if (block != NULL && !block->family)
        return block->offset;
    return parameter == LSA_BLOCK_ABSENT ? -1 : -2;
}

static const lsa_statement *statement_of(const lsa_study *study, const lsa_program *program)
{
    return program == study->full_program ? study->full_statement : study->experiment->statement;
}

static lsa_reduced_view view_of(const lsa_layer_parameters *p, const lsa_program *program)
{
    const lsa_head_blocks blocks = lsa_program_head(program, 0);
    return (lsa_reduced_view){offset_of(blocks.u, p->u), offset_of(blocks.U, p->U), offset_of(blocks.px, p->px),
                              offset_of(blocks.k, p->k)};
}

bool lsa_study_is_reduced(const lsa_study *study, const lsa_program *program)
{
    const lsa_statement *statement = statement_of(study, program);
    if (!statement->has_layer)
        return false;
    const lsa_reduced_view view = view_of(&statement->layer_parameters, program);
    return view.u >= 0 && view.U >= 0 && view.px > -2 && view.k > -2;
}

lsa_status lsa_study_reduced_view(const lsa_study *study, const lsa_program *program, lsa_reduced_view *out,
                                  lsa_error *err)
{
    const lsa_statement *statement = statement_of(study, program);
    if (!lsa_study_is_reduced(study, program))
        return lsa_error_set(err, LSA_ERR_UNABLE, "u and U of one layer are no parameters of statement %s",
                             statement->name);
    *out = view_of(&statement->layer_parameters, program);
    return LSA_OK;
}

/* ---------------------------------------------------------------- the road of theory */

lsa_status study_mean_theory(lsa_study *study, const lsa_theory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(study_require_theory(study, err));
    if (study->theory == NULL)
        LSA_TRY(lsa_theory_create(&study->experiment->training, &study->theory, err));
    *out = study->theory;
done:
    return status;
}

bool lsa_study_is_random(const lsa_study *study)
{
    return lsa_covariance_is_random(study->experiment->training.covariance);
}

lsa_status lsa_study_theory(lsa_study *study, const lsa_theory **out, lsa_error *err)
{
    if (lsa_study_is_random(study))
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "every prompt draws its own covariance: Theorem 4.5 speaks of that, not Theorems 4.1 and 4.2");
    return study_mean_theory(study, out, err);
}

lsa_status lsa_study_random_theory(lsa_study *study, const lsa_theory_random **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(study_require_theory(study, err));
    if (!lsa_study_is_random(study)) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the covariance is not random");
        goto done;
    }
    if (study->random == NULL)
        LSA_TRY(lsa_theory_random_create(&study->experiment->training, &study->random, err));
    *out = study->random;
done:
    return status;
}

lsa_status lsa_study_product(lsa_study *study, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    const lsa_theory_random *random;
    const ptrdiff_t rank = lsa_study_rank(study);
    if (!lsa_study_is_random(study)) {
        LSA_TRY(lsa_study_theory(study, &theory, err));
        LSA_TRY(lsa_theory_minimum(theory, rank, out, err));
    } else if (rank == study->experiment->data.d) {
        LSA_TRY(lsa_study_random_theory(study, &random, err));
        lsa_theory_random_minimum(random, out);
    } else {
        status =
            lsa_error_set(err, LSA_ERR_UNABLE, "no closed form of a minimum of rank %td for random covariances", rank);
    }
done:
    return status;
}
