/* flow_report.h - a trajectory as text, CSV and figures; run and verify both show it. */
#ifndef LSAFLOW_CLI_FLOW_REPORT_H
#define LSAFLOW_CLI_FLOW_REPORT_H

#include "cli/command.h"

/* trajectory.csv and the figures of the gap, of the parameters, of plateaus. */
lsa_status cli_flow_files(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err);

/* loss.*: the loss against time, where the flow rests at plateaus, beside those that theory predicts. Else nothing. */
lsa_status cli_loss_figure(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory,
                           lsa_error *err);

/* On stdout: how the run ended, and what happened on the way. */
void cli_flow_print(const lsa_trajectory *trajectory);
lsa_status cli_flow_print_events(const lsa_trajectory *trajectory, lsa_error *err);

#endif
