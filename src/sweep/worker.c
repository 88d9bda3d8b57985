/* worker.c - one study goes over from cell to cell and keeps what they share: derivation, program, theory. */
#define _POSIX_C_SOURCE 200809L
#include "sweep/worker.h"

#include "base/text.h"
#include "base/try.h"
#include "sweep/crosscheck.h"
#include "verify/measure.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What was read from the model is given back when it has grown to this. */
#define MOST_BYTES ((size_t)64 << 20)

struct sweep_worker {
    lsa_cells *cells;
    lsa_study *study; /* NULL: none yet */
    ptrdiff_t n_measures;
    measure **measures; /* NULL: none yet */
    ptrdiff_t n_values;
    sweep_value *values; /* of a row */
    lsa_text message;
};

/* ---------------------------------------------------------------- life */

static void clear_measures(sweep_worker *worker)
{
    for (ptrdiff_t k = 0; k < worker->n_measures; k++)
        measure_destroy(worker->measures[k]);
    free(worker->measures);
    worker->measures = NULL;
    worker->n_measures = 0;
}

lsa_status sweep_worker_create(lsa_cells *cells, sweep_worker **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *columns = lsa_cells_measure(cells);
    sweep_worker *worker = calloc(1, sizeof *worker);
    LSA_TRY_MEMORY(worker, "a worker");
    worker->cells = cells;
    worker->n_values = columns != NULL ? columns->count : 0;
    worker->values = calloc((size_t)worker->n_values + 1, sizeof *worker->values);
    LSA_TRY_MEMORY(worker->values, "a worker");
    lsa_text_init(&worker->message);
    *out = worker;
    worker = NULL;
done:
    sweep_worker_destroy(worker);
    return status;
}

void sweep_worker_destroy(sweep_worker *worker)
{
    if (worker == NULL)
        return;
    clear_measures(worker);
    lsa_study_destroy(worker->study);
    lsa_text_clear(&worker->message);
    free(worker->values);
    free(worker);
}

/* Whatever points into the memory of the cells goes with it. */
static lsa_status renew(sweep_worker *worker, lsa_error *err)
{
    clear_measures(worker);
    lsa_study_destroy(worker->study);
    worker->study = NULL;
    return lsa_cells_renew(worker->cells, err);
}

/* ---------------------------------------------------------------- exits and messages */

static int exit_of(lsa_status status)
{
    return status == LSA_ERR_SOLVER || status == LSA_ERR_MEMORY ? SWEEP_EXIT_NUMERICS : SWEEP_EXIT_INPUT;
}

static int exit_of_verdict(const char *word)
{
    if (strcmp(word, lsa_verdict_text(LSA_VERDICT_FAILS)) == 0)
        return SWEEP_EXIT_FAILS;
    const bool good = strcmp(word, lsa_verdict_text(LSA_VERDICT_HOLDS)) == 0 ||
                      strcmp(word, lsa_verdict_text(LSA_VERDICT_PROVED)) == 0;
    return good ? 0 : SWEEP_EXIT_INCONCLUSIVE;
}

/* A story in one line: what has lines of its own is told in parts. */
static void add_story(lsa_text *message, const char *before, const char *story)
{
    lsa_text_printf(message, "%s%s", message->length > 0 ? "; " : "", before);
    for (const char *c = story; *c != '\0'; c++) {
        if (*c == '\n') {
            lsa_text_add(message, "; ");
            c += strspn(c + 1, " ");
        } else {
            lsa_text_add_bytes(message, c, 1);
        }
    }
}

static void fail(sweep_worker *worker, sweep_row *row, lsa_status status, const lsa_error *story)
{
    row->exit = sweep_exit_worse(row->exit, exit_of(status));
    add_story(&worker->message, "failed: ", story->text);
}

/* ---------------------------------------------------------------- one cell */

/* The study of the cell's experiment. */
static lsa_status make_study(sweep_worker *worker, const lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_study_options options = {.may_reduce = true, .threads = 1};
    if (worker->study != NULL) {
        study_move(worker->study, experiment);
        return LSA_OK;
    }
    LSA_TRY(lsa_study_create(experiment, &options, &worker->study, err));
    study_trust_run(worker->study);
done:
    return status;
}

