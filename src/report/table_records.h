/* table_records.h - the claims with every number, for verdicts.csv. */
#ifndef LSAFLOW_REPORT_TABLE_RECORDS_H
#define LSAFLOW_REPORT_TABLE_RECORDS_H

#include "base/text.h"
#include "report/report.h"

/* One column per number and text of a claim; readers are shown lsa_report_claims_table instead. NULL: memory. */
lsa_table *lsa_report_claims_data(ptrdiff_t n, const lsa_report_claim *claims);
/* The claim's name, with the test that it is about. */
void lsa_report_claim_name(const lsa_report_claim *claim, lsa_text *out);
/* "± 1e-9" for an equality, "slack 1.2" for an inequality, nothing where there is neither. */
void lsa_report_claim_room(const lsa_report_claim *claim, lsa_text *out);

#endif
