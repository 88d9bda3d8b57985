/* error_figure.h - the test errors as figures: theory's curves, sampled errors on them, baselines. */
#ifndef LSAFLOW_CLI_ERROR_FIGURE_H
#define LSAFLOW_CLI_ERROR_FIGURE_H

#include "cli/command.h"

/* A sampled mean with its standard error; NAN: none. */
typedef struct cli_measured {
    double error, sigma;
} cli_measured;

/* What was sampled of one test. */
typedef struct cli_points {
    cli_measured layer, baseline[LSA_BASELINE_COUNT];
} cli_points;

/* No number anywhere: of one test, and of n, which the caller frees. NULL: memory. */
cli_points cli_points_none(void);
cli_points *cli_points_create(ptrdiff_t n);

/* The figures of one run, or of several runs over each other. */
typedef struct cli_error_plot cli_error_plot;

/* Tests of one law are a panel, the error against M; where their covariances are c times one matrix for more values of c
 * than of M, against c. points: one for each test. LSA_ERR_MEMORY and what theory fails with. */
lsa_status cli_error_plot_create(cli_run *run, const cli_points *points, cli_error_plot **out, lsa_error *err);
void cli_error_plot_destroy(cli_error_plot *plot);
/* Stems errors, errors-2, ... and scales. */
lsa_status cli_error_plot_draw(const cli_error_plot *plot, lsa_run_directory *directory, lsa_error *err);

/* Into the directory (NULL: nowhere), and kept for the overview where the run is one of several. */
lsa_status cli_error_figures(cli_run *run, lsa_run_directory *directory, const cli_points *points, lsa_error *err);

/* The runs of a model that varies, in one figure: the layer's errors of each, in the colour of its law and the shade of
 * its training length. */
typedef struct cli_overview cli_overview;
/* LSA_ERR_MEMORY. The model is borrowed. */
lsa_status cli_overview_create(const lsa_model *model, cli_overview **out, lsa_error *err);
void cli_overview_destroy(cli_overview *overview);
/* Draws what the runs left into a directory of that name: figures, the list of runs, a page. Nothing where no run left
 * a figure, or only one did. */
lsa_status cli_overview_draw(const cli_overview *overview, const cli_options *options, const char *directory,
                             lsa_error *err);

#endif
