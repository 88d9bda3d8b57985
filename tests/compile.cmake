# Tests of the compiler.
lsa_test(property program LINK lsa_compile lsa_test_slow_eval)
lsa_test(analytic program LINK lsa_compile lsa_test_slow_eval)
lsa_test(analytic random_program LINK lsa_compile lsa_test_slow_eval)
lsa_test(analytic program_test_error LINK lsa_compile lsa_test_slow_eval)
lsa_test(unit program LINK lsa_compile lsa_test_slow_eval)
lsa_test(unit start LINK lsa_compile lsa_test_slow_eval)
lsa_test(fault compile LINK lsa_compile lsa_test_slow_eval FAULT)
lsa_test(bench program LINK lsa_compile lsa_test_slow_eval)