/* The columns of the cell's experiment; they serve as long as it has the same statement and sizes. */
static lsa_status make_measures(sweep_worker *worker, const lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool fit = worker->measures != NULL;
    for (ptrdiff_t k = 0; fit && k < worker->n_measures; k++)
        fit = measure_fits(worker->measures[k], experiment);
    if (fit)
        return LSA_OK;
    clear_measures(worker);
    worker->measures = calloc((size_t)experiment->n_measures + 1, sizeof *worker->measures);
    LSA_TRY_MEMORY(worker->measures, "the columns");
    for (ptrdiff_t k = 0; k < experiment->n_measures; k++) {
        LSA_TRY(measure_create(experiment, &experiment->measures[k], &worker->measures[k], err));
        worker->n_measures++;
    }
done:
    if (status != LSA_OK)
        clear_measures(worker);
    return status;
}

static void take_measure(sweep_worker *worker, const lsa_experiment *experiment, ptrdiff_t k, sweep_row *row)
{
    measured m;
    lsa_error story = {0};
    char before[SWEEP_MESSAGE];
    const lsa_status status = measure_take(worker->measures[k], worker->study, &m, &story);
    if (status != LSA_OK) {
        snprintf(before, sizeof before, "%.100s: ", experiment->measures[k].name);
        add_story(&worker->message, before, story.text);
        if (!lsa_status_is_no_answer(status))
            row->exit = sweep_exit_worse(row->exit, exit_of(status));
        return;
    }
    worker->values[k] = (sweep_value){.number = m.kind == MEASURE_NUMBER ? m.number : (double)NAN, .word = m.word};
    if (m.kind == MEASURE_VERDICT)
        row->exit = sweep_exit_worse(row->exit, exit_of_verdict(m.word));
}

/* The flow, and what its end is. False: there is no path to measure. */
static bool follow(sweep_worker *worker, sweep_row *row)
{
    const lsa_trajectory *run = NULL;
    lsa_error story = {0};
    const lsa_status status = lsa_study_trajectory(worker->study, &run, &story);
    if (status != LSA_OK) {
        fail(worker, row, status, &story);
        return false;
    }
    if (lsa_trajectory_reason(run) == LSA_STOPPED_WALL) { /* where it is by then depends on the machine */
        row->exit = sweep_exit_worse(row->exit, SWEEP_EXIT_NUMERICS);
        add_story(&worker->message, "failed: ", "wall");
        return false;
    }
    row->t_end = lsa_trajectory_raw(run).time;
    row->end = lsa_kind_text(lsa_trajectory_classification(run).kind);
    return true;
}

static void do_experiment(sweep_worker *worker, const lsa_experiment *experiment, sweep_row *row)
{
    lsa_error story = {0};
    lsa_status status = make_study(worker, experiment, &story);
    if (status == LSA_OK)
        status = make_measures(worker, experiment, &story);
    if (status != LSA_OK) {
        fail(worker, row, status, &story);
        return;
    }
    if (!follow(worker, row))
        return;
    for (ptrdiff_t k = 0; k < worker->n_measures; k++)
        take_measure(worker, experiment, k, row);
    if (crosscheck_asks(experiment, row->cell))
        row->difference = crosscheck_difference(experiment);
}

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

lsa_status sweep_worker_do(sweep_worker *worker, ptrdiff_t cell, sweep_row *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *experiment = NULL;
    lsa_error story = {0};
    const double begun = processor_seconds();
    *out = (sweep_row){.cell = cell, .end = "", .t_end = NAN, .difference = NAN};
    worker->message.length = 0;
    if (lsa_cells_size(worker->cells) > MOST_BYTES)
        LSA_TRY(renew(worker, err));
    const lsa_status read = lsa_cells_read(worker->cells, cell, &experiment, &story);
    for (ptrdiff_t k = 0; k < worker->n_values; k++)
        worker->values[k] = (sweep_value){.number = (double)NAN};
    if (read == LSA_OK)
        do_experiment(worker, experiment, out);
    else
        fail(worker, out, read, &story);
    lsa_text_add(&worker->message, "");
    LSA_TRY_MEMORY(worker->message.failed ? NULL : worker->message.data, "a row");
    out->message = worker->message.length > 0 ? worker->message.data : "";
    out->n_values = worker->n_values;
    out->values = worker->values;
    out->seconds = processor_seconds() - begun;
done:
    return status;
}
