/* table_text.c - tables for terminals: aligned columns, two spaces between them, a rule under the headings. */
#include "report/table.h"

#include "base/try.h"
#include "report/stream.h"
#include "report/utf8_text.h"

#include <stdlib.h>
#include <string.h>

/* How each column is set. */
typedef struct column_layout {
    ptrdiff_t width; /* in terminal columns */
    bool right;      /* flush right         */
} column_layout;

static void add_repeated(lsa_text *out, const char *piece, ptrdiff_t times)
{
    for (ptrdiff_t k = 0; k < times; ++k)
        lsa_text_add(out, piece);
}

/* The ANSI colour of a verdict; "" for any other word. */
static const char *colour_of(const char *verdict)
{
    static const struct {
        const char *word, *colour;
    } colours[] = {{"holds", "\033[32m"},
                   {"proved", "\033[32m"},
                   {"fails", "\033[1;31m"},
                   {"inconclusive", "\033[33m"},
                   {"not-applicable", "\033[2m"}};
    for (size_t k = 0; k < sizeof colours / sizeof *colours; ++k)
        if (strcmp(verdict, colours[k].word) == 0)
            return colours[k].colour;
    return "";
}

/* One cell; the last column gets no trailing spaces. */
static void add_cell(lsa_text *out, const char *text, column_layout layout, bool last, bool colour)
{
    const ptrdiff_t padding = layout.width - lsa_utf8_width(text);
    const char *on = colour ? colour_of(text) : "";
    if (layout.right)
        add_repeated(out, " ", padding);
    lsa_text_add(out, on);
    lsa_text_add(out, text);
    lsa_text_add(out, *on != '\0' ? "\033[0m" : "");
    if (!layout.right && !last)
        add_repeated(out, " ", padding);
    lsa_text_add(out, last ? "\n" : "  ");
}

/* The heading, or the cell in that row, into the emptied buffer. */
static const char *cell_text(const lsa_table *table, ptrdiff_t row, ptrdiff_t column, lsa_text *buffer)
{
    buffer->length = 0;
    if (row < 0)
        lsa_report_printable(buffer, lsa_table_heading(&table->columns[column]));
    else
        lsa_table_cell_text(table, row, column, buffer);
    return buffer->length > 0 ? buffer->data : "";
}

static void measure(const lsa_table *table, lsa_text *buffer, column_layout *layout)
{
    for (ptrdiff_t column = 0; column < table->n_columns; ++column) {
        layout[column] = (column_layout){0, lsa_table_is_numeric(table, column)};
        for (ptrdiff_t row = -1; row < lsa_table_rows(table); ++row) {
            const ptrdiff_t width = lsa_utf8_width(cell_text(table, row, column, buffer));
            if (width > layout[column].width)
                layout[column].width = width;
        }
    }
}

static void add_rule(const lsa_table *table, const column_layout *layout, lsa_text *out)
{
    for (ptrdiff_t column = 0; column < table->n_columns; ++column) {
        add_repeated(out, "─", layout[column].width);
        lsa_text_add(out, column + 1 == table->n_columns ? "\n" : "  ");
    }
}

lsa_status lsa_table_render(const lsa_table *table, bool colour, lsa_text *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    column_layout *layout = NULL;
    lsa_text buffer;
    lsa_text_init(&buffer);
    LSA_TRY(lsa_table_check(table, err));
    layout = calloc((size_t)table->n_columns, sizeof *layout);
    LSA_TRY_MEMORY(layout, "a table");
    measure(table, &buffer, layout);
    for (ptrdiff_t row = -1; row < lsa_table_rows(table); ++row) {
        for (ptrdiff_t column = 0; column < table->n_columns; ++column) {
            const bool coloured = colour && row >= 0 && table->columns[column].verdict;
            add_cell(out, cell_text(table, row, column, &buffer), layout[column], column + 1 == table->n_columns,
                     coloured);
        }
        if (row < 0)
            add_rule(table, layout, out);
    }
    LSA_TRY_MEMORY(out->failed || buffer.failed ? NULL : out, "a table");
done:
    lsa_text_clear(&buffer);
    free(layout);
    return status;
}

lsa_status lsa_table_print(const lsa_table *table, FILE *stream, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_table_render(table, lsa_stream_has_colour(stream), &text, err));
    LSA_TRY(lsa_stream_write(stream, &text, err));
done:
    lsa_text_clear(&text);
    return status;
}
