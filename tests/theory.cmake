lsa_test(unit theory_cases LINK lsa_theory)
lsa_test(golden theory LINK lsa_theory)
