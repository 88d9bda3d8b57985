/* formula_figures.h - the figures of the model file as pictures; run and verify both make them. */
#ifndef LSAFLOW_CLI_FORMULA_FIGURES_H
#define LSAFLOW_CLI_FORMULA_FIGURES_H

#include "cli/common.h"

/* Each as figure-NAME.*. */
lsa_status cli_own_figures(lsa_run_directory *directory, const document_drawings *drawings, lsa_error *err);
/* On stdout: which curves have no value, and why. */
lsa_status cli_print_gaps(const document_drawings *drawings, lsa_error *err);

#endif
