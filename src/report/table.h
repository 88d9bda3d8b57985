/* table.h - the cells of a table, for its renderings (csv.c, table_text.c, html.c). */
#ifndef LSAFLOW_REPORT_TABLE_H
#define LSAFLOW_REPORT_TABLE_H

#include "base/text.h"
#include "lsaflow/arena.h"
#include "report/report.h"

typedef struct lsa_cell {
    bool is_number;
    double number;
    const char *text; /* never NULL where the cell is no number */
} lsa_cell;

struct lsa_table {
    lsa_arena *arena; /* of the texts and the columns */
    ptrdiff_t n_columns;
    lsa_table_column *columns;
    lsa_cell *cells; /* row by row */
    ptrdiff_t count, capacity;
    bool failed; /* memory ran out: nothing is added any more */
};

/* LSA_ERR_MEMORY for a table that is NULL or has failed. */
lsa_status lsa_table_check(const lsa_table *table, lsa_error *err);

const lsa_cell *lsa_table_cell(const lsa_table *table, ptrdiff_t row, ptrdiff_t column);
const char *lsa_table_heading(const lsa_table_column *column);
/* Whether all cells of the column are numbers or empty: it is set flush right. */
bool lsa_table_is_numeric(const lsa_table *table, ptrdiff_t column);
/* The cell as readers see it, in the column's digits: one printable line; "-" where a number is none. */
void lsa_table_cell_text(const lsa_table *table, ptrdiff_t row, ptrdiff_t column, lsa_text *out);

#endif
