/* table.c - a table filled row by row; its texts live in an arena and die with it. */
#include "report/table.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *keep(lsa_table *table, const char *text)
{
    if (text == NULL)
        return NULL;
    const char *copy = lsa_arena_text(table->arena, text, strlen(text));
    table->failed = table->failed || copy == NULL;
    return copy;
}

lsa_table *lsa_table_create(ptrdiff_t n_columns, const lsa_table_column *columns)
{
    assert(n_columns > 0);
    lsa_table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->n_columns = n_columns;
    table->arena = lsa_arena_create();
    if (table->arena != NULL)
        table->columns = lsa_arena_alloc(table->arena, (size_t)n_columns, sizeof *table->columns);
    table->failed = table->columns == NULL;
    for (ptrdiff_t k = 0; !table->failed && k < n_columns; ++k) {
        table->columns[k] = columns[k];
        table->columns[k].name = keep(table, columns[k].name);
        table->columns[k].unit = keep(table, columns[k].unit);
        table->columns[k].heading = keep(table, columns[k].heading);
    }
    return table;
}

void lsa_table_destroy(lsa_table *table)
{
    if (table == NULL)
        return;
    lsa_arena_destroy(table->arena);
    free(table->cells);
    free(table);
}

static void add(lsa_table *table, lsa_cell cell)
{
    if (table->count == table->capacity) {
        const ptrdiff_t capacity = table->capacity > 0 ? 2 * table->capacity : 64;
        lsa_cell *cells = (size_t)capacity <= SIZE_MAX / 2 / sizeof *cells
                              ? realloc(table->cells, (size_t)capacity * sizeof *cells)
                              : NULL;
        table->failed = cells == NULL;
        if (table->failed)
            return;
        table->cells = cells;
        table->capacity = capacity;
    }
    table->cells[table->count++] = cell;
}

void lsa_table_number(lsa_table *table, double value)
{
    if (table != NULL && !table->failed)
        add(table, (lsa_cell){.is_number = true, .number = value});
}

void lsa_table_string(lsa_table *table, const char *text)
{
    if (table == NULL || table->failed)
        return;
    const char *copy = keep(table, text != NULL ? text : "");
    if (copy != NULL)
        add(table, (lsa_cell){.text = copy});
}

ptrdiff_t lsa_table_rows(const lsa_table *table)
{
    return table != NULL ? table->count / table->n_columns : 0;
}

lsa_status lsa_table_check(const lsa_table *table, lsa_error *err)
{
    if (table == NULL || table->failed)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a table");
    assert(table->count % table->n_columns == 0);
    return LSA_OK;
}

const lsa_cell *lsa_table_cell(const lsa_table *table, ptrdiff_t row, ptrdiff_t column)
{
    return &table->cells[row * table->n_columns + column];
}

const char *lsa_table_heading(const lsa_table_column *column)
{
    return column->heading != NULL ? column->heading : column->name;
}

bool lsa_table_is_numeric(const lsa_table *table, ptrdiff_t column)
{
    for (ptrdiff_t row = 0; row < lsa_table_rows(table); ++row) {
        const lsa_cell *cell = lsa_table_cell(table, row, column);
        if (!cell->is_number && *cell->text != '\0')
            return false;
    }
    return true;
}

void lsa_table_cell_text(const lsa_table *table, ptrdiff_t row, ptrdiff_t column, lsa_text *out)
{
    const lsa_cell *cell = lsa_table_cell(table, row, column);
    const int digits = table->columns[column].digits > 0 ? table->columns[column].digits : 6;
    if (!cell->is_number)
        lsa_report_printable(out, cell->text);
    else if (isnan(cell->number))
        lsa_text_add(out, "-");
    else if (isinf(cell->number))
        lsa_text_add(out, cell->number > 0 ? "∞" : "-∞");
    else
        lsa_text_printf(out, "%.*g", digits, cell->number);
}
