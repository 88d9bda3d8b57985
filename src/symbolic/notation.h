/* notation.h - how a symbol is written in each format: Greek letters, subscripts, transposition, powers. */
#ifndef LSAFLOW_SYMBOLIC_NOTATION_H
#define LSAFLOW_SYMBOLIC_NOTATION_H

#include "base/text.h"
#include "symbolic/algebra.h"

/* Where the formula goes. */
typedef struct lsa_printer {
    const lsa_algebra *algebra;
    lsa_format format;
    lsa_text *text;
} lsa_printer;

/* A letter with its index, transposition and power: "U[h1]'", "U_{h_{1}}^{\top}", <msubsup>. exponent >= 1; a power of
 * a transposed letter is not written. */
void lsa_print_symbol(const lsa_printer *p, int symbol, int index, bool transposed, int exponent);

/* The name of an index: the free head "h", dummies "h1", "i2". */
void lsa_print_index(const lsa_printer *p, lsa_family family, int index);

/* The one of three strings that the format asks for. */
void lsa_print_choice(const lsa_printer *p, const char *text, const char *latex, const char *mathml);

/* A number >= 0, as digits or as a value. */
void lsa_print_number(const lsa_printer *p, const char *digits, size_t length);
void lsa_print_integer(const lsa_printer *p, int value);

#endif
