/* degrees.h - in what degrees the blocks of a program stand in its loss. */
#ifndef LSAFLOW_COMPILE_DEGREES_H
#define LSAFLOW_COMPILE_DEGREES_H

#include "compile/bound.h"

/* See lsa_program_degrees. A term whose weight is 0 in this setting has none. first_block: per parameter; heads: of a
 * family. The rows are made in `arena`. */
lsa_status lsa_degrees_create(const lsa_bound *bound, const int *first_block, ptrdiff_t n_blocks, ptrdiff_t heads,
                              lsa_arena *arena, ptrdiff_t *count, const int **out, lsa_error *err);

#endif
