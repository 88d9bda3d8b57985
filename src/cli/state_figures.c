/* state_figures.c - see state_figures.h. All are curves against the logarithm of time. */
#include "cli/state_figures.h"

#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUES = 6, PALETTE = 8 };
static const int palette[PALETTE] = {4, 5, 3, 6, 1, 2, 0, 7};

/* Curves of one figure: `n` of `count` numbers each, all at the same times. */
typedef struct sheet {
    lsa_arena *arena;
    ptrdiff_t count;
    double *time;
    ptrdiff_t n_panels, n_series;
    lsa_report_panel panels[LSA_FIGURE_PANELS];
    lsa_report_series series[128];
} sheet;
enum { SHEET_SERIES = 128 };

static double *sheet_numbers(sheet *s)
{
    return lsa_arena_alloc(s->arena, (size_t)s->count, sizeof(double));
}

static void sheet_panel(sheet *s, const char *title, lsa_report_scale scale)
{
    s->panels[s->n_panels++] =
        (lsa_report_panel){.title = title, .mark = (double)NAN, .y_scale = scale, .series = s->series + s->n_series};
}

static void sheet_curve(sheet *s, const char *label, int colour, double shade, const double *y)
{
    s->series[s->n_series++] = (lsa_report_series){
        .label = label, .colour = palette[colour % PALETTE], .shade = shade, .n = s->count, .x = s->time, .y = y};
    s->panels[s->n_panels - 1].n_series++;
}

/* In the order of the curves: the first of a panel is drawn last. */
static lsa_status sheet_draw(sheet *s, lsa_run_directory *directory, const char *stem, const char *caption,
                             lsa_error *err)
{
    const lsa_report_panels figure = {.x_label = "time {/:Italic t}",
                                      .y_label = "",
                                      .caption = caption,
                                      .x_scale = LSA_SCALE_LOGARITHMIC,
                                      .n_panels = s->n_panels,
                                      .panels = s->panels};
    return s->n_panels == 0 ? LSA_OK : lsa_figure_panels(directory, stem, &figure, err);
}

static lsa_status sheet_create(const lsa_trajectory *trajectory, sheet **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sheet *s = calloc(1, sizeof *s);
    LSA_TRY_MEMORY(s, "a figure");
    s->arena = lsa_arena_create();
    LSA_TRY_MEMORY(s->arena, "a figure");
    s->count = lsa_trajectory_count(trajectory);
    s->time = sheet_numbers(s);
    LSA_TRY_MEMORY(s->time, "a figure");
    for (ptrdiff_t i = 0; i < s->count; i++)
        s->time[i] = lsa_trajectory_sample(trajectory, i).time;
    *out = s;
    s = NULL;
done:
    if (s != NULL)
        lsa_arena_destroy(s->arena);
    free(s);
    return status;
}

static void sheet_destroy(sheet *s)
{
    if (s != NULL)
        lsa_arena_destroy(s->arena);
    free(s);
}

/* ---------------------------------------------------------------- loss, gap, gradient */

static lsa_status draw_course(lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sheet *s = NULL;
    bool gaps = false;
    LSA_TRY(sheet_create(trajectory, &s, err));
    double *loss = sheet_numbers(s), *gap = sheet_numbers(s), *gradient = sheet_numbers(s);
    LSA_TRY_MEMORY(loss, "a figure");
    LSA_TRY_MEMORY(gap, "a figure");
    LSA_TRY_MEMORY(gradient, "a figure");
    for (ptrdiff_t i = 0; i < s->count; i++) {
        const lsa_sample sample = lsa_trajectory_sample(trajectory, i);
        loss[i] = sample.loss;
        gap[i] = sample.gap;
        gradient[i] = sample.gradient_norm;
        gaps = gaps || isfinite(sample.gap);
    }
    sheet_panel(s, "loss", LSA_SCALE_AUTOMATIC);
    sheet_curve(s, NULL, 0, 0.0, loss);
    sheet_panel(s, "norm of the gradient", LSA_SCALE_LOGARITHMIC);
    sheet_curve(s, NULL, 1, 0.0, gradient);
    if (gaps) {
        sheet_panel(s, "gap, (L - L*)/(L(0) - L*)", LSA_SCALE_LOGARITHMIC);
        sheet_curve(s, NULL, 2, 0.0, gap);
    }
    LSA_TRY(sheet_draw(s, directory, "course",
                       gaps ? "Loss, gradient and gap along the flow."
                            : "Loss and gradient along the flow; its least loss is not known, so there is no gap.",
                       err));
done:
    sheet_destroy(s);
    return status;
}

/* ---------------------------------------------------------------- blocks */

static const char *name_of(lsa_arena *arena, const lsa_block *block)
{
    return lsa_arena_printf(arena, block->family ? "%s[%td]" : "%s", block->name, block->head + 1);
}

