/* flow_report.c - what a trajectory looks like to a reader. */
#include "cli/flow_report.h"

#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Beyond this many numbers in all samples together, parameters are written only when `parameters: all` asks for it. */
static const double parameters_limit = 1e6;

static lsa_detail detail_of(const cli_run *run, const lsa_program *program, ptrdiff_t samples)
{
    switch (run->experiment->flow.parameters) {
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
    return numbers <= parameters_limit ? LSA_DETAIL_ALL : LSA_DETAIL_NONE;
}

/* ---------------------------------------------------------------- JSON */

static void json_sample(const cli_run *run, lsa_json *json, const lsa_program *program, lsa_sample sample,
                        lsa_detail detail)
{
    lsa_json_number(json, "time", sample.time);
    lsa_json_number(json, "loss", sample.loss);
    lsa_json_quantity(json, "gap", (lsa_quantity){sample.gap, "the global minimum of this loss is not known"});
    lsa_json_number(json, "gradient_norm", sample.gradient_norm);
    cli_json_state(run, json, "parameters", program, sample.state, detail);
}

static void json_end(const cli_run *run, lsa_json *json, const char *name, const lsa_program *program,
                     lsa_sample sample, lsa_detail detail)
{
    lsa_json_object(json, name);
    json_sample(run, json, program, sample, detail);
    lsa_json_end(json);
}

static void json_count(lsa_json *json, const char *name, ptrdiff_t count)
{
    if (count >= 0)
        lsa_json_integer(json, name, count);
    else
        lsa_json_null(json, name, "the Hessian is too large to be decomposed");
}

/* The polished end is the point the run is about; the raw and the rescaled one stand beside it. */
static void json_final(const cli_run *run, lsa_json *json, const lsa_program *program, const lsa_trajectory *trajectory,
                       lsa_detail detail)
{
    static const char *const reasons[] = {"gap", "gradient", "time", "wall", "interrupt", "failure"};
    const lsa_classification end = lsa_trajectory_classification(trajectory);
    lsa_json_object(json, "final");
    json_sample(run, json, program, lsa_trajectory_polished(trajectory), detail);
    lsa_json_string(json, "kind", lsa_kind_text(end.kind));
    lsa_json_string(json, "stopped_by", reasons[lsa_trajectory_reason(trajectory)]);
    lsa_json_quantity(json, "excess", (lsa_quantity){end.excess, "the global minimum of this loss is not known"});
    lsa_json_number(json, "gradient_ratio", end.gradient_ratio);
    lsa_json_object(json, "hessian");
    json_count(json, "negative", end.negative);
    json_count(json, "zero", end.zero);
    json_count(json, "positive", end.positive);
    lsa_json_quantity(json, "least", (lsa_quantity){end.least_eigenvalue, "not computed"});
    lsa_json_end(json);
    json_end(run, json, "raw", program, lsa_trajectory_raw(trajectory), detail);
    json_end(run, json, "rescaled", program, lsa_trajectory_rescaled(trajectory), detail);
    lsa_json_end(json);
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
    lsa_json_end(json);
}

lsa_status cli_flow_json(cli_run *run, lsa_json *json, const lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const lsa_theory *theory;
    LSA_TRY(lsa_study_program(run->study, &program, err));
    LSA_TRY(lsa_study_theory(run->study, &theory, err));
    const ptrdiff_t count = lsa_trajectory_count(trajectory);
    const lsa_detail detail = detail_of(run, program, count);
    lsa_json_array(json, "samples");
    for (ptrdiff_t i = 0; i < count; i++)
        json_end(run, json, NULL, program, lsa_trajectory_sample(trajectory, i), detail);
    lsa_json_end(json);
    json_final(run, json, program, trajectory, detail_of(run, program, 1));
    lsa_json_object(json, "minimum");
    lsa_json_number(json, "loss", lsa_theory_minimum_loss(theory, run->experiment->data.d));
    lsa_json_end(json);
    json_conserved(json, trajectory);
    json_events(json, trajectory);
    json_solver(json, trajectory);
done:
    return status;
}

/* ---------------------------------------------------------------- CSV and figures */

/* The columns of a figure, in one allocation: time, loss, gap, action, u, then the modes. */
typedef struct course {
    ptrdiff_t count, n_modes;
    double *time, *loss, *gap, *action, *u, *modes;
    lsa_report_mode mode[LSA_FIGURE_MODES];
    double *storage, *limit;
} course;

static void course_clear(course *c)
{
    free(c->storage);
    free(c->limit);
}

/* U in Lambda's eigenbasis: entry (i, i) of Q' U Q. */
static double eigen_entry(const lsa_covariance *covariance, const double *U, ptrdiff_t i)
{
    const ptrdiff_t d = covariance->d;
    if (covariance->basis == NULL)
        return U[i + i * d];
    const double *q = covariance->basis + i * d;
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < d; j++)
        sum += q[j] * lsa_vec_dot(d, q, U + j * d);
    return sum;
}

