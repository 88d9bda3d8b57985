/* problem.c - from a problem's few numbers to a program, a start and a run. */
#include "bench/problem.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_spectrum(const bench_problem *problem, double *lambda)
{
    const double a = problem->exponent, last = problem->d > 1 ? (double)(problem->d - 1) : 1.0;
    for (ptrdiff_t i = 0; i < problem->d; i++)
        lambda[i] = a < 0.0 ? pow(-a, -(double)i / last) : pow((double)(i + 1), -a);
}

const char *bench_spectrum_name(double exponent, char text[24])
{
    snprintf(text, 24, exponent == 0.0 ? "1" : exponent < 0.0 ? "g%g" : "i^-%g", fabs(exponent));
    return text;
}

/* |Gamma| = (1 + 1/N) lambda_1 + tr(Lambda)/N, lambda_1 = 1. */
static double gamma_norm(const bench_problem *problem)
{
    double trace = 0.0;
    for (ptrdiff_t i = 0; i < problem->d; i++) {
        const double last = problem->d > 1 ? (double)(problem->d - 1) : 1.0;
        trace += problem->exponent < 0.0 ? pow(-problem->exponent, -(double)i / last)
                                         : pow((double)(i + 1), -problem->exponent);
    }
    return 1.0 + (1.0 + trace) / problem->context;
}

static double sigma_of(const bench_problem *problem)
{
    return 0.5 * sqrt(2.0 / (gamma_norm(problem) * sqrt((double)problem->d)));
}

/* The standard deviation of a Gaussian start's entries. */
static double entry_scale(const bench_problem *problem)
{
    return strcmp(problem->statement, "separate") == 0 ? 0.1 : 0.1 / (double)problem->d;
}

static void write_model(const bench_problem *problem, lsa_text *text)
{
    const double a = problem->exponent;
    lsa_text_printf(text, "statement: %s\ndata:\n  dimension: %td\n  context: %.17g\n", problem->statement, problem->d,
                    problem->context);
    if (a == 0.0)
        lsa_text_add(text, "  covariance: identity\n");
    else
        lsa_text_printf(text, "  covariance: {spectrum: %s: %.17g}\n",
                        a < 0.0 ? "geometric, condition" : "power, exponent", fabs(a));
    if (strcmp(problem->statement, "merged") == 0)
        lsa_text_printf(text, "init: {scheme: paper, sigma: %.17g, theta: {random: 3}}\n", sigma_of(problem));
    else
        lsa_text_printf(text, "init: {scheme: gaussian, scale: %.17g, seed: 1}\n", entry_scale(problem));
}

static lsa_status make_diagonal(const bench_problem *problem, bench_setup *setup, lsa_error *err)
{
    lsa_status status = LSA_OK;
    setup->u = sigma_of(problem);
    setup->diagonal = lsa_vec_create(problem->d);
    LSA_TRY_MEMORY(setup->diagonal, "a start");
    for (ptrdiff_t i = 0; i < problem->d; i++)
        setup->diagonal[i] = setup->u / sqrt((double)problem->d);
done:
    return status;
}

lsa_status bench_setup_make(const bench_problem *problem, bench_setup *setup, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_study_options options = {.may_reduce = true, .threads = 1};
    lsa_text text;
    lsa_text_init(&text);
    *setup = (bench_setup){0};
    write_model(problem, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a model");
    LSA_TRY(lsa_model_parse("bench", text.data, text.length, NULL, &setup->model, err));
    LSA_TRY(lsa_study_create(lsa_model_experiment(setup->model, 0), &options, &setup->study, err));
    LSA_TRY(lsa_study_program(setup->study, &setup->program, err));
    if (problem->diagonal)
        LSA_TRY(make_diagonal(problem, setup, err));
    else
        LSA_TRY(lsa_study_start(setup->study, &setup->start, err));
done:
    lsa_text_clear(&text);
    return status;
}

void bench_setup_clear(bench_setup *setup)
{
    free(setup->diagonal);
    lsa_study_destroy(setup->study);
    lsa_model_destroy(setup->model);
}

/* B_ij of a form. */
static double target_of(const lsa_form *form, ptrdiff_t i, ptrdiff_t j)
{
    if (form->B_diagonal)
        return i == j ? form->B[i] : 0.0;
    return form->B[i + j * form->d];
}

/* min H, sum V^2 and sum B^2/H over the entries with H > 0; of a diagonal start over the diagonal. */
typedef struct form_sums {
    double least_rate, limit, loss;
} form_sums;

static form_sums sum_form(const lsa_form *form, bool diagonal)
{
    form_sums sums = {INFINITY, 0.0, 0.0};
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = diagonal ? j : 0; i < (diagonal ? j + 1 : form->d); i++) {
            const double H = lsa_form_rate(form, i, j), B = target_of(form, i, j);
            sums.least_rate = fmin(sums.least_rate, H);
            sums.limit += (B / H) * (B / H);
            sums.loss += B * B / H;
        }
    return sums;
}

