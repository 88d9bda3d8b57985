# Tests of the sampling witness.
lsa_test(unit prompt LINK lsa_empirical)
lsa_test(property layer LINK lsa_empirical)
lsa_test(property forward LINK lsa_empirical)
