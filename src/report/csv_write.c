/* csv_write.c - tables as comma-separated values (RFC 4180, a record a line, ended by "\n"): what other programs read. */
#include "report/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Whether a spreadsheet would take the text for a formula: a number with a sign is none. */
static bool is_formula(const char *text)
{
    char *end;
    if (*text == '\0' || strchr("=+-@", *text) == NULL)
        return false;
    strtod(text, &end);
    return *end != '\0' || end == text;
}

/* A field, in quotes where it holds a separator or a quote; quotes inside are doubled. What would be run as a formula
 * starts with an apostrophe, by which spreadsheets know a text. A record is one line, whatever a text holds: gnuplot
 * reads lines. */
static void add_field(lsa_text *out, const char *text)
{
    const bool formula = is_formula(text), quoted = formula || strpbrk(text, ",\"") != NULL;
    lsa_text field;
    lsa_text_init(&field);
    lsa_report_printable(&field, text);
    out->failed = out->failed || field.failed;
    lsa_text_add(out, formula ? "\"'" : quoted ? "\"" : "");
    for (const char *c = field.failed ? "" : field.data; *c != '\0'; ++c)
        lsa_text_add_bytes(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    lsa_text_add(out, quoted ? "\"" : "");
    lsa_text_clear(&field);
}

static void add_header(lsa_text *out, const lsa_table_column *column)
{
    lsa_text name;
    lsa_text_init(&name);
    lsa_text_printf(&name, column->unit != NULL ? "%s [%s]" : "%s", column->name, column->unit);
    if (name.failed)
        out->failed = true;
    else
        add_field(out, name.data);
    lsa_text_clear(&name);
}

static void add_cell(lsa_text *out, const lsa_cell *cell)
{
    char number[32];
    if (cell->is_number)
        lsa_text_add(out, lsa_text_number(cell->number, number));
    else
        add_field(out, cell->text);
}

lsa_status lsa_table_csv(const lsa_table *table, lsa_text *out, lsa_error *err)
{
    const lsa_status status = lsa_table_check(table, err);
    if (status != LSA_OK)
        return status;
    for (ptrdiff_t column = 0; column < table->n_columns; ++column) {
        lsa_text_add(out, column > 0 ? "," : "");
        add_header(out, &table->columns[column]);
    }
    lsa_text_add(out, "\n");
    for (ptrdiff_t row = 0; row < lsa_table_rows(table); ++row) {
        for (ptrdiff_t column = 0; column < table->n_columns; ++column) {
            lsa_text_add(out, column > 0 ? "," : "");
            add_cell(out, lsa_table_cell(table, row, column));
        }
        lsa_text_add(out, "\n");
    }
    return out->failed ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a table") : LSA_OK;
}
