/* reading.h - what the readers of one model file share: memory with a bound, the folder of relative paths, and the
 * covariances and rows already made, so that the runs of `vary` do not decompose one matrix again and again. */
#ifndef LSAFLOW_MODEL_READING_H
#define LSAFLOW_MODEL_READING_H

#include "lsaflow/arena.h"
#include "lsaflow/model.h"
#include "lsaflow/statement.h"
#include "model/yaml.h"

/* Doubles that one model may hold: two matrices of the largest size with their bases, some 13 GB. */
#define LSA_READING_NUMBERS 1.6e9

/* A covariance made from a node, for dimension `asked` (0: the form's own). */
typedef struct lsa_made_covariance {
    const lsa_node *node;
    int version; /* of the node: a change below it makes it another form */
    ptrdiff_t asked;
    const lsa_covariance *train; /* of a scaled training covariance */
    double factor;
    const lsa_covariance *covariance;
    struct lsa_made_covariance *next;
} lsa_made_covariance;

/* Rows of data made from a `task`, and their second moment. */
typedef struct lsa_made_rows {
    const lsa_node *node;
    int version;
    const lsa_covariance *train; /* that the moment was compared with */
    ptrdiff_t n;
    double *rows, *labels;
    const lsa_covariance *covariance;
    struct lsa_made_rows *next;
} lsa_made_rows;

/* A file that was named, the last first. */
typedef struct lsa_read_file {
    const char *path;
    struct lsa_read_file *next;
} lsa_read_file;

typedef struct lsa_reading {
    lsa_arena *arena;
    lsa_read_file *files;
    const char *directory; /* with its slash; "" for the working directory */
    double numbers;        /* doubles given out so far                     */
    lsa_made_covariance *made;
    lsa_made_rows *rows;
    /* The statement of the last run, reused while nothing that it depends on has changed. */
    const lsa_node *statement_node, *values_node;
    int statement_version, values_version;
    ptrdiff_t statement_d, statement_rank;
    const lsa_statement *statement;
} lsa_reading;

/* `count` zeroed doubles in the arena. LSA_ERR_INPUT at `node` beyond the bound, LSA_ERR_MEMORY. */
lsa_status lsa_reading_numbers(lsa_reading *reading, const lsa_node *node, ptrdiff_t rows, ptrdiff_t cols, double **out,
                               lsa_error *err);

/* The path of a file that a model names: relative to the model's folder. LSA_ERR_INPUT when it is no regular file, so
 * that reading it ends. */
lsa_status lsa_reading_path(lsa_reading *reading, const lsa_node *node, const char **out, lsa_error *err);

/* Appends the place of the key that was being read. */
void lsa_reading_add_place(const lsa_node *node, lsa_error *err);

#endif
