/* flow_report.h - a trajectory as JSON, CSV and figures; run and verify both show it. */
#ifndef LSAFLOW_CLI_FLOW_REPORT_H
#define LSAFLOW_CLI_FLOW_REPORT_H

#include "cli/command.h"

/* "samples", "final", "minimum", "conserved", "events", "solver" into the open object. */
lsa_status cli_flow_json(cli_run *run, lsa_json *json, const lsa_trajectory *trajectory, lsa_error *err);

/* trajectory.csv and the figures of the gap, of the parameters, of plateaus. */
lsa_status cli_flow_files(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err);

/* loss.*: the loss against time, where the flow rests at plateaus, beside those that theory predicts. Else nothing. */
lsa_status cli_loss_figure(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory,
                           lsa_error *err);

/* What is written of the parameters in that many samples, as the model file asks; first: the state of the first of them, NULL
 * where states were dropped: nothing. */
lsa_detail cli_flow_detail(const cli_run *run, const lsa_program *program, const double *first, ptrdiff_t samples);

/* "gap", "gradient", "time", "wall", "interrupt", "failure". */
const char *cli_stop_text(lsa_stop_reason reason);

/* Why rounding hides numbers of the trajectory; NULL where it hides none. */
enum { CLI_HIDDEN = 160 };
const char *cli_hidden_text(const lsa_trajectory *trajectory, char buffer[CLI_HIDDEN]);

/* On stdout: how the run ended, and what happened on the way. */
void cli_flow_print(const lsa_trajectory *trajectory);
lsa_status cli_flow_print_events(const lsa_trajectory *trajectory, lsa_error *err);

#endif
