/* peer_cases.c - other programs on the same problems, from the same start to the same stop, beside ours in one run.
 *
 * A peer is a program of the directory options.peers, or one that is found as a shell finds it: `PROGRAM METHOD FILE` for a flow,
 * `PROGRAM d M` for sampling. FILE holds doubles: d, N, rtol, the relative error of uU (of the whole layer the gap) to stop at, the time at which ours
 * stopped (for peers without events), u(0), lambda (d), U(0) (d x d, column-major), of the whole layer px(0), k(0), for work and precision a reference: the number of times, the times, (u, U) at each. It measures itself and prints
 * `peer SECONDS STEPS ERROR`, seconds a prompt for sampling; NaN where it has no number. Exit code 77: something that it
 * needs is not installed. */
#define _POSIX_C_SOURCE 200809L
#include "base/child.h"
#include "base/matrix.h"
#include "base/try.h"
#include "bench/bench_path.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOT_INSTALLED = 77 };

static bool write_doubles(FILE *file, ptrdiff_t n, const double *x)
{
    return fwrite(x, sizeof *x, (size_t)n, file) == (size_t)n;
}

/* The numbers of a block of the start; nothing where the statement has no such block. */
static bool write_block(FILE *file, const bench_setup *setup, const char *name)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(setup->program); k++) {
        const lsa_block *block = lsa_program_block(setup->program, k);
        if (strcmp(block->name, name) == 0)
            return write_doubles(file, block->rows * block->cols, setup->start + block->offset);
    }
    return true;
}

/* A path to be held against: how many times, the times, the states. */
static bool write_path(FILE *file, const bench_path *path)
{
    const double count = BENCH_PATH_TIMES;
    return path == NULL || (write_doubles(file, 1, &count) && write_doubles(file, BENCH_PATH_TIMES, path->times) &&
                            write_doubles(file, BENCH_PATH_TIMES * path->size, path->states));
}

static lsa_status write_problem(const bench_case *c, const bench_setup *setup, const bench_path *path, FILE *file,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bench_problem *p = &c->problem;
    const double head[] = {(double)p->d, p->context, p->rtol, p->error > 0.0 ? p->error : p->gap,
                           c->against != NULL ? c->against->last.time : (double)NAN};
    double *lambda = lsa_vec_create(p->d);
    LSA_TRY_MEMORY(lambda, "a peer's problem");
    bench_spectrum(p, lambda);
    const bool written = write_doubles(file, sizeof head / sizeof *head, head) && write_block(file, setup, "u") &&
                         write_doubles(file, p->d, lambda) && write_block(file, setup, "U") &&
                         write_block(file, setup, "px") && write_block(file, setup, "k") && write_path(file, path);
    if (!written || fflush(file) != 0)
        status = lsa_error_set(err, LSA_ERR_WRITE, "a peer's problem cannot be written");
done:
    free(lambda);
    return status;
}