static lsa_status draw_norms(lsa_run_directory *directory, const lsa_trajectory *trajectory, ptrdiff_t n_blocks,
                             const lsa_block *blocks, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sheet *s = NULL;
    LSA_TRY(sheet_create(trajectory, &s, err));
    sheet_panel(s, "", LSA_SCALE_LINEAR);
    for (ptrdiff_t k = 0; k < n_blocks && k < SHEET_SERIES; k++) {
        const char *name = name_of(s->arena, &blocks[k]);
        const char *label = name == NULL ? NULL : lsa_arena_printf(s->arena, "|%s|", name);
        double *norm = sheet_numbers(s);
        LSA_TRY_MEMORY(label, "a figure");
        LSA_TRY_MEMORY(norm, "a figure");
        for (ptrdiff_t i = 0; i < s->count; i++)
            norm[i] = lsa_vec_norm(blocks[k].rows * blocks[k].cols,
                                   lsa_trajectory_sample(trajectory, i).state + blocks[k].offset);
        sheet_curve(s, label, (int)k, 0.0, norm);
    }
    LSA_TRY(sheet_draw(s, directory, "norms", "Norms of the parameters along the flow (Frobenius', Euclid's).", err));
done:
    sheet_destroy(s);
    return status;
}

/* The largest singular values of a block, one curve each. */
static lsa_status add_values(sheet *s, const lsa_trajectory *trajectory, const lsa_block *block, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = block->rows < block->cols ? block->rows : block->cols, shown = n < VALUES ? n : VALUES;
    double *values[VALUES], *sigma = lsa_arena_alloc(s->arena, (size_t)n, sizeof *sigma);
    const char *name = name_of(s->arena, block);
    LSA_TRY_MEMORY(sigma, "a figure");
    LSA_TRY_MEMORY(name, "a figure");
    sheet_panel(s, name, LSA_SCALE_LINEAR);
    for (ptrdiff_t k = 0; k < shown; k++) {
        values[k] = sheet_numbers(s);
        const char *label = lsa_arena_printf(s->arena, "singular value %td", k + 1);
        LSA_TRY_MEMORY(values[k], "a figure");
        LSA_TRY_MEMORY(label, "a figure");
        sheet_curve(s, label, (int)k, 0.0, values[k]);
    }
    for (ptrdiff_t i = 0; i < s->count; i++) {
        const double *state = lsa_trajectory_sample(trajectory, i).state;
        LSA_TRY(lsa_mat_singular_values(block->rows, block->cols, state + block->offset, sigma, err));
        for (ptrdiff_t k = 0; k < shown; k++)
            values[k][i] = sigma[k];
    }
done:
    return status;
}

static lsa_status draw_values(lsa_run_directory *directory, const lsa_trajectory *trajectory, ptrdiff_t n_blocks,
                              const lsa_block *blocks, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sheet *s = NULL;
    LSA_TRY(sheet_create(trajectory, &s, err));
    for (ptrdiff_t k = 0; k < n_blocks && s->n_panels < LSA_FIGURE_PANELS; k++)
        if (blocks[k].rows > 1 && blocks[k].cols > 1)
            LSA_TRY(add_values(s, trajectory, &blocks[k], err));
    LSA_TRY(sheet_draw(s, directory, "singular-values", "Singular values of the matrices along the flow.", err));
done:
    sheet_destroy(s);
    return status;
}

/* ---------------------------------------------------------------- what is conserved */

static lsa_status draw_conserved(lsa_run_directory *directory, const lsa_trajectory *trajectory,
                                 const document_courses *courses, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sheet *s = NULL;
    if (courses->count == 0)
        return LSA_OK;
    LSA_TRY(sheet_create(trajectory, &s, err));
    for (int drift = 0; drift < 2; drift++) {
        sheet_panel(s, drift ? "how far they drift" : "what is conserved",
                    drift ? LSA_SCALE_LOGARITHMIC : LSA_SCALE_LINEAR);
        for (ptrdiff_t k = 0; k < courses->count && k < SHEET_SERIES / 2; k++) {
            const document_course *c = &courses->all[k];
            lsa_text label;
            lsa_text_init(&label);
            lsa_report_formula(&label, c->formula);
            const char *kept =
                label.failed ? NULL : lsa_arena_printf(s->arena, c->side > 1 ? "|%s|" : "%s", label.data);
            lsa_text_clear(&label);
            LSA_TRY_MEMORY(kept, "a figure");
            sheet_curve(s, kept, (int)k, 0.0, drift ? c->drift : c->size);
        }
    }
    LSA_TRY(sheet_draw(s, directory, "conserved",
                       "What the flow conserves, from the symmetries of the derived loss, and how far the integrated "
                       "path drifts from it.",
                       err));
done:
    sheet_destroy(s);
    return status;
}

lsa_status cli_state_figures(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory,
                             const document_courses *courses, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_block *blocks;
    ptrdiff_t n_blocks;
    if (lsa_study_has_theory(run->study) || lsa_trajectory_count(trajectory) == 0)
        return LSA_OK;
    LSA_TRY(lsa_study_blocks(run->study, &blocks, &n_blocks, err));
    LSA_TRY(draw_course(directory, trajectory, err));
    if (lsa_trajectory_sample(trajectory, 0).state == NULL)
        goto done;
    LSA_TRY(draw_norms(directory, trajectory, n_blocks, blocks, err));
    LSA_TRY(draw_values(directory, trajectory, n_blocks, blocks, err));
    LSA_TRY(draw_conserved(directory, trajectory, courses, err));
done:
    return status;
}

void cli_print_courses(const document_courses *courses)
{
    if (courses->count > 0)
        printf("\nConserved, from the symmetries of the loss\n");
    for (ptrdiff_t k = 0; k < courses->count; k++) {
        const document_course *c = &courses->all[k];
        if (c->side == 1)
            printf("  %s = %.6g, drift %.3g\n", c->formula, c->start[0], c->largest);
        else
            printf("  %s, %td x %td, drift %.3g\n", c->formula, c->side, c->side, c->largest);
    }
}
