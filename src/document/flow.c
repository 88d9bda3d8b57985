/* flow.c - a trajectory as a document: samples, end, conserved quantities, events, the solver's work. */
#include "document/document.h"

#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *document_stop_text(lsa_stop_reason reason)
{
    static const char *const texts[] = {"gap", "gradient", "time", "wall", "interrupt", "failure", "rounding"};
    return texts[reason];
}

const char *document_hidden_text(const lsa_trajectory *trajectory, char buffer[DOCUMENT_HIDDEN])
{
    const lsa_cancellation c = lsa_trajectory_cancellation(trajectory);
    if (c.size == 0.0)
        return NULL;
    snprintf(buffer, DOCUMENT_HIDDEN, "products of heads of size %.2g cancel to %.2g: their sum is known to %.2g",
             c.size, c.sum, c.known);
    return buffer;
}

lsa_detail document_flow_detail(const lsa_experiment *experiment, const lsa_program *program, const double *first,
                                ptrdiff_t samples)
{
    if (first == NULL)
        return LSA_DETAIL_NONE;
    const double limit = 1e6; /* beyond it only `parameters: all` writes them */
    switch (experiment->flow.parameters) {
    case LSA_PARAMETERS_ALL:
        return LSA_DETAIL_ALL;
    case LSA_PARAMETERS_DIAGONAL:
        return LSA_DETAIL_DIAGONAL;
    case LSA_PARAMETERS_NONE:
        return LSA_DETAIL_NONE;
    case LSA_PARAMETERS_AUTO:
        break;
    }
    const double numbers = (double)lsa_program_size(program) * (double)samples;
    return numbers <= limit ? LSA_DETAIL_ALL : LSA_DETAIL_NONE;
}

/* A number that is null for what rounding hides (NULL: nothing), else for want of the minimum. */
static lsa_quantity above_minimum(double value, const char *hidden)
{
    return (lsa_quantity){value, hidden != NULL ? hidden : "the global minimum of this loss is not known"};
}

static void json_sample(const lsa_study *study, lsa_json *json, const lsa_program *program, lsa_sample sample,
                        lsa_detail detail, const char *hidden)
{
    hidden = isnan(sample.loss) ? hidden : NULL;
    lsa_json_number(json, "time", sample.time);
    lsa_json_quantity(json, "loss", (lsa_quantity){sample.loss, hidden});
    lsa_json_quantity(json, "gap", above_minimum(sample.gap, hidden));
    lsa_json_quantity(json, "gradient_norm", (lsa_quantity){sample.gradient_norm, hidden});
    if (sample.rounding > 0.0)
        lsa_json_number(json, "loss_rounding", sample.rounding);
    document_state(study, json, "parameters", program, sample.state, sample.state != NULL ? detail : LSA_DETAIL_NONE);
}

static void json_end(const lsa_study *study, lsa_json *json, const char *name, const lsa_program *program,
                     lsa_sample sample, lsa_detail detail, const char *hidden)
{
    lsa_json_object(json, name);
    json_sample(study, json, program, sample, detail, hidden);
    lsa_json_end(json);
}

static void json_count(lsa_json *json, const char *name, ptrdiff_t count, const char *hidden)
{
    if (count >= 0)
        lsa_json_integer(json, name, count);
    else if (hidden != NULL)
        lsa_json_null(json, name, hidden);
    else
        lsa_json_null(json, name,
                      "the Hessian is too large to be decomposed: its curvature was found along Krylov directions");
}

/* The point the run is about; the raw end and the rescaled one stand beside it. */
static void json_final(const lsa_study *study, lsa_json *json, const lsa_program *program,
                       const lsa_trajectory *trajectory, const char *hidden)
{
    const lsa_classification end = lsa_trajectory_classification(trajectory);
    const lsa_sample point = lsa_trajectory_final(trajectory);
    const lsa_detail detail = document_flow_detail(lsa_study_experiment(study), program, point.state, 1);
    const char *const curvature = isnan(point.loss) ? hidden : NULL;
    const char *const reason = hidden != NULL ? hidden : lsa_trajectory_kind_reason(trajectory);
    lsa_json_object(json, "final");
    json_sample(study, json, program, point, detail, hidden);
    lsa_json_string(json, "kind", lsa_kind_text(end.kind));
    if (reason != NULL && (end.kind == LSA_KIND_UNDECIDED || hidden == NULL))
        lsa_json_string(json, "kind_reason", reason);
    lsa_json_string(json, "stopped_by", document_stop_text(lsa_trajectory_reason(trajectory)));
    lsa_json_quantity(json, "excess", above_minimum(end.excess, curvature));
    lsa_json_quantity(json, "gradient_ratio", (lsa_quantity){end.gradient_ratio, curvature});
    lsa_json_object(json, "hessian");
    json_count(json, "negative", end.negative, curvature);
    json_count(json, "zero", end.zero, curvature);
    json_count(json, "positive", end.positive, curvature);
    lsa_json_quantity(json, "least",
                      (lsa_quantity){end.least_eigenvalue, curvature != NULL ? curvature : "not computed"});
    if (end.n_rates > 0)
        lsa_json_vector(json, "unstable", end.n_rates, end.rates);
    lsa_json_end(json);
    json_end(study, json, "raw", program, lsa_trajectory_raw(trajectory), detail, hidden);
    json_end(study, json, "rescaled", program, lsa_trajectory_rescaled(trajectory), detail, hidden);
    lsa_json_end(json);
}

