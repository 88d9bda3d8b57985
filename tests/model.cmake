# Tests of the model language.
lsa_test(unit statement LINK lsa_model)
