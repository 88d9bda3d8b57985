/* mutants_report.h - verify --mutants: the file's claims changed in one place, and which changes the experiment notices. */
#ifndef LSAFLOW_CLI_MUTANTS_REPORT_H
#define LSAFLOW_CLI_MUTANTS_REPORT_H

#include "cli/common.h"

/* On stdout. */
lsa_status cli_mutants_print(const mutant_table *table, lsa_error *err);
/* mutants.csv, and the table on the page. */
lsa_status cli_mutants_write(lsa_run_directory *directory, const mutant_table *table, lsa_error *err);

#endif
