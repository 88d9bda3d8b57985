# Tests of the performance table.
lsa_test(bench table LINK lsa_bench)
