/* error_plot.c - panels of series, and the files they become. */
#include "cli/error_plot.h"

#include "base/try.h"
#include <stdio.h>
#include <stdlib.h>

lsa_status error_plot_create(cli_error_plot **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    cli_error_plot *plot = calloc(1, sizeof *plot);
    LSA_TRY_MEMORY(plot, "a figure");
    plot->arena = lsa_arena_create();
    LSA_TRY_MEMORY(plot->arena, "a figure");
    *out = plot;
    plot = NULL;
done:
    cli_error_plot_destroy(plot);
    return status;
}

void cli_error_plot_destroy(cli_error_plot *plot)
{
    if (plot == NULL)
        return;
    for (ptrdiff_t p = 0; p < plot->n_lengths; p++)
        free(plot->lengths[p].series);
    for (ptrdiff_t p = 0; p < plot->n_scales; p++)
        free(plot->scales[p].series);
    lsa_arena_destroy(plot->arena);
    free(plot);
}

lsa_status error_plot_panel(cli_error_plot *plot, bool over_scale, error_panel **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    enum { FIRST = 16 };
    const ptrdiff_t room = over_scale ? LSA_FIGURE_PANELS : ERROR_PANELS;
    ptrdiff_t *count = over_scale ? &plot->n_scales : &plot->n_lengths;
    *out = NULL;
    if (*count == room)
        return LSA_OK;
    error_panel *panel = over_scale ? &plot->scales[*count] : &plot->lengths[*count];
    panel->series = calloc(FIRST, sizeof *panel->series);
    LSA_TRY_MEMORY(panel->series, "a figure");
    panel->capacity = FIRST;
    ++*count;
    *out = panel;
done:
    return status;
}

lsa_status error_panel_add(error_panel *panel, lsa_report_series drawn, series_role role, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (panel->count == panel->capacity) {
        error_series *grown = realloc(panel->series, 2 * (size_t)panel->capacity * sizeof *grown);
        LSA_TRY_MEMORY(grown, "a figure");
        panel->series = grown;
        panel->capacity *= 2;
    }
    panel->series[panel->count++] = (error_series){drawn, role};
done:
    return status;
}

/* One figure of n panels. */
static lsa_status draw(const error_panel *panels, ptrdiff_t n, bool over_scale, const char *stem,
                       lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_report_panel parts[LSA_FIGURE_PANELS] = {{.n_series = 0}};
    lsa_report_series *series = NULL;
    ptrdiff_t total = 0, used = 0;
    for (ptrdiff_t p = 0; p < n; p++)
        total += panels[p].count;
    series = calloc((size_t)total + 1, sizeof *series);
    LSA_TRY_MEMORY(series, "a figure");
    for (ptrdiff_t p = 0; p < n; p++) {
        parts[p] = (lsa_report_panel){
            .title = panels[p].title, .mark = panels[p].mark, .n_series = panels[p].count, .series = series + used};
        for (ptrdiff_t k = 0; k < panels[p].count; k++)
            series[used++] = panels[p].series[k].drawn;
    }
    const lsa_report_panels figure = {
        .x_label =
            over_scale ? "factor {/:Italic c} of the covariance" : "context length {/:Italic M} of the test prompt",
        .y_label = "test error  E({/:Italic ŷ} − {/:Italic y})²",
        .name = n == 1 && !over_scale ? panels[0].title : NULL,
        .caption =
            over_scale
                ? "Test error against the factor c of the test covariance c Λ: closed form, Monte Carlo, baselines."
                : "Test error against the context length: closed form, Monte Carlo, baselines.",
        .n_panels = n,
        .panels = parts};
    LSA_TRY(lsa_figure_panels(directory, stem, &figure, err));
done:
    free(series);
    return status;
}

lsa_status cli_error_plot_draw(const cli_error_plot *plot, lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char stem[32] = "errors";
    for (ptrdiff_t first = 0; first < plot->n_lengths; first += LSA_FIGURE_PANELS) {
        const ptrdiff_t left = plot->n_lengths - first;
        if (first > 0)
            snprintf(stem, sizeof stem, "errors-%td", first / LSA_FIGURE_PANELS + 1);
        LSA_TRY(draw(plot->lengths + first, left < LSA_FIGURE_PANELS ? left : LSA_FIGURE_PANELS, false, stem, directory,
                     err));
    }
    if (plot->n_scales > 0)
        LSA_TRY(draw(plot->scales, plot->n_scales, true, "scales", directory, err));
done:
    return status;
}