static lsa_status course_of(cli_run *run, const lsa_trajectory *trajectory, const lsa_reduced_view *view, course *c,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_covariance *covariance = run->experiment->data.covariance;
    ptrdiff_t chosen[LSA_FIGURE_MODES];
    const double *limit = NULL;
    c->count = lsa_trajectory_count(trajectory);
    c->storage = lsa_vec_create(c->count * (5 + LSA_FIGURE_MODES));
    LSA_TRY_MEMORY(c->storage, "the columns of a figure");
    c->time = c->storage;
    c->loss = c->time + c->count;
    c->gap = c->loss + c->count;
    c->action = c->gap + c->count;
    c->u = c->action + c->count;
    c->modes = c->u + c->count;
    c->n_modes =
        view == NULL ? 0 : lsa_report_choose_modes(covariance->d, covariance->spectrum, LSA_FIGURE_MODES, chosen);
    LSA_TRY_MEMORY(c->n_modes < 0 ? NULL : c->storage, "the modes of a figure");
    if (view != NULL)
        LSA_TRY(lsa_study_limit(run->study, &limit, err));
    for (ptrdiff_t m = 0; m < c->n_modes; m++)
        c->mode[m] = (lsa_report_mode){covariance->spectrum[chosen[m]], c->modes + m * c->count,
                                       eigen_entry(covariance, limit + view->U, chosen[m])};
    for (ptrdiff_t i = 0; i < c->count; i++) {
        const lsa_sample sample = lsa_trajectory_sample(trajectory, i);
        c->time[i] = sample.time;
        c->loss[i] = sample.loss;
        c->gap[i] = sample.gap;
        c->action[i] = lsa_trajectory_action(trajectory, i);
        c->u[i] = view == NULL ? (double)NAN : sample.state[view->u];
        for (ptrdiff_t m = 0; m < c->n_modes; m++)
            c->modes[m * c->count + i] = eigen_entry(covariance, sample.state + view->U, chosen[m]);
    }
done:
    return status;
}

/* The constants that the figure of the gap draws, where the paper's start makes them known. */
static lsa_status fill_bounds(cli_run *run, const lsa_trajectory *trajectory, const lsa_reduced_view *view,
                              lsa_report_flow *flow, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    lsa_theory_start start;
    const lsa_sample first = lsa_trajectory_sample(trajectory, 0);
    double *U = NULL, u;
    const ptrdiff_t d = run->experiment->data.d;
    LSA_TRY(lsa_study_theory(run->study, &theory, err));
    U = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(U, "the predicted limit");
    LSA_TRY(lsa_theory_limit(theory, first.state[view->u], first.state + view->U, &u, U, err));
    LSA_TRY(lsa_theory_assess_start(theory, first.state[view->u], first.state + view->U, &start, err));
    LSA_TRY(lsa_theory_local_rate(theory, u, first.state + view->U, &flow->local_rate, err));
    flow->u_limit = u;
    flow->mu = start.holds ? lsa_theory_pl_constant(theory, &start) : (double)NAN;
    flow->sharp = lsa_theory_least_rate(theory);
done:
    free(U);
    return status;
}

