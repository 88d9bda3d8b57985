# document: what a study found, as records and JSON documents; the program prints the same. The last room of the library.
lsa_module(document
    SOURCES answers.c derivation.c evaluation.c flow.c prediction.c best.c test_records.c samples.c verdicts.c drawings.c mutant_records.c conservation.c study_json.c
    LINK lsa_verify lsa_report)
