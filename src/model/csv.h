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
 * Fails with LSA_ERR_READ; LSA_ERR_INPUT (file:line:column, or at `columns`); LSA_ERR_MEMORY.
 * The caller clears *out, also after a failure. */
lsa_status lsa_csv_read(const char *path, const lsa_node *columns, lsa_csv *out, lsa_error *err);
void lsa_csv_clear(lsa_csv *csv);

#endif
