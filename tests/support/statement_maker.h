/* statement_maker.h - random statements of one's own with their settings, as the text of a model file.
 *
 * Number `seed` is the same text on every machine. Gaussians stand under any name and any symbol: contexts, query, task
 * and noise, and one to three others that share their symbols or have their own; parameters have any shape and may be
 * families over the heads; prediction and target are grown from the grammar (without traces), with nested sums,
 * summands without the index and constants of every kind; defaults are left out or typed out; training laws and tests
 * are those that docs/model-language.md calls derived. */
#ifndef LSA_TESTS_STATEMENT_MAKER_H
#define LSA_TESTS_STATEMENT_MAKER_H

#include <stdint.h>

/* The text; the caller frees it. NULL when memory is out. */
char *statement_make(uint64_t seed);

#endif
