lsa_test(unit formula LINK lsa_formula)
