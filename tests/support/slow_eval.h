/* slow_eval.h - the value of a polynomial, term by term and letter by letter: the oracle of the symbolic engine and of
 * compiled programs. Nothing is shared, reordered or factored. A test that compiles slow_eval.c with LSA_SLOW_EXTENDED has
 * all numbers in extended precision, coefficients from their exact rationals. */
#ifndef LSAFLOW_TESTS_SLOW_EVAL_H
#define LSAFLOW_TESTS_SLOW_EVAL_H

#include "lsaflow/derive.h"

#include <stddef.h>

#ifdef LSA_SLOW_EXTENDED
#include "extended.h"
typedef extended lsa_slow_real;
enum { LSA_SLOW_SIDE = 6 };
#else
typedef double lsa_slow_real;
enum { LSA_SLOW_SIDE = 12 };
#endif

enum { LSA_SLOW_SYMBOLS = 128, LSA_SLOW_DIMS = 16 };

/* The numbers that symbols stand for; a matrix is column-major, a family is its heads one after the other. */
typedef struct lsa_slow_values {
    const lsa_algebra *algebra;
    ptrdiff_t dims[LSA_SLOW_DIMS]; /* of each dimension, at most LSA_SLOW_SIDE; dims[0] is 1 */
    ptrdiff_t heads;
    const lsa_slow_real *values[LSA_SLOW_SYMBOLS]; /* NULL: not set; naming it fails the test */
    lsa_slow_real dim_values[LSA_SLOW_DIMS];
} lsa_slow_values;

/* No value set but the scalars tr I of the dimensions, found by their names. */
void lsa_slow_init(lsa_slow_values *values, const lsa_algebra *algebra, ptrdiff_t n_dims, const ptrdiff_t *dims,
                   ptrdiff_t heads);
/* The symbol of that name gets its numbers (borrowed); a name that the algebra does not know is ignored. */
void lsa_slow_set(lsa_slow_values *values, const char *name, const lsa_slow_real *numbers);
/* out (rows x cols, column-major) = the value of the polynomial, head `free_head` (0-based) in the place of the free
 * index. Sample sums are not evaluated: a term that has one fails the test. */
void lsa_slow_eval(const lsa_slow_values *values, const lsa_poly *poly, ptrdiff_t free_head, lsa_slow_real *out);
/* The same for a 1 x 1 polynomial. */
lsa_slow_real lsa_slow_scalar(const lsa_slow_values *values, const lsa_poly *poly);

#endif
