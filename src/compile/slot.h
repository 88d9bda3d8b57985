/* slot.h - what stands between two parameters of a product: linear combinations of words of constants.
 *
 * A slot is kept as symbols until no more terms can be merged into it, and only then multiplied out, once. Canonical
 * form: letters that are multiples of the identity have left for the coefficient, neighbouring diagonal letters are
 * sorted (they commute), words are sorted, the largest weight is 1. Equal slots have equal ids. */
#ifndef LSAFLOW_COMPILE_SLOT_H
#define LSAFLOW_COMPILE_SLOT_H

#include "compile/bound.h"
#include "compile/letter.h"

typedef struct lsa_slots lsa_slots;

/* LSA_ERR_MEMORY. */
lsa_status lsa_slots_create(lsa_arena *arena, lsa_bound *bound, lsa_slots **out, lsa_error *err);

/* The slot of one word of n constant symbols, from dimension `rows` to `cols` (equal, and the identity, when n = 0);
 * *factor is multiplied by what left the word. */
lsa_status lsa_slots_word(lsa_slots *slots, lsa_dim rows, lsa_dim cols, int n, const lsa_atom *letters, double *factor,
                          int *out, lsa_error *err);

/* sum_k weight[k] slot[k] = *factor * (*out); *factor = 0 when everything cancels. All of one shape, n >= 1. */
lsa_status lsa_slots_sum(lsa_slots *slots, int n, const int *slot, const double *weight, double *factor, int *out,
                         lsa_error *err);

/* Whether two slots are the same words with weights that differ by rounding, as those of heads that differ by a factor. */
bool lsa_slots_agree(const lsa_slots *slots, int a, int b);

/* slot' = factor * out, *factor multiplied in. */
lsa_status lsa_slots_transpose(lsa_slots *slots, int slot, double *factor, int *out, lsa_error *err);

/* The numbers in the base basis; made once. */
lsa_status lsa_slots_value(lsa_slots *slots, int slot, lsa_value *out, lsa_error *err);

lsa_dim lsa_slots_rows(const lsa_slots *slots, int slot);
lsa_dim lsa_slots_cols(const lsa_slots *slots, int slot);

#endif
