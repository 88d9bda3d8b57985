/* word.h - letters packed into integers, and words of them.
 *
 * A letter is one integer made of (symbol, index, transposed), so that words compare and hash as arrays. Invariants: a
 * 1 x 1 symbol is never a letter (it is a scalar factor), a symmetric one never carries the transposition. The index is
 * none (-1), the free head (0), a dummy (1, 2, ...), or, while a statement is being expanded, the variable of a sum that
 * is still open (-2, -3, ... by depth). */
#ifndef LSAFLOW_SYMBOLIC_WORD_H
#define LSAFLOW_SYMBOLIC_WORD_H

#include "symbolic/algebra.h"

typedef int32_t lsa_code;

enum { LSA_INDEX_OFFSET = 64, LSA_INDEX_SPAN = 256 };

/* The packed letter; `transposed` is ignored for a symmetric symbol. */
lsa_code lsa_code_make(const lsa_algebra *algebra, int symbol, int index, bool transposed);
int lsa_code_symbol(lsa_code code);
int lsa_code_index(lsa_code code);
bool lsa_code_transposed(lsa_code code);
lsa_code lsa_code_transpose(const lsa_algebra *algebra, lsa_code code);
lsa_code lsa_code_with_index(lsa_code code, int index);

/* Shape of a letter as it stands, transposition included. */
lsa_dim lsa_code_rows(const lsa_algebra *algebra, lsa_code code);
lsa_dim lsa_code_cols(const lsa_algebra *algebra, lsa_code code);

/* out = word' : reversed, every letter transposed. No alias. */
void lsa_word_transpose(const lsa_algebra *algebra, int n, const lsa_code *word, lsa_code *out);

/* Order of words: shorter first, then letter by letter. */
int lsa_word_compare(int n_a, const lsa_code *a, int n_b, const lsa_code *b);

/* Rewrites the trace of a word to its least form, since tr(AB) = tr(BA) = tr(B'A'): the least of all rotations and of
 * those of the transposed word. A word that starts in dimension 1 is an open chain and only its two orientations
 * compete. `work` holds 3n letters. Cost n^2 comparisons at most. */
void lsa_ring_least(const lsa_algebra *algebra, int n, lsa_code *word, lsa_code *work);

#endif
