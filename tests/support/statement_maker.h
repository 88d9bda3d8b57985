/* statement_maker.h - random statements of one's own with their settings, as the text of a model file.
 *
 * Number `seed` is the same text on every machine. Gaussians stand under any name and any symbol: contexts, query, task
 * and noise, and one to three others that share their symbols or have their own; parameters have any shape and may be
 * families over the heads; prediction and target are grown from the grammar (without traces), with nested sums,
 * summands without the index and constants of every kind; defaults are left out or typed out; training laws and tests
 * are those that docs/model-language.md calls derived. */
#ifndef LSA_TESTS_STATEMENT_MAKER_H
#define LSA_TESTS_STATEMENT_MAKER_H

#include <stdbool.h>
#include <stdint.h>

/* How the same statement is written: all false is a mix by chance. Numbers do not depend on it. */
typedef struct statement_style {
    bool usual_names;  /* x, xq, w, eps for contexts, query, task and noise, else names in any order */
    bool inlined;      /* without definitions                                                        */
    bool defaults_out; /* settings that are the default are typed out                                */
} statement_style;

/* The text; the caller frees it. NULL when memory is out. */
char *statement_make(uint64_t seed, statement_style style);

#endif
