lsa_test(unit check LINK lsa_base)
