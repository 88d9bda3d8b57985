# formula: the language of claims: text to a tree with shapes, and its value in rationals and balls. Knows no claim and no flow:
# whoever judges hands it the numbers behind the names. With base/rational.c the only place that names FLINT, alone with arb.
lsa_module(formula
    SOURCES functions.c names.c check.c check_node.c check_name.c check_shape.c check_call.c check_mean.c lanes.c lanes_product.c lanes_run.c lanes_matrix.c formula_moments.c check_limit.c check_convention.c print.c latex.c value.c value_algebra.c value_function.c value_matrix.c value_axes.c value_symmetric.c value_inertia.c value_root.c value_rational.c
            evaluate.c polynomial.c
    LINK lsa_symbolic lsa_model lsa_base
    PRIVATE ${ARB_LIBRARY} ${FLINT_LIBRARY} PkgConfig::GMP m)
