/* row.h - what one cell of a sweep came to: a row of its table, and of the ledger. */
#ifndef LSAFLOW_SWEEP_ROW_H
#define LSAFLOW_SWEEP_ROW_H

#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

struct lsa_text;

/* The value of a column: a word, or a number where that is NULL; NAN: there is none. */
typedef struct sweep_value {
    double number;
    const char *word;
} sweep_value;

enum { SWEEP_MESSAGE = 400 };

/* Texts are borrowed: from the program, from the worker, or from the bytes that the row was read from. */
typedef struct sweep_row {
    ptrdiff_t cell;
    int exit;            /* what the program would exit with, were this cell its model                          */
    const char *end;     /* the kind of the final point; "": there is none                                      */
    double t_end;        /* flow time of the end                                                                */
    const char *message; /* "" where all went well                                                              */
    double seconds;      /* of one processor; in the ledger alone                                               */
    double difference;   /* of a path that was followed by CVODE too: theirs; NAN: was not. In the ledger alone */
    ptrdiff_t n_values;
    const sweep_value *values; /* of the columns of `measure` */
} sweep_row;

enum { SWEEP_EXIT_FAILS = 1, SWEEP_EXIT_INPUT = 2, SWEEP_EXIT_NUMERICS = 3, SWEEP_EXIT_INCONCLUSIVE = 5 };
/* The worse of two: numerics before input before a claim that fails before one that is open before none. */
int sweep_exit_worse(int a, int b);

/* Appends the row as bytes for sweep_row_read of the same build of the program. */
void sweep_row_write(const sweep_row *row, struct lsa_text *out);
/* Reads them; `values` has room for n_values. False: these are no bytes of a row of so many values. */
bool sweep_row_read(const char *bytes, size_t length, ptrdiff_t n_values, sweep_value *values, sweep_row *out);

#endif
