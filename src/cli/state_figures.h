/* state_figures.h - the flow of a statement that theory does not know: what any path shows, without knowing its parameters. */
#ifndef LSAFLOW_CLI_STATE_FIGURES_H
#define LSAFLOW_CLI_STATE_FIGURES_H

#include "cli/common.h"

/* course.* (loss, gap, gradient), norms.*, singular-values.*, conserved.*: each where there is something to draw. */
lsa_status cli_state_figures(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory,
                             const document_courses *courses, lsa_error *err);
/* On stdout: what is conserved, as formulas. */
void cli_print_courses(const document_courses *courses);

#endif
