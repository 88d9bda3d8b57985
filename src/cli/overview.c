/* overview.c - the runs of a model that varies, over each other in one figure.
 *
 * A run has the colour of its family, the values of `vary` other than data.context, and the shade of its place among the
 * training lengths of that family. */
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include "cli/error_plot.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct kept_run {
    cli_error_plot *plot;     /* NULL: none was made */
    ptrdiff_t family, member; /* number of the family; place in it */
    char *label;
} kept_run;

struct cli_overview {
    const lsa_model *model;
    ptrdiff_t count;
    kept_run *runs;
};

static bool is_context(const lsa_variation *variation)
{
    return strcmp(variation->key, "data.context") == 0;
}

/* "N = 40, covariance: identity" */
static void describe(const lsa_model *model, ptrdiff_t run, lsa_text *out)
{
    ptrdiff_t count;
    const lsa_variation *values = lsa_model_variation(model, run, &count);
    const lsa_covariance *covariance = lsa_model_experiment(model, run)->training.covariance;
    for (ptrdiff_t i = 0; i < count; i++) {
        const char *dot = strrchr(values[i].key, '.');
        const char *name = dot != NULL ? dot + 1 : values[i].key;
        lsa_text_add(out, i > 0 ? ", " : "");
        if (is_context(&values[i]))
            lsa_text_printf(out, "N = %s", values[i].value);
        else if (strcmp(values[i].key, "data.covariance") == 0 && covariance->form != NULL)
            lsa_text_add(out, covariance->form);
        else
            lsa_text_printf(out, "%s: %s", name, values[i].value);
    }
}

static bool same_family(const lsa_model *model, ptrdiff_t a, ptrdiff_t b)
{
    ptrdiff_t count;
    const lsa_variation *left = lsa_model_variation(model, a, &count), *right = lsa_model_variation(model, b, &count);
    for (ptrdiff_t i = 0; i < count; i++)
        if (!is_context(&left[i]) && strcmp(left[i].value, right[i].value) != 0)
            return false;
    return true;
}

/* Joins the family of the earlier runs, or begins one. */
static void place_run(cli_overview *overview, ptrdiff_t run)
{
    ptrdiff_t families = 0;
    kept_run *kept = &overview->runs[run];
    kept->family = -1;
    for (ptrdiff_t i = 0; i < run; i++) {
        families = overview->runs[i].family >= families ? overview->runs[i].family + 1 : families;
        if (!same_family(overview->model, i, run))
            continue;
        kept->family = overview->runs[i].family;
        kept->member++;
    }
    if (kept->family < 0)
        kept->family = families;
}

lsa_status cli_overview_create(const lsa_model *model, cli_overview **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text label;
    lsa_text_init(&label);
    cli_overview *overview = calloc(1, sizeof *overview);
    LSA_TRY_MEMORY(overview, "the overview");
    overview->model = model;
    overview->runs = calloc((size_t)lsa_model_runs(model), sizeof *overview->runs);
    LSA_TRY_MEMORY(overview->runs, "the overview");
    overview->count = lsa_model_runs(model);
    for (ptrdiff_t run = 0; run < overview->count; run++) {
        place_run(overview, run);
        label.length = 0;
        describe(model, run, &label);
        LSA_TRY_MEMORY(label.failed ? NULL : label.data, "the overview");
        overview->runs[run].label = malloc(label.length + 1);
        LSA_TRY_MEMORY(overview->runs[run].label, "the overview");
        memcpy(overview->runs[run].label, label.data, label.length + 1);
    }
    *out = overview;
    overview = NULL;
done:
    cli_overview_destroy(overview);
    lsa_text_clear(&label);
    return status;
}

void cli_overview_destroy(cli_overview *overview)
{
    if (overview == NULL)
        return;
    for (ptrdiff_t run = 0; run < overview->count; run++) {
        cli_error_plot_destroy(overview->runs[run].plot);
        free(overview->runs[run].label);
    }
    free(overview->runs);
    free(overview);
}

void error_overview_keep(cli_overview *overview, const cli_run *run, cli_error_plot **plot)
{
    for (ptrdiff_t i = 0; i < overview->count; i++)
        if (lsa_model_experiment(overview->model, i) == run->experiment) {
            cli_error_plot_destroy(overview->runs[i].plot);
            overview->runs[i].plot = *plot;
            *plot = NULL;
            return;
        }
}

/* ---------------------------------------------------------------- drawing */

static ptrdiff_t family_size(const cli_overview *overview, ptrdiff_t family)
{
    ptrdiff_t size = 0;
    for (ptrdiff_t i = 0; i < overview->count; i++)
        size += overview->runs[i].family == family;
    return size;
}

