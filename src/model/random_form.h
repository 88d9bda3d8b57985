/* random_form.h - covariances that are drawn anew for every prompt. */
#ifndef LSAFLOW_MODEL_RANDOM_FORM_H
#define LSAFLOW_MODEL_RANDOM_FORM_H

#include "model/reading.h"

/* Fills kind, dimension, law and mean of *out from the mapping under `random`, which the schema has checked.
 * d        the dimension, or 0 where the law must give it.
 * Fails with LSA_ERR_INPUT (dimension, parameters, weights, a random component), and as lsa_covariance_read. */
lsa_status lsa_random_read(lsa_reading *reading, const lsa_node *random, ptrdiff_t d, lsa_covariance *out,
                           lsa_error *err);

#endif
