lsa_test(unit document LINK lsa_document PkgConfig::JANSSON)
lsa_test(fault document LINK lsa_document FAULT)
