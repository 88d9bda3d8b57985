/* error_figure.h - the figures of test errors that verify writes. */
#ifndef LSAFLOW_CLI_ERROR_FIGURE_H
#define LSAFLOW_CLI_ERROR_FIGURE_H

#include "cli/command.h"

/* One figure for each run of neighbouring tests of one law, at most four: "errors", "errors-2", ... Points are the
 * sampled errors among the `count` results (claim "test-error"). */
lsa_status cli_error_figures(cli_run *run, lsa_run_directory *directory, const lsa_claim_result *results,
                             ptrdiff_t count, lsa_error *err);

#endif
