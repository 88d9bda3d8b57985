/* sweep_parts.h - what else the command sweep does. */
#ifndef LSAFLOW_CLI_SWEEP_PARTS_H
#define LSAFLOW_CLI_SWEEP_PARTS_H

#include "cli/command.h"
#include "sweep/sweep.h"

/* The rows on stdout, as text or into the open document (NULL: none); what to exit with. */
lsa_status cli_sweep_show(sweep_ledger *ledger, const sweep_plan *plan, lsa_json *json, int *exit_code, lsa_error *err);
/* sweep merge: the ledgers become one in the folder, with its table. */
lsa_status cli_sweep_merge(const cli_options *options, const char *folder, int *exit_code, lsa_error *err);
/* --slurm: writes a script into the folder. */
lsa_status cli_sweep_slurm(const cli_options *options, const char *folder, lsa_error *err);

#endif