/* The longest training of a family has its full colour. */
static void colour_run(const cli_overview *overview, const kept_run *run, lsa_report_series *series)
{
    static const int colours[] = {4, 5, 3, 6, 1, 0}; /* blue, vermilion, green, purple, orange, black */
    const ptrdiff_t size = family_size(overview, run->family), below = size - 1 - run->member;
    series->colour = colours[run->family % (ptrdiff_t)(sizeof colours / sizeof *colours)];
    series->shade = size > 1 ? 0.6 * (double)below / (double)(size - 1) : 0.0;
    series->marker = (int)(run->family % 4);
}

/* What the overview shows of one series of one run; false: nothing. */
static bool take(const cli_overview *overview, const kept_run *run, const error_series *from, lsa_report_series *out)
{
    *out = from->drawn;
    switch (from->role) {
    case SERIES_LAYER:
        colour_run(overview, run, out);
        out->label = out->points ? NULL : run->label;
        return true;
    case SERIES_ENDLESS:
        colour_run(overview, run, out);
        out->shade = 0.0;
        return run->member == 0;
    case SERIES_REFERENCE:
        return run == overview->runs;
    case SERIES_OWN:
        break;
    }
    return false;
}

static lsa_status merge_panel(const cli_overview *overview, bool over_scale, ptrdiff_t p, series_role role,
                              error_panel *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t i = 0; i < overview->count; i++) {
        const kept_run *run = &overview->runs[i];
        const error_panel *panel = over_scale ? &run->plot->scales[p] : &run->plot->lengths[p];
        out->title = panel->title;
        out->mark = (double)NAN;
        for (ptrdiff_t k = 0; k < panel->count; k++) {
            lsa_report_series series;
            if (panel->series[k].role == role && take(overview, run, &panel->series[k], &series))
                LSA_TRY(error_panel_add(out, series, role, err));
        }
    }
done:
    return status;
}

static lsa_status merge(const cli_overview *overview, cli_error_plot *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int over_scale = 0; over_scale < 2; over_scale++) {
        const cli_error_plot *first = overview->runs[0].plot;
        const ptrdiff_t n = over_scale ? first->n_scales : first->n_lengths;
        for (ptrdiff_t p = 0; p < n; p++) {
            error_panel *panel;
            LSA_TRY(error_plot_panel(out, over_scale, &panel, err));
            for (series_role role = SERIES_LAYER; role <= SERIES_REFERENCE; role++)
                LSA_TRY(merge_panel(overview, over_scale, p, role, panel, err));
        }
    }
done:
    return status;
}

/* Every run left the same panels. */
static bool can_merge(const cli_overview *overview)
{
    for (ptrdiff_t i = 0; i < overview->count; i++) {
        const cli_error_plot *plot = overview->runs[i].plot, *first = overview->runs[0].plot;
        if (plot == NULL || plot->n_lengths != first->n_lengths || plot->n_scales != first->n_scales)
            return false;
    }
    return overview->count > 1;
}

/* runs.csv: which directory holds which values. */
static lsa_status write_runs(const cli_overview *overview, lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    static const lsa_table_column columns[] = {{"directory", NULL, NULL, 0, false}, {"values", NULL, NULL, 0, false}};
    lsa_table *table = lsa_table_create(2, columns);
    for (ptrdiff_t i = 0; i < overview->count; i++) {
        char name[32];
        snprintf(name, sizeof name, "run-%td", i + 1);
        lsa_table_string(table, name);
        lsa_table_string(table, overview->runs[i].label);
    }
    LSA_TRY(lsa_run_directory_table(directory, "runs", "Runs", table, err));
done:
    lsa_table_destroy(table);
    return status;
}

lsa_status cli_overview_draw(const cli_overview *overview, const cli_options *options, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    cli_error_plot *merged = NULL;
    lsa_run_directory *directory = NULL;
    if (!can_merge(overview))
        return LSA_OK;
    LSA_TRY(error_plot_create(&merged, err));
    LSA_TRY(merge(overview, merged, err));
    LSA_TRY(cli_create_directory(options, lsa_model_experiment(overview->model, 0), path, &directory, err));
    LSA_TRY(cli_error_plot_draw(merged, directory, err));
    LSA_TRY(write_runs(overview, directory, err));
    LSA_TRY(lsa_run_directory_finish(directory, err));
done:
    lsa_run_directory_destroy(directory);
    cli_error_plot_destroy(merged);
    return status;
}
