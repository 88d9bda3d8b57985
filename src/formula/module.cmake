# formula: the language of claims: text to a tree with shapes, and its value in rationals and balls. Knows no claim and no flow:
# whoever judges hands it the numbers behind the names. With base/rational.c the only place that names FLINT, alone with arb.
lsa_module(formula
    SOURCES functions.c names.c check.c check_node.c check_name.c check_shape.c check_call.c print.c latex.c value.c value_algebra.c value_function.c value_matrix.c value_symmetric.c
            evaluate.c polynomial.c
    LINK lsa_symbolic lsa_model lsa_base
    PRIVATE ${ARB_LIBRARY} ${FLINT_LIBRARY} PkgConfig::GMP m)
