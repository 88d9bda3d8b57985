/* ledger_merge.c - by SQL: the other file is attached, compared, copied. */
#include "sweep/ledger_merge.h"

#include "base/try.h"
#include "sweep/ledger_file.h"
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the plan of a file */

/* A file being read. */
typedef struct source {
    const char *path;
    sqlite3 *file;
    lsa_arena *arena;
} source;

static lsa_status unreadable(const source *s, lsa_error *err)
{
    return lsa_error_set(err, LSA_ERR_READ, "%s: no ledger of a sweep: %s", s->path, sqlite3_errmsg(s->file));
}

/* The texts that a query gives, one a row. */
static lsa_status read_texts(const source *s, const char *sql, ptrdiff_t most, const char **out, ptrdiff_t *count,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *query = NULL;
    *count = 0;
    if (sqlite3_prepare_v2(s->file, sql, -1, &query, NULL) != SQLITE_OK)
        return unreadable(s, err);
    while (*count < most && sqlite3_step(query) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(query, 0);
        out[*count] = lsa_arena_text(s->arena, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
        LSA_TRY_MEMORY(out[*count], "a ledger");
        ++*count;
    }
done:
    sqlite3_finalize(query);
    return status;
}

static lsa_status read_plan(const source *s, sweep_plan *out, lsa_error *err)
{
    enum { ITEMS = 6, MOST = 4096 };
    static const char query[] = "SELECT value FROM plan WHERE key IN ('cells', 'fingerprint', 'keys', 'measures', "
                                "'model', 'program') ORDER BY key";
    lsa_status status = LSA_OK;
    const char *items[ITEMS];
    ptrdiff_t count;
    const char **names = lsa_arena_alloc(s->arena, MOST, sizeof *names);
    LSA_TRY_MEMORY(names, "a ledger");
    LSA_TRY(read_texts(s, query, ITEMS, items, &count, err));
    if (count < ITEMS)
        return lsa_error_set(err, LSA_ERR_READ, "%s: no ledger of a sweep: it has no plan", s->path);
    *out = (sweep_plan){.n_cells = (ptrdiff_t)strtoll(items[0], NULL, 10),
                        .fingerprint = items[1],
                        .n_keys = (ptrdiff_t)strtoll(items[2], NULL, 10),
                        .n_measures = (ptrdiff_t)strtoll(items[3], NULL, 10),
                        .model = items[4],
                        .program = items[5]};
    LSA_TRY(read_texts(s, "SELECT name FROM pragma_table_info('cell')", MOST, names, &count, err));
    if (out->n_keys < 0 || out->n_measures < 0 || out->n_cells < 1 || out->n_keys + out->n_measures + 8 != count)
        return lsa_error_set(err, LSA_ERR_READ, "%s: no ledger of a sweep: its columns are not those of its plan",
                             s->path);
    out->keys = names + 1;
    out->measures = names + 1 + out->n_keys;
done:
    return status;
}

lsa_status sweep_merge_plan(const char *path, lsa_arena *arena, sweep_plan *out, lsa_error *err)
{
    source s = {.path = path, .arena = arena};
    lsa_status status;
    if (sqlite3_open_v2(path, &s.file, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK)
        status = read_plan(&s, out, err);
    else
        status = unreadable(&s, err);
    sqlite3_close(s.file);
    return status;
}

/* ---------------------------------------------------------------- rows */

/* The number that a query gives. */
static lsa_status ask_number(sweep_ledger *ledger, const char *sql, ptrdiff_t *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *query = NULL;
    LSA_TRY(ledger_prepare(ledger, sql, &query, err));
    if (sqlite3_step(query) != SQLITE_ROW)
        status = ledger_failed(ledger, err);
    else
        *out = (ptrdiff_t)sqlite3_column_int64(query, 0);
done:
    sqlite3_finalize(query);
    return status;
}

static lsa_status attach(sweep_ledger *ledger, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sqlite3_stmt *add = NULL;
    LSA_TRY(ledger_prepare(ledger, "ATTACH ? AS other", &add, err));
    sqlite3_bind_text(add, 1, path, -1, SQLITE_STATIC);
    if (sqlite3_step(add) != SQLITE_DONE)
        status = ledger_failed(ledger, err);
done:
    sqlite3_finalize(add);
    return status;
}

/* Attempts without rows are no witnesses: this sitting's own is one. */
static lsa_status check_other(sweep_ledger *ledger, const char *path, bool mixed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t count = 0;
    LSA_TRY(ask_number(ledger,
                       "SELECT count(*) FROM (SELECT * FROM main.plan EXCEPT SELECT * FROM other.plan) UNION ALL "
                       "SELECT count(*) FROM (SELECT * FROM other.plan EXCEPT SELECT * FROM main.plan) "
                       "ORDER BY 1 DESC LIMIT 1",
                       &count, err));
    if (count > 0)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: a sweep of another model, options or version of the program",
                             path);
    LSA_TRY(ask_number(ledger,
                       "SELECT count(DISTINCT processor) FROM (SELECT processor FROM main.attempt WHERE attempt IN "
                       "(SELECT attempt FROM main.cell) UNION SELECT processor FROM other.attempt WHERE attempt IN "
                       "(SELECT attempt FROM other.cell))",
                       &count, err));
    if (count > 1 && !mixed)
        return lsa_error_set(err, LSA_ERR_INPUT,
                             "%s: its rows come from another kind of processor, where last digits may differ; --mixed "
                             "joins them all the same",
                             path);
done:
    return status;
}

static lsa_status copy_rows(sweep_ledger *ledger, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(
        ledger_run(ledger,
                   "BEGIN; CREATE TEMP TABLE offset AS SELECT max(attempt) AS most FROM main.attempt;"
                   "INSERT INTO main.attempt SELECT attempt + most, host, processor, begun FROM other.attempt, offset;"
                   "INSERT OR REPLACE INTO main.cell SELECT * FROM other.cell;"
                   "UPDATE main.cell SET attempt = attempt + (SELECT most FROM offset) WHERE cell IN "
                   "(SELECT cell FROM other.cell);"
                   "DROP TABLE offset; COMMIT",
                   err));
    LSA_TRY(ask_number(ledger, "SELECT count(*) FROM main.cell", &ledger->rows, err));
done:
    return status;
}

lsa_status sweep_merge_add(sweep_ledger *ledger, const char *path, bool mixed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(sweep_ledger_flush(ledger, err));
    LSA_TRY(attach(ledger, path, err));
    status = check_other(ledger, path, mixed, err);
    if (status == LSA_OK)
        status = copy_rows(ledger, err);
    lsa_error later = {0};
    const lsa_status detached = ledger_run(ledger, "DETACH other", &later);
    if (status == LSA_OK && detached != LSA_OK)
        status = lsa_error_set(err, detached, "%s", later.text);
done:
    return status;
}
