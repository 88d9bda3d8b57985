/* number.h - what counts as a number in a model file.
 *
 * Decimal digits with an optional sign, point and exponent: 40, -1.5, .5, 1e-10. No leading zeros, no 0x, 0o or
 * underscores, no quotes; infinity is .inf where a key allows it; NaN is no value. */
#ifndef LSAFLOW_MODEL_NUMBER_H
#define LSAFLOW_MODEL_NUMBER_H

#include "model/yaml.h"
#include <stdint.h>

/* Reads text as a double (+-INFINITY for .inf); false when it is no number or too large for a double. */
bool lsa_number_parse(const char *text, double *out);

/* Every integer up to it is a double, and no other number is read as one: 2^53. */
#define LSA_LARGEST_INTEGER 9007199254740992

/* An integer from -2^53 to 2^53, to its last digit, however it is written: 40, 4e1, 40.0. False for any other number,
 * also for one that only its double would take for an integer: 9007199254740993, 1.00000000000000000001. */
bool lsa_integer_parse(const char *text, double *out);

/* The same of a plain scalar node. */
bool lsa_node_number(const lsa_node *node, double *out);
bool lsa_node_integer(const lsa_node *node, double *out);

/* An integer from 0 to 2^64 - 1, digits only. */
bool lsa_seed_parse(const char *text, uint64_t *out);

/* Why a scalar that looks like a number is none: "; a number has no leading zeros", ..., or "". */
const char *lsa_number_hint(const lsa_node *node);

#endif
