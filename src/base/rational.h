/* rational.h - exact rational numbers, the coefficients of every polynomial; the only door to FLINT.
 *
 * A value is passed as a handle to storage that the caller initialises and clears; nothing aborts on any input that
 * these functions accept. */
#ifndef LSAFLOW_BASE_RATIONAL_H
#define LSAFLOW_BASE_RATIONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numerator and denominator in FLINT's words; lowest terms, positive denominator. */
typedef struct lsa_rational {
    int64_t num, den; /* FLINT's fmpz: a small integer, or a handle to a large one; never read directly */
} lsa_rational;

void lsa_rational_init(lsa_rational *q); /* q = 0 */
void lsa_rational_clear(lsa_rational *q);
void lsa_rational_set_si(lsa_rational *q, int64_t num, int64_t den); /* den != 0 (asserted) */
void lsa_rational_set(lsa_rational *out, const lsa_rational *q);
void lsa_rational_add(lsa_rational *out, const lsa_rational *a, const lsa_rational *b);
void lsa_rational_mul(lsa_rational *out, const lsa_rational *a, const lsa_rational *b);
bool lsa_rational_inv(lsa_rational *out, const lsa_rational *a); /* false when a = 0 */
bool lsa_rational_is_zero(const lsa_rational *q);
bool lsa_rational_is_one(const lsa_rational *q);
int lsa_rational_sign(const lsa_rational *q);
bool lsa_rational_equal(const lsa_rational *a, const lsa_rational *b);
/* The nearest double. */
double lsa_rational_double(const lsa_rational *q);
/* A decimal or integer literal ("0.5", "3", "1e-3"), exactly; false when the text is no such literal or its exponent
 * is beyond +-400. */
bool lsa_rational_parse(lsa_rational *out, const char *text);
/* "3", "-1/2" into buffer; returns the length that was needed, as snprintf does. */
int lsa_rational_text(const lsa_rational *q, char *buffer, size_t size);

#endif
