/* rows_table.c - some thousand rows at a time through the report's own CSV, the header once. */
#define _POSIX_C_SOURCE 200809L
#include "sweep/rows_table.h"

#include "base/text.h"
#include "base/try.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 4096 };

lsa_table *sweep_table_create(const sweep_plan *plan)
{
    static const char *const last[] = {"t_end", "end", "exit", "message"};
    const size_t n_last = sizeof last / sizeof *last, n = (size_t)(1 + plan->n_keys + plan->n_measures) + n_last;
    lsa_table_column *columns = calloc(n, sizeof *columns);
    size_t used = 0;
    if (columns == NULL)
        return NULL;
    columns[used++].name = "cell";
    for (ptrdiff_t k = 0; k < plan->n_keys; k++)
        columns[used++].name = plan->keys[k];
    for (ptrdiff_t k = 0; k < plan->n_measures; k++)
        columns[used++].name = plan->measures[k];
    for (size_t k = 0; k < n_last; k++)
        columns[used++].name = last[k];
    lsa_table *table = lsa_table_create((ptrdiff_t)n, columns);
    free(columns);
    return table;
}

void sweep_table_add(lsa_table *table, const sweep_row *row, const char *const *keys, ptrdiff_t n_keys)
{
    lsa_table_number(table, (double)(row->cell + 1));
    for (ptrdiff_t k = 0; k < n_keys; k++)
        lsa_table_string(table, keys[k]);
    for (ptrdiff_t k = 0; k < row->n_values; k++) {
        const sweep_value *value = &row->values[k];
        if (value->word != NULL || value->number != value->number)
            lsa_table_string(table, value->word != NULL ? value->word : "");
        else
            lsa_table_number(table, value->number);
    }
    if (row->t_end == row->t_end)
        lsa_table_number(table, row->t_end);
    else
        lsa_table_string(table, "");
    lsa_table_string(table, row->end);
    lsa_table_number(table, (double)row->exit);
    lsa_table_string(table, row->message);
}

/* A file on its way. */
typedef struct writer {
    const sweep_plan *plan;
    const char *path;
    FILE *file;
    lsa_table *table;
    bool begun;
} writer;

/* The rows gathered so far, without the header from the second time on. */
static lsa_status write_chunk(writer *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY_MEMORY(w->table, "the table");
    LSA_TRY(lsa_table_csv(w->table, &text, err));
    const char *newline = w->begun ? memchr(text.data, '\n', text.length) : NULL;
    const size_t skipped = newline != NULL ? (size_t)(newline + 1 - text.data) : 0;
    if (fwrite(text.data + skipped, 1, text.length - skipped, w->file) != text.length - skipped)
        LSA_TRY(lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", w->path, strerror(errno)));
    w->begun = true;
    lsa_table_destroy(w->table);
    w->table = sweep_table_create(w->plan);
done:
    lsa_text_clear(&text);
    return status;
}

static lsa_status add_row(void *context, const sweep_row *row, const char *const *keys, lsa_error *err)
{
    writer *w = context;
    sweep_table_add(w->table, row, keys, w->plan->n_keys);
    return lsa_table_rows(w->table) < CHUNK ? LSA_OK : write_chunk(w, err);
}

lsa_status sweep_table_write(sweep_ledger *ledger, const sweep_plan *plan, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text beside;
    lsa_text_init(&beside);
    lsa_text_printf(&beside, "%s.%ld-0.tmp", path, (long)getpid());
    writer w = {.plan = plan, .path = path};
    LSA_TRY_MEMORY(beside.failed ? NULL : beside.data, "the table");
    w.table = sweep_table_create(plan);
    w.file = fopen(beside.data, "wb");
    if (w.file == NULL)
        LSA_TRY(lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", beside.data, strerror(errno)));
    LSA_TRY(sweep_ledger_each(ledger, add_row, &w, err));
    LSA_TRY(write_chunk(&w, err));
    const int closed = fclose(w.file);
    w.file = NULL;
    if (closed != 0 || rename(beside.data, path) != 0)
        LSA_TRY(lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", path, strerror(errno)));
done:
    if (w.file != NULL)
        fclose(w.file);
    lsa_table_destroy(w.table);
    lsa_text_clear(&beside);
    return status;
}