/* One row a sample: time, loss, gap, |grad L|, action, then every parameter unless there are too many. */
static lsa_status trajectory_table(const lsa_program *program, const lsa_trajectory *trajectory, lsa_detail detail,
                                   lsa_table **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *names = lsa_arena_create();
    lsa_table *table = NULL;
    const ptrdiff_t fixed = 5, parameters = detail == LSA_DETAIL_ALL ? lsa_program_size(program) : 0;
    lsa_table_column *columns = NULL;
    LSA_TRY_MEMORY(names, "the header of trajectory.csv");
    columns = lsa_arena_alloc(names, (size_t)(fixed + parameters), sizeof *columns);
    LSA_TRY_MEMORY(columns, "the header of trajectory.csv");
    static const char *const heads[] = {"time", "loss", "gap", "gradient_norm", "action"};
    static const char *const units[] = {"flow time", "loss", "relative", "loss^1/2", "u^2 flow time"};
    for (ptrdiff_t i = 0; i < fixed; i++)
        columns[i] = (lsa_table_column){heads[i], units[i], NULL, 0, false};
    for (ptrdiff_t k = 0; parameters > 0 && k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        for (ptrdiff_t i = 0; i < block->rows * block->cols; i++) {
            char *name = block->rows * block->cols == 1 ? lsa_arena_printf(names, "%s", block->name)
                                                        : lsa_arena_printf(names, "%s[%td;%td]", block->name,
                                                                           i % block->rows + 1, i / block->rows + 1);
            LSA_TRY_MEMORY(name, "the header of trajectory.csv");
            columns[fixed + block->offset + i] = (lsa_table_column){name, NULL, NULL, 0, false};
        }
    }
    table = lsa_table_create(fixed + parameters, columns);
    for (ptrdiff_t i = 0; i < lsa_trajectory_count(trajectory); i++) {
        const lsa_sample sample = lsa_trajectory_sample(trajectory, i);
        lsa_table_number(table, sample.time);
        lsa_table_number(table, sample.loss);
        lsa_table_number(table, sample.gap);
        lsa_table_number(table, sample.gradient_norm);
        lsa_table_number(table, lsa_trajectory_action(trajectory, i));
        for (ptrdiff_t j = 0; j < parameters; j++)
            lsa_table_number(table, sample.state[j]);
    }
    *out = table;
done:
    lsa_arena_destroy(names);
    return status;
}

lsa_status cli_flow_files(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_reduced_view view;
    lsa_table *table = NULL;
    course c = {0};
    lsa_report_flow flow = {.mu = NAN, .sharp = NAN, .local_rate = NAN, .u_limit = NAN};
    LSA_TRY(lsa_study_program(run->study, &program, err));
    const bool reduced = lsa_study_reduced_view(run->study, program, &view);
    LSA_TRY(course_of(run, trajectory, reduced ? &view : NULL, &c, err));
    if (reduced)
        LSA_TRY(fill_bounds(run, trajectory, &view, &flow, err));
    flow.count = c.count;
    flow.time = c.time;
    flow.loss = c.loss;
    flow.gap = c.gap;
    flow.action = c.action;
    flow.u = reduced ? c.u : NULL;
    flow.n_modes = c.n_modes;
    flow.modes = c.mode;
    LSA_TRY(trajectory_table(program, trajectory, detail_of(run, program, c.count), &table, err));
    LSA_TRY(lsa_run_directory_table(directory, "trajectory", NULL, table, err));
    LSA_TRY(lsa_figure_gap(directory, "gap", &flow, err));
    if (reduced)
        LSA_TRY(lsa_figure_parameters(directory, "parameters", &flow, err));
done:
    lsa_table_destroy(table);
    course_clear(&c);
    return status;
}

void cli_flow_print(const lsa_trajectory *trajectory)
{
    const lsa_sample end = lsa_trajectory_polished(trajectory);
    const lsa_solver_stats stats = lsa_trajectory_stats(trajectory);
    printf("flow: %s after %td steps of %s, %.3g s; time %.6g, loss %.15g, relative gap %.3g\n",
           lsa_kind_text(lsa_trajectory_classification(trajectory).kind), stats.steps, stats.method, stats.seconds,
           end.time, end.loss, lsa_trajectory_raw(trajectory).gap);
    for (ptrdiff_t k = 0; k < lsa_trajectory_conserved_count(trajectory); k++) {
        const lsa_conserved conserved = lsa_trajectory_conserved(trajectory, k);
        printf("conserved: %s = %.6g, drift %.3g\n", conserved.name, conserved.start, conserved.drift);
    }
}
