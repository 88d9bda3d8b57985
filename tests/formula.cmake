lsa_test(unit formula LINK lsa_formula)
lsa_test(fuzz formula_language LINK lsa_formula)
lsa_test(golden formulas LINK lsa_formula)
target_compile_definitions(test_golden_formulas PRIVATE LSA_DOCS="${PROJECT_SOURCE_DIR}/docs")
