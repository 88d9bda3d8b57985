/* text_figure.h - the curves of a figure that the model file writes itself. */
#ifndef LSAFLOW_VERIFY_TEXT_FIGURE_H
#define LSAFLOW_VERIFY_TEXT_FIGURE_H

#include "lsaflow/arena.h"
#include "lsaflow/study.h"

/* Curves that a figure may hold. */
enum { TEXT_CURVES = 64 };

/* One formula, of a vector or matrix one entry, against the figure's x. */
typedef struct text_curve {
    const char *formula; /* as it was written                                             */
    ptrdiff_t formula_number;
    const char *entry; /* "(2)", "(1, 2)"; "": the formula is a scalar                  */
    const char *test;  /* the test that the formula speaks of as `test`; NULL: of none  */
    double *y;         /* NAN where it has no value                                     */
    ptrdiff_t missing; /* such points                                                   */
    const char *why;   /* what the first of them lacks; NULL                            */
} text_curve;

typedef struct text_drawing {
    lsa_arena *arena;
    const lsa_text_figure *figure;
    ptrdiff_t n; /* points of every curve */
    double *x;
    ptrdiff_t n_curves;
    text_curve *curves;
} text_drawing;

/* The formulas of all figures are formulas: LSA_ERR_INPUT with the place of the first that is none. */
lsa_status text_figures_check(const lsa_experiment *experiment, lsa_error *err);

/* The curves at the samples of the study's flow, or at some fifty contexts from 1 to ten times the longest of the file. A formula
 * without a value leaves a gap, with its reason. Cleared in any case, also after failure. LSA_ERR_MEMORY, LSA_ERR_INTERRUPTED;
 * errors of the flow. */
lsa_status text_figure_draw(lsa_study *study, const lsa_text_figure *figure, text_drawing *out, lsa_error *err);
void text_drawing_clear(text_drawing *drawing);

#endif
