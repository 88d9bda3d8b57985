/* array.h - lists of numbers in a model file, as matrices. A matrix is a list of rows, a vector a flat list. */
#ifndef LSAFLOW_MODEL_ARRAY_H
#define LSAFLOW_MODEL_ARRAY_H

#include "model/yaml.h"

/* How a value is written: a number, a flat list, or a list of rows; and its shape (a flat list is n x 1).
 * LSA_ERR_INPUT when it is none of these, or rows differ in length. Every entry is checked to be a finite number. */
typedef enum lsa_array_form { LSA_ARRAY_NUMBER, LSA_ARRAY_VECTOR, LSA_ARRAY_MATRIX } lsa_array_form;
lsa_status lsa_array_shape(const lsa_node *node, lsa_array_form *form, ptrdiff_t *rows, ptrdiff_t *cols,
                           lsa_error *err);

/* The numbers, rows x cols column-major, into out. The value must have exactly this shape and be written as `form`;
 * a vector may also be written as rows of one number. */
lsa_status lsa_array_read(const lsa_node *node, lsa_array_form form, ptrdiff_t rows, ptrdiff_t cols, double *out,
                          lsa_error *err);

#endif
