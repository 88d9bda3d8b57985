/* sweep.c - the ledger says which cells are left, the pool does them, the table is written from the ledger. */
#define _GNU_SOURCE
#include "sweep/sweep.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "lsaflow/version.h"
#include "sweep/order.h"
#include "sweep/pool.h"
#include "sweep/rows_table.h"
#include "sweep/worker.h"
#include "verify/measure.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Rows are in the file at most so much later. */
static const double flush_seconds = 0.5;

struct sweep {
    lsa_cells *cells;
    sweep_options options;
    sweep_plan plan;
    char **names; /* of the columns: keys, then measures */
    sweep_order order;
    sweep_ledger *ledger;
    unsigned char *finished;        /* a bit a cell */
    ptrdiff_t place, done, planned; /* the next place; rows that there are; of this shard */
    double flushed;
    const char **keys; /* of one row */
    sweep_value *values;
    sweep_worker *worker; /* in a worker */
};

/* ---------------------------------------------------------------- plan */

static bool is_taken(const char *name, char *const *names, ptrdiff_t count)
{
    static const char *const own[] = {"cell", "t_end", "end", "exit", "message", "difference", "seconds", "attempt"};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (strcasecmp(name, own[k]) == 0)
            return true;
    for (ptrdiff_t k = 0; k < count; k++)
        if (strcasecmp(name, names[k]) == 0)
            return true;
    return false;
}

static bool is_printable(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return false;
    return name[0] != '\0';
}

/* The columns; SQL does not tell A from a. */
static lsa_status make_plan(sweep *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_vary *vary = lsa_cells_vary(s->cells);
    const lsa_node *columns = lsa_cells_measure(s->cells);
    const ptrdiff_t n_measures = columns != NULL ? columns->count : 0;
    s->names = calloc((size_t)(vary->n_keys + n_measures) + 1, sizeof *s->names);
    LSA_TRY_MEMORY(s->names, "the columns");
    for (ptrdiff_t k = 0; k < vary->n_keys; k++) {
        s->names[k] = strdup(vary->keys[k].key->text);
        LSA_TRY_MEMORY(s->names[k], "the columns");
    }
    for (ptrdiff_t k = 0; k < n_measures; k++) {
        const lsa_node *key = columns->keys[k];
        if (!is_printable(key->text))
            return lsa_node_error(key, err, "the name of a column is printed as it is: no control characters");
        if (is_taken(key->text, s->names, vary->n_keys + k))
            return lsa_node_error(key, err,
                                  "there is a column of this name already, or one that differs in case alone");
        s->names[vary->n_keys + k] = strdup(key->text);
        LSA_TRY_MEMORY(s->names[vary->n_keys + k], "the columns");
    }
    s->plan = (sweep_plan){.model = lsa_cells_name(s->cells),
                           .fingerprint = s->options.fingerprint,
                           .program = LSA_VERSION,
                           .n_cells = vary->n_cells,
                           .n_keys = vary->n_keys,
                           .n_measures = n_measures,
                           .keys = (const char *const *)s->names,
                           .measures = (const char *const *)s->names + vary->n_keys};
done:
    return status;
}

/* A column that is no formula in the first cell is one for no cell; a cell that cannot be read is a row. */
static lsa_status check_columns(sweep *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *first;
    lsa_error story = {0};
    if (lsa_cells_read(s->cells, 0, &first, &story) != LSA_OK)
        return LSA_OK;
    for (ptrdiff_t k = 0; k < first->n_measures && status == LSA_OK; k++) {
        measure *column = NULL;
        status = measure_create(first, &first->measures[k], &column, err);
        measure_destroy(column);
    }
    return status;
}

static void mark(sweep *s, ptrdiff_t cell)
{
    s->finished[cell / 8] = (unsigned char)(s->finished[cell / 8] | 1U << cell % 8);
}

static lsa_status mark_row(void *context, const sweep_row *row, const char *const *keys, lsa_error *err)
{
    sweep *s = context;
    (void)keys;
    if (row->cell < 0 || row->cell >= s->plan.n_cells)
        return lsa_error_set(err, LSA_ERR_INPUT, "the ledger has a row of cell %td, which there is not", row->cell + 1);
    mark(s, row->cell);
    return LSA_OK;
}

/* ---------------------------------------------------------------- what the pool asks */

static ptrdiff_t next_cell(void *context)
{
    sweep *s = context;
    for (; s->place < s->plan.n_cells; s->place++) {
        const ptrdiff_t cell = sweep_order_cell(&s->order, s->place);
        if (!sweep_order_takes(&s->order, s->place) || (s->finished[cell / 8] >> cell % 8 & 1U) != 0)
            continue;
        s->place++;
        return cell;
    }
    return -1;
}

static lsa_status answer_cell(void *context, ptrdiff_t cell, lsa_text *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sweep *s = context;
    sweep_row row;
    if (s->worker == NULL)
        LSA_TRY(sweep_worker_create(s->cells, &s->worker, err));
    LSA_TRY(sweep_worker_do(s->worker, cell, &row, err));
    sweep_row_write(&row, out);
done:
    return status;
}

static lsa_status keep_row(sweep *s, const sweep_row *row, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < s->plan.n_keys; k++)
        LSA_TRY(lsa_cells_value(s->cells, row->cell, k, &s->keys[k], err));
    LSA_TRY(sweep_ledger_add(s->ledger, row, s->keys, err));
    mark(s, row->cell);
    s->done++;
