/* poly.h - exact polynomials in traces of words of matrices: the values of the symbolic engine.
 *
 * A term is  c * (scalars to integer powers) * (traces of words) * (at most one open word),  summed over its dummy head
 * indices. A word is an ordered product of letters (a matrix symbol, perhaps transposed). A word that starts and ends
 * in dimension 1 is a scalar; it is kept as a trace as well, since a chain l' A r is the trace of the ring l' A r.
 *
 * Canonical form (kept by every operation): rings at their least rotation and orientation (a ring that passes through
 * dimension 1 is cut open there), symmetric letters never transposed, traces and powers sorted, dummy indices renamed
 * to the least form, like terms collected, zero terms gone, terms sorted. Two equal polynomials are equal term by term.
 *
 * Coefficients are exact rationals. Polynomials live in an algebra and die with it. */
#ifndef LSAFLOW_POLY_H
#define LSAFLOW_POLY_H

#include "lsaflow/api.h"
#include "lsaflow/arena.h"
#include "lsaflow/statement.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LSA_BEGIN_DECLS

/* The symbols, the memory and the exact coefficients of a family of polynomials. Its first symbols are those of the
 * statement it was made from, with the same ids; derivation appends further ones. One thread at a time. */
typedef struct lsa_algebra lsa_algebra;

/* Symbols have the ids 0 .. count - 1, dimensions 0 .. dim_count - 1; the pointers live as long as the algebra. */
LSA_API int lsa_algebra_symbol_count(const lsa_algebra *algebra);
LSA_API const lsa_symbol *lsa_algebra_symbol(const lsa_algebra *algebra, int id);
LSA_API const char *lsa_algebra_dim_name(const lsa_algebra *algebra, lsa_dim dim);
LSA_API int lsa_algebra_dim_count(const lsa_algebra *algebra);

/* Index of a family symbol inside a term: none, the free head g of a derivative by U[g], or dummy 1, 2, ... (summed
 * over the heads). Sample indices are gone once the expectation is taken. */
enum { LSA_INDEX_NONE = -1, LSA_INDEX_FREE = 0 };

typedef struct lsa_letter {
    int32_t symbol;
    int16_t index;
    bool transposed;
} lsa_letter;

typedef struct lsa_word {
    int length;
    const lsa_letter *letters;
} lsa_word;

typedef struct lsa_power {
    int32_t symbol;
    int16_t index;
    int16_t exponent; /* never 0 */
} lsa_power;

typedef struct lsa_term {
    double coefficient;           /* the nearest double of the exact rational                                     */
    const char *coefficient_text; /* the exact rational: "-1/2"                                                   */
    int n_dummies;                /* head indices 1..n_dummies, each summed over the heads                        */
    int n_samples;                /* sample indices 1..n_samples, each summed; 0 once the expectation is taken    */
    int n_powers;
    const lsa_power *powers;
    int n_traces;
    const lsa_word *traces; /* none is empty: tr(I_d) is written as a power of the scalar symbol of dim d   */
    bool has_open;          /* a matrix-valued polynomial: every term has an open word (length 0: identity) */
    lsa_word open;
} lsa_term;

typedef struct lsa_poly lsa_poly;

/* The number of terms; 0 is the zero polynomial. */
LSA_API ptrdiff_t lsa_poly_count(const lsa_poly *poly);
/* Term i in canonical order. The view is valid while the algebra lives. */
LSA_API lsa_term lsa_poly_term(const lsa_poly *poly, ptrdiff_t i);
/* Shape of the values: 1 x 1 for scalars, else that of the open words. */
LSA_API lsa_dim lsa_poly_rows(const lsa_poly *poly);
LSA_API lsa_dim lsa_poly_cols(const lsa_poly *poly);
LSA_API bool lsa_poly_equal(const lsa_poly *f, const lsa_poly *g);

typedef enum lsa_format { LSA_FORMAT_TEXT, LSA_FORMAT_LATEX, LSA_FORMAT_MATHML } lsa_format;

/* *out = the polynomial in the asked notation, the caller's (lsa_string_free). Text is the language of statements, so that a
 * scalar formula can be read back: "1/2*u^2*tr(Lambda^2*U*Lambda*U')/N - u*tr(Lambda^2*U) + 1/2*tr(Lambda)".
 * LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_poly_text(const lsa_algebra *algebra, const lsa_poly *poly, lsa_format format, char **out,
                                 lsa_error *err);

LSA_END_DECLS

#endif
