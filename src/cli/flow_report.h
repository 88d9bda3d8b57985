/* flow_report.h - a trajectory as JSON, CSV and figures; run and verify both show it. */
#ifndef LSAFLOW_CLI_FLOW_REPORT_H
#define LSAFLOW_CLI_FLOW_REPORT_H

#include "cli/command.h"

/* "samples", "final", "minimum", "conserved", "events", "solver" into the open object. */
lsa_status cli_flow_json(cli_run *run, lsa_json *json, const lsa_trajectory *trajectory, lsa_error *err);

/* trajectory.csv and the figures of the gap and of the parameters. */
lsa_status cli_flow_files(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err);

/* One paragraph on stdout: how the run ended. */
void cli_flow_print(const lsa_trajectory *trajectory);

#endif
