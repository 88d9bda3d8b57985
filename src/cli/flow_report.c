/* flow_report.c - a trajectory as a file, as figures and in words. */
#include "cli/flow_report.h"

#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
    const lsa_covariance *covariance = run->experiment->training.covariance;
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
static lsa_status fill_bounds(cli_run *run, const lsa_reduced_view *view, lsa_report_flow *flow, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    lsa_theory_start start;
    const double *first;
    double *U = NULL, u;
    const ptrdiff_t d = run->experiment->data.d;
    const double *limit;
    if (lsa_study_is_random(run->study)) {
        LSA_TRY(lsa_study_limit(run->study, &limit, err));
        flow->u_limit = limit[view->u];
        goto done;
    }
    LSA_TRY(lsa_study_theory(run->study, &theory, err));
    LSA_TRY(lsa_study_start(run->study, &first, err));
    U = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(U, "the predicted limit");
    LSA_TRY(lsa_theory_limit(theory, first[view->u], first + view->U, &u, U, err));
    LSA_TRY(lsa_theory_assess_start(theory, first[view->u], first + view->U, &start, err));
    LSA_TRY(lsa_theory_local_rate(theory, u, first + view->U, &flow->local_rate, err));
    flow->u_limit = u;
    flow->mu = start.holds ? lsa_theory_pl_constant(theory, &start) : (double)NAN;
    flow->sharp = lsa_theory_least_rate(theory);
done:
    free(U);
    return status;
}

/* trajectory.csv: one row a sample. */
static lsa_status write_trajectory(cli_run *run, lsa_run_directory *directory, const lsa_program *program,
                                   const lsa_trajectory *trajectory, const lsa_report_flow *flow, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_table *table = NULL;
    const double **states = malloc((size_t)flow->count * sizeof *states + 1);
    LSA_TRY_MEMORY(states, "the rows of trajectory.csv");
    for (ptrdiff_t i = 0; i < flow->count; i++)
        states[i] = lsa_trajectory_sample(trajectory, i).state;
    table = lsa_report_trajectory_table(
        flow, run->experiment->statement, lsa_program_block_count(program), lsa_program_block(program, 0), states,
        document_flow_detail(run->experiment, program, flow->count > 0 ? states[0] : NULL, flow->count));
    LSA_TRY(lsa_run_directory_table(directory, "trajectory", NULL, table, err));
done:
    lsa_table_destroy(table);
    free(states);
    return status;
}

lsa_status cli_flow_files(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_reduced_view view;
    course c = {0};
    lsa_report_flow flow = {.mu = (double)NAN, .sharp = (double)NAN, .local_rate = (double)NAN, .u_limit = (double)NAN};
    LSA_TRY(lsa_study_program(run->study, &program, err));
    const bool reduced = lsa_study_has_theory(run->study) && lsa_study_is_reduced(run->study, program);
    if (reduced)
        LSA_TRY(lsa_study_reduced_view(run->study, program, &view, err));
    const bool kept =
        reduced && lsa_trajectory_count(trajectory) > 0 && lsa_trajectory_sample(trajectory, 0).state != NULL;
    LSA_TRY(course_of(run, trajectory, kept ? &view : NULL, &c, err));
    if (reduced)
        LSA_TRY(fill_bounds(run, &view, &flow, err));
    flow.count = c.count;
    flow.time = c.time;
    flow.loss = c.loss;
    flow.gap = c.gap;
    flow.action = c.action;
    flow.u = kept ? c.u : NULL;
    flow.n_modes = c.n_modes;
    flow.modes = c.mode;
    LSA_TRY(write_trajectory(run, directory, program, trajectory, &flow, err));
    if (lsa_study_has_theory(run->study)) /* others have a figure of their own: state_figures.h */
        LSA_TRY(lsa_figure_gap(directory, "gap", &flow, err));
    if (kept)
        LSA_TRY(lsa_figure_parameters(directory, "parameters", &flow, err));
    LSA_TRY(cli_loss_figure(run, directory, trajectory, err));
done:
    course_clear(&c);
    return status;
}

/* "stopped by": what ended the integration. */
/* The eigenvalues' signs, or that they are not known. */
static void print_hessian(lsa_classification end)
{
    if (end.negative >= 0 && end.zero >= 0 && end.positive >= 0)
        printf("  Hessian          %td negative, %td zero, %td positive eigenvalues\n", end.negative, end.zero,
               end.positive);
}

void cli_flow_print(const lsa_trajectory *trajectory)
{
    const lsa_sample end = lsa_trajectory_final(trajectory);
    const lsa_classification kind = lsa_trajectory_classification(trajectory);
    const lsa_solver_stats stats = lsa_trajectory_stats(trajectory);
    char text[DOCUMENT_HIDDEN];
    const char *const hidden = document_hidden_text(trajectory, text);
    printf("\nGradient flow\n");
    printf("  end              %s\n", lsa_kind_text(kind.kind));
    if (hidden == NULL && lsa_trajectory_kind_reason(trajectory) != NULL)
        printf("  because          %s\n", lsa_trajectory_kind_reason(trajectory));
    if (isnan(end.loss) && hidden != NULL)
        printf("  loss             not known\n");
    else
        printf("  loss             %.15g\n", end.loss);
    if (hidden != NULL)
        printf("  rounding         %s\n", hidden);
    if (!isnan(kind.excess))
        printf("  above minimum    %.3g\n", fmax(kind.excess, 0.0));
    if (!isnan(end.gap))
        printf("  relative gap     %.3g\n", end.gap);
    printf("  flow time        %.6g, stopped by %s\n", end.time, document_stop_text(lsa_trajectory_reason(trajectory)));
    print_hessian(kind);
    for (ptrdiff_t k = 0; k < lsa_trajectory_conserved_count(trajectory); k++) {
        const lsa_conserved conserved = lsa_trajectory_conserved(trajectory, k);
        printf("  conserved        %s = %.6g, drift %.3g\n", conserved.name, conserved.start, conserved.drift);
    }
    printf("  solver           %s, %td steps, %.3g s\n", stats.method, stats.steps, stats.seconds);
    if (!isnan(stats.path_error))
        printf("  path             off by %.2g of u at most\n", stats.path_error);
}

static lsa_table *events_table(const lsa_trajectory *trajectory)
{
    static const lsa_table_column columns[] = {
        {"event", NULL, NULL, 0, false}, {"time", NULL, "flow time", 8, false}, {"loss", NULL, NULL, 8, false}};
    lsa_table *table = lsa_table_create(3, columns);
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(trajectory); k++) {
        const lsa_event event = lsa_trajectory_event(trajectory, k);
        lsa_table_string(table, event.name);
        lsa_table_number(table, event.time);
        lsa_table_number(table, event.loss);
    }
    return table;
}

lsa_status cli_flow_print_events(const lsa_trajectory *trajectory, lsa_error *err)
{
    if (lsa_trajectory_event_count(trajectory) == 0)
        return LSA_OK;
    return cli_print_table("Events", events_table(trajectory), err);
}