done:
    return status;
}

static lsa_status take_row(void *context, ptrdiff_t cell, const char *bytes, size_t length, lsa_error *err)
{
    sweep *s = context;
    sweep_row row;
    if (!sweep_row_read(bytes, length, s->plan.n_measures, s->values, &row) || row.cell != cell)
        return lsa_error_set(err, LSA_ERR_SOLVER, "a worker's answer to cell %td is none", cell + 1);
    return keep_row(s, &row, err);
}

static lsa_status lose_row(void *context, ptrdiff_t cell, const char *why, lsa_error *err)
{
    sweep *s = context;
    char message[SWEEP_MESSAGE];
    snprintf(message, sizeof message, "failed: %.300s", why);
    for (ptrdiff_t k = 0; k < s->plan.n_measures; k++)
        s->values[k] = (sweep_value){.number = NAN};
    const sweep_row row = {.cell = cell,
                           .exit = SWEEP_EXIT_NUMERICS,
                           .end = "",
                           .t_end = NAN,
                           .message = message,
                           .seconds = NAN,
                           .difference = NAN,
                           .n_values = s->plan.n_measures,
                           .values = s->values};
    return keep_row(s, &row, err);
}

static lsa_status tick(void *context, lsa_error *err)
{
    sweep *s = context;
    const double now = lsa_clock_seconds();
    if (s->options.progress != NULL && s->planned > 0)
        s->options.progress(s->options.progress_context, (double)s->done / (double)s->planned, "cells");
    if (now - s->flushed < flush_seconds)
        return LSA_OK;
    s->flushed = now;
    return sweep_ledger_flush(s->ledger, err);
}

/* ---------------------------------------------------------------- life */

static lsa_status open_ledger(sweep *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    lsa_text_init(&path);
    if (s->options.directory != NULL)
        lsa_text_printf(&path, "%s/sweep.db", s->options.directory);
    else
        lsa_text_add(&path, ":memory:");
    LSA_TRY_MEMORY(path.failed ? NULL : path.data, "the ledger");
    LSA_TRY(sweep_ledger_create(path.data, &s->plan, s->options.resume, &s->ledger, err));
    LSA_TRY(sweep_ledger_each(s->ledger, mark_row, s, err));
done:
    lsa_text_clear(&path);
    return status;
}

lsa_status sweep_create(lsa_cells *cells, const sweep_options *options, sweep **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sweep *s = calloc(1, sizeof *s);
    LSA_TRY_MEMORY(s, "a sweep");
    s->cells = cells;
    s->options = *options;
    LSA_TRY(make_plan(s, err));
    LSA_TRY(check_columns(s, err));
    LSA_TRY(sweep_order_init(&s->order, lsa_cells_vary(cells), options->shard, options->shards, err));
    s->finished = calloc((size_t)s->plan.n_cells / 8 + 1, 1);
    s->keys = calloc((size_t)s->plan.n_keys + 1, sizeof *s->keys);
    s->values = calloc((size_t)s->plan.n_measures + 1, sizeof *s->values);
    LSA_TRY_MEMORY(s->finished, "a sweep");
    LSA_TRY_MEMORY(s->keys, "a sweep");
    LSA_TRY_MEMORY(s->values, "a sweep");
    LSA_TRY(open_ledger(s, err));
    s->done = sweep_ledger_count(s->ledger);
    s->planned = s->plan.n_cells / options->shards;
    *out = s;
    s = NULL;
done:
    sweep_destroy(s);
    return status;
}

void sweep_destroy(sweep *s)
{
    if (s == NULL)
        return;
    sweep_ledger_destroy(s->ledger);
    sweep_order_clear(&s->order);
    for (ptrdiff_t k = 0; s->names != NULL && s->names[k] != NULL; k++) /* up to the first that is not made */
        free(s->names[k]);
    free(s->names);
    free(s->finished);
    free(s->keys);
    free(s->values);
    free(s);
}

const sweep_plan *sweep_plan_of(const sweep *s)
{
    return &s->plan;
}

sweep_ledger *sweep_ledger_of(sweep *s)
{
    return s->ledger;
}

/* ---------------------------------------------------------------- the work */

static lsa_status write_table(sweep *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    if (s->options.directory == NULL)
        return LSA_OK;
    lsa_text_init(&path);
    lsa_text_printf(&path, "%s/sweep.csv", s->options.directory);
    LSA_TRY_MEMORY(path.failed ? NULL : path.data, "the table");
    LSA_TRY(sweep_table_write(s->ledger, &s->plan, path.data, err));
done:
    lsa_text_clear(&path);
    return status;
}

lsa_status sweep_run(sweep *s, lsa_error *err)
{
    lsa_error later = {0};
    const pool_work work = {.context = s,
                            .workers = s->options.workers,
                            .interrupt = s->options.interrupt,
                            .next = next_cell,
                            .answer = answer_cell,
                            .take = take_row,
                            .lost = lose_row,
                            .tick = tick};
    lsa_status status = pool_run(&work, err);
    const lsa_status flushed = sweep_ledger_flush(s->ledger, &later);
    if (status != LSA_OK && status != LSA_ERR_INTERRUPTED)
        return status;
    const lsa_status written = flushed == LSA_OK ? write_table(s, &later) : flushed;
    return written != LSA_OK ? lsa_error_copy(err, written, &later) : status;
}
