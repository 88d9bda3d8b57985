/* print.h - polynomials into a growing text: what lsa_poly_text hands out, and one term alone. */
#ifndef LSAFLOW_SYMBOLIC_PRINT_H
#define LSAFLOW_SYMBOLIC_PRINT_H

#include "base/text.h"
#include "lsaflow/poly.h"

/* Appends the polynomial in the asked notation to `text`. */
void lsa_poly_print(const lsa_algebra *algebra, const lsa_poly *poly, lsa_format format, lsa_text *text);
/* Appends term i alone, with the sign that joins it to the term before: for one term a line. In MathML it is a row
 * without the element <math> around it. */
void lsa_poly_print_term(const lsa_algebra *algebra, const lsa_poly *poly, ptrdiff_t i, lsa_format format,
                         lsa_text *text);

#endif
