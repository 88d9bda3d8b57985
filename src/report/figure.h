/* figure.h - a figure as all figures are: a table of data, a template of plots/, and numbers for it. */
#ifndef LSAFLOW_REPORT_FIGURE_H
#define LSAFLOW_REPORT_FIGURE_H

#include "report/report.h"

typedef struct lsa_figure_number {
    const char *name; /* gnuplot's variable */
    double value;
} lsa_figure_number;

typedef struct lsa_figure {
    const char *stem;          /* of the files                                        */
    const char *template_name; /* in plots/, "gap.gp"                                 */
    const char *title;         /* the user's text, drawn as it stands; NULL: none     */
    const char *caption;       /* on the page                                         */
    const lsa_table *table;    /* becomes <stem>.csv                                  */
    ptrdiff_t n_numbers;
    const lsa_figure_number *numbers;
    const struct lsa_text *definitions; /* further lines before the template; NULL: none           */
    bool several_plots;                 /* the template writes both pictures itself                */
} lsa_figure;

/* Writes data and script, draws, and adds the figure to the page. LSA_ERR_WRITE, LSA_ERR_MEMORY; a gnuplot that is
 * missing or fails is a warning only. */
lsa_status lsa_figure_draw(lsa_run_directory *directory, const lsa_figure *figure, lsa_error *err);

/* A range of an axis. */
typedef struct lsa_axis {
    double low, high;
    ptrdiff_t count; /* numbers that lie on it */
} lsa_axis;

/* The empty axis, before any number. */
lsa_axis lsa_axis_start(void);
/* Widens the axis to hold x; ignored where x is not finite, or not positive on a logarithmic axis. */
void lsa_axis_include(lsa_axis *axis, double x, bool logarithmic);
/* Some room on both sides, never an empty range: `room` is a factor on a logarithmic axis (1.1), a fraction of the
 * length on a linear one (0.05). */
void lsa_axis_finish(lsa_axis *axis, double room, bool logarithmic);

#endif
