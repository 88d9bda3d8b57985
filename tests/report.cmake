lsa_test(unit report_json LINK lsa_report PkgConfig::JANSSON)
lsa_test(unit report_table LINK lsa_report)
lsa_test(module report_run LINK lsa_report)
lsa_test(fault report LINK lsa_report PkgConfig::JANSSON FAULT)
