# Tests of the model language.
lsa_test(unit statement LINK lsa_model)
lsa_test(unit model LINK lsa_model)
lsa_test(unit malformed LINK lsa_model)
lsa_test(fault model LINK lsa_model FAULT)
lsa_test(fuzz model LINK lsa_model)
