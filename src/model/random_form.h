/* random_form.h - covariances that are drawn anew for every prompt. */
#ifndef LSAFLOW_MODEL_RANDOM_FORM_H
#define LSAFLOW_MODEL_RANDOM_FORM_H

#include "model/reading.h"

/* Reads a fixed covariance that the law is made of (lsa_covariance_read_fixed). */
typedef lsa_status lsa_part_reader(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                                   const char *what, lsa_error *err);

/* Fills kind, dimension, law and mean of *out from the mapping under `random`, which the schema has checked.
 * d        the dimension, or 0 where the law must give it.
 * Fails with LSA_ERR_INPUT (dimension, parameters, weights, a random component), and as lsa_covariance_read. */
lsa_status lsa_random_read(lsa_reading *reading, const lsa_node *random, ptrdiff_t d, lsa_part_reader *read_part,
                           lsa_covariance *out, lsa_error *err);

#endif
