# Tests of the symbolic engine. The slow evaluator serves the compiler's tests too.
add_library(lsa_test_slow_eval STATIC support/slow_eval.c support/derived.c)
target_include_directories(lsa_test_slow_eval PUBLIC support)
target_link_libraries(lsa_test_slow_eval PUBLIC lsa_symbolic lsa_test_support PRIVATE lsa_flags)

lsa_test(unit word LINK lsa_symbolic)
lsa_test(unit derive LINK lsa_test_slow_eval)
lsa_test(unit wick LINK lsa_test_slow_eval)
lsa_test(property poly LINK lsa_test_slow_eval)
lsa_test(analytic full_loss LINK lsa_test_slow_eval)
lsa_test(golden derivation LINK lsa_test_slow_eval)
lsa_test(fault symbolic LINK lsa_symbolic FAULT)
lsa_test(fuzz formula LINK lsa_test_slow_eval)
lsa_test(bench derive LINK lsa_test_slow_eval)
