# symbolic: statements to polynomials, their expectation and derivatives. Exact; knows no numbers.
lsa_module(symbolic
    SOURCES algebra.c word.c monomial.c canonical.c collect.c poly.c expand.c square.c wick.c mixing.c wishart.c differentiate.c altered_law.c
            derive.c closed_form.c derive_log.c notation.c poly_text.c
    LINK lsa_model lsa_base)
