/* error_plot.h - the parts of a figure of errors while it is made: panels, their series, and whose they are. */
#ifndef LSAFLOW_CLI_ERROR_PLOT_H
#define LSAFLOW_CLI_ERROR_PLOT_H

#include "cli/error_figure.h"
#include "lsaflow/arena.h"

/* What a series is, which decides its part in an overview. */
typedef enum series_role {
    SERIES_LAYER,    /* of the trained layer: drawn for every run, in its colour                 */
    SERIES_OWN,      /* the layer's for M -> infinity: not in an overview                        */
    SERIES_ENDLESS,  /* for N, M -> infinity: of every training law once                         */
    SERIES_REFERENCE /* what does not depend on training: of the first run                       */
} series_role;

typedef struct error_series {
    lsa_report_series drawn;
    series_role role;
} error_series;

typedef struct error_panel {
    const char *title;
    double mark;
    ptrdiff_t count, capacity;
    error_series *series; /* owned */
} error_panel;

/* Panels against M, LSA_FIGURE_PANELS to a figure; panels against c in a figure of their own. */
enum { ERROR_PANELS = 4 * LSA_FIGURE_PANELS };
struct cli_error_plot {
    lsa_arena *arena; /* of numbers and labels */
    ptrdiff_t n_lengths, n_scales;
    error_panel lengths[ERROR_PANELS], scales[LSA_FIGURE_PANELS];
};

lsa_status error_plot_create(cli_error_plot **out, lsa_error *err);
/* The next panel, empty; *out NULL where there is no room for more. */
lsa_status error_plot_panel(cli_error_plot *plot, bool over_scale, error_panel **out, lsa_error *err);
/* Appends a series. LSA_ERR_MEMORY. */
lsa_status error_panel_add(error_panel *panel, lsa_report_series drawn, series_role role, lsa_error *err);

/* Tests of one law, to be drawn in one panel. */
typedef struct error_view {
    cli_run *run;
    const cli_points *points; /* of all tests of the experiment */
    lsa_arena *arena;
    bool over_scale;
    ptrdiff_t count, *tests; /* their places among the experiment's tests */
} error_view;
/* The curves of theory, the sampled points, the baselines. */
lsa_status error_view_fill(const error_view *view, error_panel *panel, lsa_error *err);

/* Keeps the plot of a run; it is the overview's from here, *plot NULL. */
void error_overview_keep(cli_overview *overview, const cli_run *run, cli_error_plot **plot);

#endif
