/* ledger.c - SQLite: statements are prepared once, a thousand rows are one transaction. */
#define _GNU_SOURCE
#include "sweep/ledger_file.h"

#include "base/text.h"
#include "base/try.h"
#include "sweep/machine.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1000, LOCK_TRIES = 40, FORMAT = 1 };

/* ---------------------------------------------------------------- SQLite */

lsa_status ledger_failed(const sweep_ledger *ledger, lsa_error *err)
{
    return lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", ledger->path, sqlite3_errmsg(ledger->file));
}

lsa_status ledger_run(sweep_ledger *ledger, const char *sql, lsa_error *err)
{
    return sqlite3_exec(ledger->file, sql, NULL, NULL, NULL) == SQLITE_OK ? LSA_OK : ledger_failed(ledger, err);
}

lsa_status ledger_prepare(sweep_ledger *ledger, const char *sql, sqlite3_stmt **out, lsa_error *err)
{
    return sqlite3_prepare_v2(ledger->file, sql, -1, out, NULL) == SQLITE_OK ? LSA_OK : ledger_failed(ledger, err);
}

/* A name as SQL quotes it. */
static void add_name(lsa_text *sql, const char *name)
{
    lsa_text_add(sql, "\"");
    for (const char *c = name; *c != '\0'; c++)
        lsa_text_printf(sql, *c == '"' ? "\"\"" : "%c", *c);
    lsa_text_add(sql, "\"");
}

/* ", "a" TEXT, "b" TEXT": the columns of the plan, with their type or "". */
static void add_columns(const sweep_plan *plan, const char *key_type, lsa_text *sql)
{
    for (ptrdiff_t k = 0; k < plan->n_keys; k++) {
        lsa_text_add(sql, ", ");
        add_name(sql, plan->keys[k]);
        lsa_text_add(sql, key_type);
    }
    for (ptrdiff_t k = 0; k < plan->n_measures; k++) {
        lsa_text_add(sql, ", ");
        add_name(sql, plan->measures[k]);
    }
}

static lsa_status run_text(sweep_ledger *ledger, const lsa_text *sql, sqlite3_stmt **statement, lsa_error *err)
{
    if (sql->failed)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the ledger");
    return statement != NULL ? ledger_prepare(ledger, sql->data, statement, err) : ledger_run(ledger, sql->data, err);
}

/* ---------------------------------------------------------------- tables */

static lsa_status make_tables(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text sql;
    lsa_text_init(&sql);
    lsa_text_add(&sql, "CREATE TABLE IF NOT EXISTS plan(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
                       "CREATE TABLE IF NOT EXISTS attempt(attempt INTEGER PRIMARY KEY, host TEXT, processor TEXT, "
                       "begun TEXT);"
                       "CREATE TABLE IF NOT EXISTS cell(cell INTEGER PRIMARY KEY");
    add_columns(&ledger->plan, " TEXT", &sql);
    lsa_text_add(&sql, ", t_end, \"end\" TEXT, exit INTEGER, message TEXT, difference, seconds REAL, attempt INTEGER)");
    LSA_TRY(run_text(ledger, &sql, NULL, err));
done:
    lsa_text_clear(&sql);
    return status;
}

static lsa_status prepare_rows(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text sql;
    const ptrdiff_t n = ledger->plan.n_keys + ledger->plan.n_measures + 8;
    lsa_text_init(&sql);
    lsa_text_add(&sql, "INSERT OR REPLACE INTO cell VALUES(?");
    for (ptrdiff_t k = 1; k < n; k++)
        lsa_text_add(&sql, ",?");
    lsa_text_add(&sql, ")");
    LSA_TRY(run_text(ledger, &sql, &ledger->insert, err));
    sql.length = 0;
    lsa_text_add(&sql, "SELECT cell");
    add_columns(&ledger->plan, "", &sql);
    lsa_text_add(&sql, ", t_end, \"end\", exit, message, difference, seconds FROM cell ORDER BY cell");
    LSA_TRY(run_text(ledger, &sql, &ledger->select, err));
done:
    lsa_text_clear(&sql);
    return status;
}

/* The value that the plan in the file has under a key, a new string; *out NULL: none. */
static lsa_status planned(sweep_ledger *ledger, const char *key, char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *find = NULL;
    *out = NULL;
    LSA_TRY(ledger_prepare(ledger, "SELECT value FROM plan WHERE key = ?", &find, err));
    sqlite3_bind_text(find, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(find) == SQLITE_ROW) {
        *out = strdup((const char *)sqlite3_column_text(find, 0));
        LSA_TRY_MEMORY(*out, "the ledger");
    }
done:
    sqlite3_finalize(find);
    return status;
}

