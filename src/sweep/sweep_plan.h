/* sweep_plan.h - what the cells and columns of a sweep are, and which model and program they belong to. */
#ifndef LSAFLOW_SWEEP_SWEEP_PLAN_H
#define LSAFLOW_SWEEP_SWEEP_PLAN_H

#include <stddef.h>

typedef struct sweep_plan {
    const char *model;       /* its name                                                          */
    const char *fingerprint; /* of the model file, its options and the files that it names, as text */
    const char *program;     /* the version                                                       */
    ptrdiff_t n_cells, n_keys, n_measures;
    const char *const *keys, *const *measures; /* names of columns; no two are alike, none is one of the table's own */
} sweep_plan;

#endif
