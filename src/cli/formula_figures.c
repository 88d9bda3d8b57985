/* formula_figures.c - curves of formulas, with the formulas as their names. */
#include "cli/formula_figures.h"

#include "base/text.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLOURS = 8, DASHES = 4 };

/* The least and the greatest value of all curves. */
static void range_of(const text_drawing *d, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (ptrdiff_t c = 0; c < d->n_curves; c++) {
        for (ptrdiff_t i = 0; i < d->n; i++) {
            *low = fmin(*low, d->curves[c].y[i]);
            *high = fmax(*high, d->curves[c].y[i]);
        }
    }
}

static lsa_report_scale scale_of(bool logarithmic)
{
    return logarithmic ? LSA_SCALE_LOGARITHMIC : LSA_SCALE_LINEAR;
}

/* Time runs over its powers and so do contexts; negative values ask for an even axis. */
static void choose_scales(const text_drawing *d, lsa_report_panels *out, lsa_report_panel *panel)
{
    double low, high;
    const lsa_figure_log log = d->figure->log;
    range_of(d, &low, &high);
    if (log == LSA_FIGURE_LOG_AUTO) {
        out->x_scale = scale_of(d->n > 2 && d->x[d->n - 1] > 8.0 * d->x[1]);
        panel->y_scale = low < 0.0 ? LSA_SCALE_LINEAR : LSA_SCALE_AUTOMATIC;
    } else {
        out->x_scale = scale_of(log == LSA_FIGURE_LOG_X || log == LSA_FIGURE_LOG_XY);
        panel->y_scale = scale_of(log == LSA_FIGURE_LOG_Y || log == LSA_FIGURE_LOG_XY);
    }
}

static void write_label(const text_curve *curve, lsa_text *out)
{
    lsa_report_formula(out, curve->formula);
    if (*curve->entry != '\0')
        lsa_text_printf(out, " %s", curve->entry);
    if (curve->test != NULL)
        lsa_text_printf(out, ", %s", curve->test);
}

/* Each formula of a test has its colour, from full to pale over its entries; those beyond the eighth have another dash. */
static void choose_styles(const text_drawing *d, lsa_report_series *series)
{
    static const int colours[COLOURS] = {4, 5, 3, 6, 1, 2, 0, 7};
    ptrdiff_t group = -1;
    for (ptrdiff_t c = 0, first = 0; c < d->n_curves; c++) {
        const text_curve *curve = &d->curves[c], *before = c > 0 ? curve - 1 : NULL;
        if (before == NULL || before->formula_number != curve->formula_number || before->test != curve->test) {
            group++;
            first = c;
        }
        ptrdiff_t end = c + 1;
        while (end < d->n_curves && d->curves[end].formula_number == curve->formula_number &&
               d->curves[end].test == curve->test)
            end++;
        series[c] = (lsa_report_series){.colour = colours[group % COLOURS],
                                        .shade = 0.7 * (double)(c - first) / (double)(end - first),
                                        .dash = (int)(group / COLOURS % DASHES),
                                        .n = curve->missing < d->n ? d->n : 0,
                                        .x = d->x,
                                        .y = curve->y};
    }
}

static void write_caption(const text_drawing *d, lsa_text *out)
{
    lsa_text_add(out, *d->figure->title != '\0' ? d->figure->title : d->figure->name);
    for (ptrdiff_t c = 0; c < d->n_curves; c++) {
        const text_curve *curve = &d->curves[c];
        if (curve->missing > 0)
            lsa_text_printf(out, ". %s%s has no value at %td of %td points: %s", curve->formula, curve->entry,
                            curve->missing, d->n, curve->why);
    }
    lsa_text_add(out, ".");
}

typedef struct drawn_texts {
    lsa_text labels[TEXT_CURVES], caption, stem;
} drawn_texts;

static void texts_clear(drawn_texts *t)
{
    for (int c = 0; c < TEXT_CURVES; c++)
        lsa_text_clear(&t->labels[c]);
    lsa_text_clear(&t->caption);
    lsa_text_clear(&t->stem);
}

static lsa_status draw(lsa_run_directory *directory, const text_drawing *d, lsa_error *err)
{
    lsa_status status = LSA_OK;
    drawn_texts *texts = calloc(1, sizeof *texts);
    lsa_report_series *series = calloc(TEXT_CURVES, sizeof *series);
    LSA_TRY_MEMORY(texts, "a figure");
    LSA_TRY_MEMORY(series, "a figure");
    choose_styles(d, series);
    for (ptrdiff_t c = 0; c < d->n_curves; c++) {
        write_label(&d->curves[c], &texts->labels[c]);
        LSA_TRY_MEMORY(texts->labels[c].failed ? NULL : d, "a figure");
        series[c].label = texts->labels[c].data;
    }
    lsa_text_printf(&texts->stem, "figure-%s", d->figure->name);
    write_caption(d, &texts->caption);
    LSA_TRY_MEMORY(texts->stem.failed || texts->caption.failed ? NULL : d, "a figure");
    lsa_report_panel panel = {.mark = (double)NAN, .n_series = d->n_curves, .series = series};
    lsa_report_panels figure = {.x_label = d->figure->x == LSA_FIGURE_TIME ? "time {/:Italic t}"
                                                                           : "context of the test {/:Italic M}",
                                .y_label = "",
                                .name = *d->figure->title != '\0' ? d->figure->title : NULL,
                                .caption = texts->caption.data,
                                .n_panels = 1,
                                .panels = &panel};
    choose_scales(d, &figure, &panel);
    LSA_TRY(lsa_figure_panels(directory, texts->stem.data, &figure, err));
done:
    if (texts != NULL)
        texts_clear(texts);
    free(texts);
    free(series);
    return status;
}

lsa_status cli_own_figures(lsa_run_directory *directory, const document_drawings *drawings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < drawings->count; k++)
        LSA_TRY(draw(directory, &drawings->figures[k], err));
done:
    return status;
}

lsa_status cli_print_gaps(const document_drawings *drawings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text lines;
    lsa_text_init(&lines);
    for (ptrdiff_t k = 0; k < drawings->count; k++) {
        const text_drawing *d = &drawings->figures[k];
        for (ptrdiff_t c = 0; c < d->n_curves; c++) {
            if (d->curves[c].missing == 0)
                continue;
            lsa_text_printf(&lines, "%s  %s: ", lines.length == 0 ? "\nCurves with gaps\n" : "", d->figure->name);
            lsa_report_printable(&lines, d->curves[c].formula);
            lsa_text_printf(&lines, "%s, %td of %td points: ", d->curves[c].entry, d->curves[c].missing, d->n);
            lsa_report_printable(&lines, d->curves[c].why);
            lsa_text_add(&lines, "\n");
        }
    }
    LSA_TRY_MEMORY(lines.failed ? NULL : drawings, "the gaps of the figures");
    if (lines.length > 0)
        printf("%s", lines.data);
done:
    lsa_text_clear(&lines);
    return status;
}