static lsa_status set_planned(sweep_ledger *ledger, const char *key, const char *value, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *set = NULL;
    LSA_TRY(ledger_prepare(ledger, "INSERT INTO plan VALUES(?, ?)", &set, err));
    sqlite3_bind_text(set, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(set, 2, value, -1, SQLITE_STATIC);
    if (sqlite3_step(set) != SQLITE_DONE)
        status = ledger_failed(ledger, err);
done:
    sqlite3_finalize(set);
    return status;
}

/* The file's plan is this one, or becomes it. */
static lsa_status agree(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const sweep_plan *plan = &ledger->plan;
    char cells[24], keys[24], measures[24], format[24];
    snprintf(cells, sizeof cells, "%td", plan->n_cells);
    snprintf(keys, sizeof keys, "%td", plan->n_keys);
    snprintf(measures, sizeof measures, "%td", plan->n_measures);
    snprintf(format, sizeof format, "%d", FORMAT);
    const struct {
        const char *key, *value, *what;
    } items[] = {{"fingerprint", plan->fingerprint, "the model, its options or a file that it names has changed"},
                 {"program", plan->program, "it was made by another version of the program"},
                 {"cells", cells, "it has another number of cells"},
                 {"keys", keys, "it has another number of keys"},
                 {"measures", measures, "it has another number of columns"},
                 {"format", format, "it is laid out by another version"},
                 {"model", plan->model, "it is another model's"}};
    char *found = NULL;
    for (size_t k = 0; k < sizeof items / sizeof *items; k++) {
        free(found);
        LSA_TRY(planned(ledger, items[k].key, &found, err));
        if (found == NULL)
            LSA_TRY(set_planned(ledger, items[k].key, items[k].value, err));
        else if (strcmp(found, items[k].value) != 0)
            LSA_TRY(lsa_error_set(err, LSA_ERR_INPUT, "%s: %s: '%s', and now '%s'", ledger->path, items[k].what, found,
                                  items[k].value));
    }
done:
    free(found);
    return status;
}

static lsa_status count_rows(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *count = NULL;
    LSA_TRY(ledger_prepare(ledger, "SELECT count(*) FROM cell", &count, err));
    if (sqlite3_step(count) == SQLITE_ROW)
        ledger->rows = (ptrdiff_t)sqlite3_column_int64(count, 0);
    else
        status = ledger_failed(ledger, err);
done:
    sqlite3_finalize(count);
    return status;
}

/* This sitting. */
static lsa_status begin_attempt(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *add = NULL;
    char host[SWEEP_MACHINE], processor[SWEEP_MACHINE];
    LSA_TRY(
        ledger_prepare(ledger, "INSERT INTO attempt(host, processor, begun) VALUES(?, ?, datetime('now'))", &add, err));
    sqlite3_bind_text(add, 1, sweep_machine_host(host), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(add, 2, sweep_machine_processor(processor), -1, SQLITE_TRANSIENT);
    if (sqlite3_step(add) != SQLITE_DONE)
        status = ledger_failed(ledger, err);
    ledger->attempt = (ptrdiff_t)sqlite3_last_insert_rowid(ledger->file);
done:
    sqlite3_finalize(add);
    return status;
}

/* ---------------------------------------------------------------- life */

/* The folder, so that one sweep at a time writes into it; the workers of one that was killed may need a moment to end. */
static lsa_status lock_folder(sweep_ledger *ledger, lsa_error *err)
{
    const char *slash = strrchr(ledger->path, '/');
    char *folder = slash != NULL ? strndup(ledger->path, (size_t)(slash - ledger->path) + 1) : strdup(".");
    if (folder == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the ledger");
    ledger->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int failure = errno;
    free(folder);
    if (ledger->lock < 0)
        return lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", ledger->path, strerror(failure));
    for (int k = 0; k < LOCK_TRIES; k++) {
        const struct timespec moment = {.tv_nsec = 50000000};
        if (flock(ledger->lock, LOCK_EX | LOCK_NB) == 0)
            return LSA_OK;
        nanosleep(&moment, NULL);
    }
    return lsa_error_set(err, LSA_ERR_WRITE, "%s: another sweep is writing here", ledger->path);
}

static lsa_status open_file(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (sqlite3_open(ledger->path, &ledger->file) != SQLITE_OK)
        return ledger_failed(ledger, err);
    LSA_TRY(ledger_run(ledger, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", err));
    LSA_TRY(ledger_run(ledger, "BEGIN", err));
    LSA_TRY(make_tables(ledger, err));
    LSA_TRY(agree(ledger, err));
    LSA_TRY(prepare_rows(ledger, err));
    LSA_TRY(count_rows(ledger, err));
    LSA_TRY(begin_attempt(ledger, err));
    LSA_TRY(ledger_run(ledger, "COMMIT", err));
done:
    return status;
}

lsa_status sweep_ledger_create(const char *path, const sweep_plan *plan, bool resume, sweep_ledger **out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    sweep_ledger *ledger = calloc(1, sizeof *ledger);
    LSA_TRY_MEMORY(ledger, "the ledger");
    ledger->lock = -1;
    ledger->plan = *plan;
    ledger->path = strdup(path);
    ledger->values = calloc((size_t)plan->n_measures + 1, sizeof *ledger->values);
    ledger->keys = calloc((size_t)plan->n_keys + 1, sizeof *ledger->keys);
    LSA_TRY_MEMORY(ledger->path, "the ledger");
    LSA_TRY_MEMORY(ledger->values, "the ledger");
    LSA_TRY_MEMORY(ledger->keys, "the ledger");
    if (strcmp(path, ":memory:") != 0) {
        LSA_TRY(lock_folder(ledger, err));
        if (!resume && access(path, F_OK) == 0)
            LSA_TRY(lsa_error_set(err, LSA_ERR_INPUT,
                                  "%s: there is a sweep already; --resume goes on with it, another --out keeps it",
                                  path));
    }
    LSA_TRY(open_file(ledger, err));
    *out = ledger;
    ledger = NULL;
done:
    sweep_ledger_destroy(ledger);
    return status;
}

void sweep_ledger_destroy(sweep_ledger *ledger)
{
    if (ledger == NULL)
        return;
    sqlite3_finalize(ledger->insert);
    sqlite3_finalize(ledger->select);
    sqlite3_close(ledger->file);
    if (ledger->lock >= 0)
        close(ledger->lock);
    free(ledger->keys);
    free(ledger->values);
    free(ledger->path);
    free(ledger);
}

/* ---------------------------------------------------------------- rows */

/* NAN is what SQLite writes as NULL by itself; zeros lose their sign in it, and so do all. */
static void bind_number(sqlite3_stmt *s, int place, double x)
{
    sqlite3_bind_double(s, place, x == 0.0 ? 0.0 : x);
}

lsa_status sweep_ledger_add(sweep_ledger *ledger, const sweep_row *row, const char *const *keys, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *s = ledger->insert;
    int place = 1;
    if (ledger->pending == 0)
        LSA_TRY(ledger_run(ledger, "BEGIN", err));
    sqlite3_bind_int64(s, place++, row->cell + 1);
    for (ptrdiff_t k = 0; k < ledger->plan.n_keys; k++)
        sqlite3_bind_text(s, place++, keys[k], -1, SQLITE_STATIC);
    for (ptrdiff_t k = 0; k < row->n_values; k++, place++) {
        if (row->values[k].word != NULL)
            sqlite3_bind_text(s, place, row->values[k].word, -1, SQLITE_STATIC);
        else
            bind_number(s, place, row->values[k].number);
    }
    bind_number(s, place++, row->t_end);
    sqlite3_bind_text(s, place++, row->end, -1, SQLITE_STATIC);
    sqlite3_bind_int(s, place++, row->exit);
    sqlite3_bind_text(s, place++, row->message, -1, SQLITE_STATIC);
    bind_number(s, place++, row->difference);
    bind_number(s, place++, row->seconds);
    sqlite3_bind_int64(s, place++, ledger->attempt);
    const int done_step = sqlite3_step(s);
    sqlite3_reset(s);
    if (done_step != SQLITE_DONE)
        return ledger_failed(ledger, err);
    ledger->rows++;
    if (++ledger->pending >= BATCH)
        LSA_TRY(sweep_ledger_flush(ledger, err));
done:
    return status;
}

lsa_status sweep_ledger_flush(sweep_ledger *ledger, lsa_error *err)
{
    if (ledger->pending == 0)
        return LSA_OK;
    ledger->pending = 0;
    return ledger_run(ledger, "COMMIT", err);
}

ptrdiff_t sweep_ledger_count(const sweep_ledger *ledger)
{
    return ledger->rows;
}

static const char *text_at(sqlite3_stmt *s, int place)
{
    const unsigned char *text = sqlite3_column_text(s, place);
    return text != NULL ? (const char *)text : "";
}

static double number_at(sqlite3_stmt *s, int place)
{
    return sqlite3_column_type(s, place) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, place);
}

static void read_row(sweep_ledger *ledger, sweep_row *row)
{
    sqlite3_stmt *s = ledger->select;
    int place = 1;
    for (ptrdiff_t k = 0; k < ledger->plan.n_keys; k++)
        ledger->keys[k] = text_at(s, place++);
    for (ptrdiff_t k = 0; k < ledger->plan.n_measures; k++, place++) {
        const bool word = sqlite3_column_type(s, place) == SQLITE_TEXT;
        ledger->values[k] = (sweep_value){.number = word ? (double)NAN : number_at(s, place)};
        ledger->values[k].word = word ? text_at(s, place) : NULL;
    }
    *row = (sweep_row){.cell = (ptrdiff_t)sqlite3_column_int64(s, 0) - 1, .n_values = ledger->plan.n_measures};
    row->values = ledger->values;
    row->t_end = number_at(s, place++);
    row->end = text_at(s, place++);
    row->exit = sqlite3_column_int(s, place++);
    row->message = text_at(s, place++);
    row->difference = number_at(s, place++);
    row->seconds = number_at(s, place);
}

lsa_status sweep_ledger_each(sweep_ledger *ledger, sweep_ledger_visit *visit, void *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int step;
    while ((step = sqlite3_step(ledger->select)) == SQLITE_ROW) {
        sweep_row row;
        read_row(ledger, &row);
        LSA_TRY(visit(context, &row, ledger->keys, err));
    }
    if (step != SQLITE_DONE)
        status = ledger_failed(ledger, err);
done:
    sqlite3_reset(ledger->select);
    return status;
}
