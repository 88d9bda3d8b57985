# Tests of the model language.
lsa_test(unit statement LINK lsa_model)
lsa_test(unit model LINK lsa_model)
lsa_test(unit malformed LINK lsa_model)
lsa_test(unit builder LINK lsa_model)
lsa_test(fault model LINK lsa_model FAULT)
lsa_test(fuzz model LINK lsa_model)
lsa_test(golden model_language LINK lsa_model)
target_compile_definitions(test_golden_model_language PRIVATE LSA_DOCS="${PROJECT_SOURCE_DIR}/docs")