/* Asked times that the run did not come to. */
static void json_missing(lsa_json *json, const lsa_trajectory *trajectory)
{
    static const char *const names[] = {"loss", "gap", "gradient_norm", "parameters"};
    char reason[128];
    snprintf(reason, sizeof reason, "the run ended at time %.9g, stopped by %s", lsa_trajectory_raw(trajectory).time,
             document_stop_text(lsa_trajectory_reason(trajectory)));
    for (ptrdiff_t i = 0; i < lsa_trajectory_missing_count(trajectory); i++) {
        lsa_json_object(json, NULL);
        lsa_json_number(json, "time", lsa_trajectory_missing_time(trajectory, i));
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            lsa_json_null(json, names[k], reason);
        lsa_json_end(json);
    }
}

static void json_conserved(lsa_json *json, const lsa_trajectory *trajectory)
{
    lsa_json_object(json, "conserved");
    for (ptrdiff_t k = 0; k < lsa_trajectory_conserved_count(trajectory); k++) {
        const lsa_conserved conserved = lsa_trajectory_conserved(trajectory, k);
        lsa_json_object(json, conserved.name);
        lsa_json_number(json, "start", conserved.start);
        lsa_json_number(json, "drift", conserved.drift);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}

static void json_events(lsa_json *json, const lsa_trajectory *trajectory)
{
    lsa_json_array(json, "events");
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(trajectory); k++) {
        const lsa_event event = lsa_trajectory_event(trajectory, k);
        lsa_json_object(json, NULL);
        lsa_json_string(json, "name", event.name);
        lsa_json_number(json, "time", event.time);
        lsa_json_number(json, "loss", event.loss);
        if (!isnan(event.saddle))
            lsa_json_number(json, "saddle", event.saddle);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}

static void json_solver(lsa_json *json, const lsa_trajectory *trajectory)
{
    const lsa_solver_stats stats = lsa_trajectory_stats(trajectory);
    lsa_json_object(json, "solver");
    lsa_json_string(json, "method", stats.method);
    lsa_json_number(json, "seconds", stats.seconds);
    lsa_json_integer(json, "steps", stats.steps);
    lsa_json_integer(json, "rhs", stats.rhs);
    lsa_json_integer(json, "newton", stats.newton);
    lsa_json_integer(json, "linear", stats.linear);
    lsa_json_integer(json, "jacobian", stats.jacobian);
    lsa_json_integer(json, "error_failures", stats.error_failures);
    lsa_json_integer(json, "newton_failures", stats.newton_failures);
    if (strcmp(stats.method, "spectral") == 0)
        lsa_json_quantity(json, "path_error",
                          (lsa_quantity){stats.path_error, "no bound: u passes through zero, or |U| is far above it"});
    lsa_json_end(json);
}

lsa_status document_flow(lsa_study *study, lsa_json *json, const lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    double minimum;
    char text[DOCUMENT_HIDDEN];
    const char *const hidden = document_hidden_text(trajectory, text);
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_minimum_loss(study, &minimum, err));
    const ptrdiff_t count = lsa_trajectory_count(trajectory);
    const double *first = count > 0 ? lsa_trajectory_sample(trajectory, 0).state : NULL;
    const lsa_detail detail = document_flow_detail(lsa_study_experiment(study), program, first, count);
    lsa_json_array(json, "samples");
    for (ptrdiff_t i = 0; i < count; i++)
        json_end(study, json, NULL, program, lsa_trajectory_sample(trajectory, i), detail, hidden);
    json_missing(json, trajectory);
    lsa_json_end(json);
    json_final(study, json, program, trajectory, hidden);
    lsa_json_object(json, "minimum");
    lsa_json_quantity(json, "loss", (lsa_quantity){minimum, "the global minimum of this loss is not known"});
    lsa_json_end(json);
    json_conserved(json, trajectory);
    json_events(json, trajectory);
    json_solver(json, trajectory);
done:
    return status;
}

/* The error at parameters whose loss rounding hides is hidden too. */
static void hide_errors(ptrdiff_t count, lsa_report_test *tests, const char *hidden)
{
    for (ptrdiff_t t = 0; t < count; t++)
        tests[t].error = (lsa_quantity){(double)NAN, hidden};
}

lsa_status document_flow_tests(lsa_study *study, lsa_arena *texts, const lsa_trajectory *trajectory,
                               lsa_report_test **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char text[DOCUMENT_HIDDEN];
    const lsa_sample end = lsa_trajectory_final(trajectory);
    const char *const hidden = document_hidden_text(trajectory, text);
    LSA_TRY(document_tests(study, texts, end.state, out, err));
    if (hidden == NULL || !isnan(end.loss))
        goto done;
    const char *const kept = lsa_arena_printf(texts, "%s", hidden);
    LSA_TRY_MEMORY(kept, "the reasons of the tests");
    hide_errors(lsa_study_experiment(study)->n_tests, *out, kept);
done:
    return status;
}