/* A temporary file with the problem; `path` ends with the letters that mkstemp replaces. */
static lsa_status make_file(const bench_case *c, const bench_path *reference, char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup = {0};
    const int descriptor = mkstemp(path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (file == NULL) {
        status = lsa_error_set(err, LSA_ERR_WRITE, "%s cannot be written", path);
        goto done;
    }
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    LSA_TRY(write_problem(c, &setup, reference, file, err));
done:
    if (file != NULL)
        fclose(file);
    bench_setup_clear(&setup);
    return status;
}

/* The numbers of the line "peer SECONDS STEPS ERROR" among a peer's words. */
static bool read_numbers(const char *words, bench_sample *out)
{
    double *const numbers[] = {&out->value, &out->steps, &out->error};
    const char *at = words != NULL ? strstr(words, "peer ") : NULL;
    char *end;
    if (at == NULL)
        return false;
    at += strlen("peer ");
    for (int k = 0; k < 3; k++, at = end) {
        *numbers[k] = strtod(at, &end);
        if (end == at)
            return false;
    }
    return true;
}

static void take(lsa_child_end end, int code, double limit, const lsa_text *words, bench_sample *out)
{
    if (end == LSA_CHILD_DONE && read_numbers(words->data, out))
        return;
    out->value = NAN;
    if (end == LSA_CHILD_MISSING || code == NOT_INSTALLED)
        snprintf(out->note, sizeof out->note, "not installed");
    else if (end == LSA_CHILD_STOPPED)
        snprintf(out->note, sizeof out->note, "interrupted");
    else if (end == LSA_CHILD_SLOW)
        snprintf(out->note, sizeof out->note, "stopped after %g s", limit);
    else
        snprintf(out->note, sizeof out->note, "failed: %.100s", words->data != NULL ? words->data : "");
}

static lsa_status run_peer(const bench_plan *plan, const bench_case *c, const char *first, const char *second,
                           bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text program, words;
    int code = -1;
    lsa_text_init(&program);
    lsa_text_init(&words);
    if (strchr(c->variant, '.') != NULL) /* a script of the directory; else a program of the search path */
        lsa_text_printf(&program, "%s/", plan->options.peers);
    lsa_text_add(&program, c->variant);
    LSA_TRY_MEMORY(program.failed ? NULL : program.data, "a peer");
    const char *const arguments[] = {program.data, first, second, NULL};
    const lsa_child_end end =
        lsa_child_run(NULL, arguments, plan->options.limit, plan->options.interrupt, &words, &code);
    take(end, code, plan->options.limit, &words, out);
done:
    lsa_text_clear(&words);
    lsa_text_clear(&program);
    return status;
}

/* A case against a row of ours, or a point of work and precision, which is held against the plan's path. */
static lsa_status measure_flow_peer(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char path[] = "/tmp/lsaflow-bench-XXXXXX";
    LSA_TRY(make_file(c, c->against == NULL ? plan->reference : NULL, path, err));
    LSA_TRY(run_peer(plan, c, c->method, path, out, err));
done:
    unlink(path);
    return status;
}

static lsa_status measure_sampling_peer(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    char d[24], M[24];
    snprintf(d, sizeof d, "%td", c->problem.d);
    snprintf(M, sizeof M, "%td", c->M);
    const lsa_status status = run_peer(plan, c, d, M, out, err);
    if (isfinite(out->value))
        snprintf(out->note, sizeof out->note, "%.3g prompts a second", 1.0 / out->value);
    return status;
}

/* A peer of `ours`, on its problem. program and method as above. */
static bench_case *add_peer(bench_plan *plan, const bench_case *ours, const char *program, const char *method,
                            const char *label)
{
    bench_case *c =
        bench_plan_add(plan, ours->size, ours->M > 0 ? measure_sampling_peer : measure_flow_peer, "%s", label);
    c->problem = ours->problem;
    c->M = ours->M;
    c->unit = ours->unit;
    c->against = ours;
    c->variant = program;
    c->method = method;
    return c;
}

void bench_add_path_peer(bench_plan *plan, const bench_problem *problem, const char *method, const char *series,
                         int least_power)
{
    for (int power = 4; power <= least_power; power++) {
        bench_case *c = bench_plan_add(plan, problem->d, measure_flow_peer, "%s, rtol 1e-%d", series, power);
        c->problem = *problem;
        c->problem.d = c->size;
        c->problem.context = (double)c->size;
        c->problem.rtol = pow(10.0, -power);
        c->series = series;
        c->variant = "scipy_flow.py";
        c->method = method;
    }
}

/* Peers on the d + 2 unknowns of the reduction, beside our reduced run. */
static void add_reduced_peers(bench_plan *plan, const bench_case *ours)
{
    add_peer(plan, ours, "scipy_flow.py", "pairs-bdf", "scipy BDF on the reduction, sum over pairs");
    add_peer(plan, ours, "scipy_flow.py", "pairs-lsoda", "scipy LSODA on the reduction, sum over pairs");
    add_peer(plan, ours, "scipy_flow.py", "nodes-bdf", "scipy BDF on the reduction, compressed sum");
    add_peer(plan, ours, "scipy_flow.py", "nodes-lsoda", "scipy LSODA on the reduction, compressed sum");
}

/* Peers on all unknowns, beside our reduced run and our arrowhead. */
static void add_whole_peers(bench_plan *plan, const bench_case *ours, bool dense)
{
    add_peer(plan, ours, "scipy_flow.py", "whole-bdf", "scipy BDF, sparse Jacobian");
    add_peer(plan, ours, "lsaflow_peer_cvode", "krylov", "CVODE as packaged, SPGMR, diagonal preconditioner");
    if (!dense)
        return;
    add_peer(plan, ours, "scipy_flow.py", "whole-lsoda", "scipy LSODA, dense Jacobian");
    add_peer(plan, ours, "lsaflow_peer_cvode", "dense", "CVODE as packaged, SUNLinSol_Dense");
    add_peer(plan, ours, "desolve.R", "lsoda", "R deSolve lsoda, full Jacobian");
    add_peer(plan, ours, "octave_lsode.m", "lsode", "octave lsode, full Jacobian");
}

/* Ours at a rtol of 1e-6, whose path is two to seven times as fine as scipy's at 1e-8 (the group `precision`). */
static void add_equal_accuracy(bench_plan *plan, ptrdiff_t d)
{
    bench_case *ours = bench_add_flow(plan, LSA_METHOD_ARROWHEAD, "arrowhead, rtol 1e-6", d, 1.0);
    ours->problem.rtol = 1e-6;
    add_peer(plan, ours, "scipy_flow.py", "whole-bdf", "scipy BDF, sparse Jacobian, rtol 1e-8: a coarser path")
        ->problem.rtol = 1e-8;
}

void bench_reduced_peer_cases(bench_plan *plan)
{
    static const ptrdiff_t sizes[] = {10, 100, 316, 1000};
    const int count = plan->options.full ? 4 : 2;
    for (int k = 0; k < count; k++)
        add_reduced_peers(plan, bench_add_flow(plan, LSA_METHOD_REDUCED, "reduced", sizes[k], 1.0));
}

void bench_whole_peer_cases(bench_plan *plan)
{
    static const ptrdiff_t sizes[] = {10, 32, 100, 316};
    const int count = plan->options.full ? 4 : 3;
    for (int k = 0; k < count; k++) {
        const bench_case *reduced = bench_add_flow(plan, LSA_METHOD_REDUCED, "reduced", sizes[k], 1.0);
        const bench_case *arrowhead = bench_add_flow(plan, LSA_METHOD_ARROWHEAD, "arrowhead", sizes[k], 1.0);
        add_whole_peers(plan, reduced, k == 0 || (k == 1 && plan->options.full));
        add_peer(plan, arrowhead, "scipy_flow.py", "whole-bdf", "scipy BDF, sparse Jacobian");
        add_peer(plan, arrowhead, "scipy_flow.py", "whole-bdf-max", "scipy BDF, sparse Jacobian, in our norm");
        if (sizes[k] >= 100)
            add_equal_accuracy(plan, sizes[k]);
    }
}

void bench_layer_peer_cases(bench_plan *plan)
{
    const bench_case *ours = bench_add_layer(plan, 10, LSA_METHOD_KRYLOV);
    add_peer(plan, ours, "scipy_layer.py", "bdf", "scipy BDF on the whole layer");
}

void bench_sampling_peer_cases(bench_plan *plan)
{
    static const ptrdiff_t sizes[][2] = {{20, 40}, {100, 400}};
    static const char *const modes[] = {"direct", "fast"};
    for (int k = 0; k < 4; k++) {
        const bench_case *ours = bench_add_prompts(plan, modes[k % 2], sizes[k / 2][0], sizes[k / 2][1]);
        add_peer(plan, ours, "numpy_prompts.py", NULL, "numpy, SFC64, float64");
        add_peer(plan, ours, "torch_prompts.py", NULL, "torch, float32");
    }
}