lsa_flow_options bench_flow_options(const bench_problem *problem, const bench_setup *setup, const bench_options *limits)
{
    lsa_flow_options options = lsa_flow_options_defaults();
    options.rtol = problem->rtol;
    options.method = problem->method;
    options.may_reduce = true;
    options.max_steps = problem->max_steps;
    options.drop_states = true;
    options.points = 2;
    options.stop.wall = limits->limit;
    options.interrupt = limits->interrupt;
    options.stop.gap = problem->gap;
    const lsa_form *form = lsa_program_form(setup->program);
    if (problem->error > 0.0 && form != NULL) {
        const form_sums sums = sum_form(form, problem->diagonal);
        options.stop.gap = problem->error * problem->error * sums.limit * sums.least_rate / sums.loss;
    }
    return options;
}

static double diagonal_error(const lsa_form *form, const double *modes)
{
    double off = 0.0, limit = 0.0;
    for (ptrdiff_t i = 0; i < form->d; i++) {
        const double V = form->B[i] / lsa_form_rate(form, i, i);
        const double difference = modes[0] * modes[1 + i] - V;
        off += difference * difference;
        limit += V * V;
    }
    return sqrt(off / limit);
}

static double whole_error(const lsa_form *form, const double *W)
{
    double off = 0.0, limit = 0.0;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++) {
            const double V = target_of(form, i, j) / lsa_form_rate(form, i, j);
            const double difference = W[i + j * form->d] - V;
            off += difference * difference;
            limit += V * V;
        }
    return sqrt(off / limit);
}

lsa_status bench_product_error(const bench_setup *setup, const lsa_sample *sample, double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(setup->program);
    double *state = NULL, *W = NULL;
    *error = NAN;
    if (form == NULL || (sample->state == NULL && sample->modes == NULL))
        goto done;
    if (sample->state == NULL) {
        *error = diagonal_error(form, sample->modes);
        goto done;
    }
    state = lsa_vec_create(lsa_program_size(setup->program));
    W = lsa_vec_create(form->d * form->d);
    LSA_TRY_MEMORY(state != NULL ? W : NULL, "the product");
    LSA_TRY(lsa_program_from_user(setup->program, sample->state, state, err));
    lsa_program_product(setup->program, state, W);
    *error = whole_error(form, W);
done:
    free(W);
    free(state);
    return status;
}

double bench_u_error(const bench_setup *setup, double u)
{
    const lsa_form *form = lsa_program_form(setup->program);
    if (form == NULL)
        return NAN;
    const ptrdiff_t n = form->d * form->d;
    const double limit = sum_form(form, setup->start == NULL).limit;
    const double first = setup->start != NULL ? setup->start[form->u] : setup->u;
    const double norm =
        setup->start != NULL ? lsa_vec_norm(n, setup->start + form->U) : lsa_vec_norm(form->d, setup->diagonal);
    const double C = (first - norm) * (first + norm);
    return fabs(u / sqrt(0.5 * (C + hypot(C, 2.0 * sqrt(limit)))) - 1.0);
}

lsa_status bench_run(const bench_problem *problem, const bench_setup *setup, const lsa_flow_options *options,
                     lsa_trajectory **trajectory, lsa_error *err)
{
    *trajectory = NULL;
    const lsa_status status =
        problem->diagonal ? lsa_flow_run_diagonal(setup->program, setup->u, setup->diagonal, options, trajectory, err)
                          : lsa_flow_run(setup->program, setup->start, options, trajectory, err);
    return status == LSA_ERR_SOLVER && *trajectory != NULL && problem->max_steps > 0 ? LSA_OK : status;
}
