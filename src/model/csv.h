/* csv.h - numbers from a comma-separated file: the columns that were asked for, nothing else. */
#ifndef LSAFLOW_MODEL_CSV_H
#define LSAFLOW_MODEL_CSV_H

#include "lsaflow/status.h"
#include "model/yaml.h"

/* Bytes of a file; its numbers then take at most four times as much. */
#define LSA_CSV_BYTES ((size_t)256 << 20)

/* rows x cols numbers, row by row. */
typedef struct lsa_csv {
    ptrdiff_t rows, cols;
    double *values;
} lsa_csv;

/* Reads the file. Fields are separated by commas and may be quoted ("" for a quote inside); empty lines and lines that
 * begin with # are skipped; the first row is a header when one of the wanted columns in it is no number.
 * columns  a scalar or a list of scalars: names in the header, or numbers from 1; NULL for all columns.
 * label    a scalar that names one more column, which becomes the last and is none of the others; NULL: none.
 * Fails with LSA_ERR_READ; LSA_ERR_INPUT (file:line:column, or at `columns`); LSA_ERR_MEMORY.
 * The caller clears *out, also after a failure. */
lsa_status lsa_csv_read(const char *path, const lsa_node *columns, const lsa_node *label, lsa_csv *out, lsa_error *err);
void lsa_csv_clear(lsa_csv *csv);

/* Subtracts each column's mean and divides by its standard deviation (the root of its mean squared deviation), as
 * asked. LSA_ERR_INPUT at `node` where a column that is to be divided is constant. */
lsa_status lsa_csv_prepare(lsa_csv *csv, bool center, bool standardize, const lsa_node *node, lsa_error *err);

#endif
